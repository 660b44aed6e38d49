namespace Interstice.Kernel.Migrations;

/// <summary>Steps in words.</summary>
public static class StepText
{
    /// <summary>What a step does, as a sentence without a full stop.</summary>
    /// <param name="step">The step.</param>
    public static string Describe(MigrationStep step) => step switch
    {
        MigrationStep.Migration s => $"migration from {s.From} to {s.To}",
        MigrationStep.RunReducer r => $"reducer \"{r.Reducer}\" fills {r.Writes}"
            + (r.Reads is null ? "" : $", out of {r.Reads}") + (r.Drops is null ? "" : $"; {r.Drops} dropped"),
        MigrationStep.CreateTable s => $"table \"{s.Table}\" is made, without rows",
        MigrationStep.DropTable s => $"table \"{s.Table}\" is dropped, with its rows",
        MigrationStep.RenameTable s => $"table \"{s.Table}\" becomes \"{s.To}\"",
        MigrationStep.ChangeKind s => $"table \"{s.Table}\" is made anew, without rows",
        MigrationStep.AddColumn s => $"table \"{s.Table}\": column \"{s.Column}\" is added{Type(s.Type)}{Value(s.Value, s.IfNull)}",
        MigrationStep.DropColumn s => $"table \"{s.Table}\": column \"{s.Column}\" is dropped, with its values",
        MigrationStep.RenameColumn s => $"table \"{s.Table}\": column \"{s.Column}\" becomes \"{s.To}\"",
        MigrationStep.ChangeColumn s => $"table \"{s.Table}\": column \"{s.Column}\" is changed{Type(s.Type)}{Value(s.Value, s.IfNull)}",
        MigrationStep.ReorderColumns s => $"table \"{s.Table}\": columns are put into their new order",
        MigrationStep.ChangeKey s => $"table \"{s.Table}\" gets its new primary key, if no two rows have the same",
        MigrationStep.ChangeCounter s => $"table \"{s.Table}\" gets its new counter, from the largest value in the rows",
        MigrationStep.CreateIndex s => $"table \"{s.Table}\": index \"{s.Index}\" is built",
        MigrationStep.DropIndex s => $"table \"{s.Table}\": index \"{s.Index}\" is dropped",
        _ => step.ToString(),
    };

    private static string Type(string? type) => type is null ? "" : $", as {type}";

    private static string Value(string? value, string? ifNull) =>
        (value is null ? "" : $", with the value {value}") + (ifNull is null ? "" : $", or {ifNull} where that is null");
}
