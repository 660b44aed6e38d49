using System.Text.Json;
using Interstice.Host.Modules;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema.Diff;

namespace Interstice.Host.Inspection;

/// <summary>Plans and differences of declarations, as the stable objects of docs/cli.md.</summary>
public static class PlanDocument
{
    /// <summary>Writes a plan.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="plan">The plan.</param>
    public static void Write(Utf8JsonWriter json, PublicationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(plan);
        json.WriteStartObject();
        json.WriteString("module", plan.Module);
        json.WriteNumber("version", plan.Version);
        json.WriteString("declaredVersion", plan.DeclaredVersion);
        json.WriteString("currentVersion", plan.CurrentVersion);
        json.WriteString("codeHash", plan.Code.ToString());
        json.WriteBoolean("runsAlready", plan.RunsAlready);
        json.WriteStartArray("steps");
        foreach (PlannedStep step in plan.Steps)
        {
            json.WriteStartObject();
            json.WriteString("sentence", step.Sentence);
            json.WriteString("migration", step.Declared is { } declared ? $"{declared.From} to {declared.To}" : null);
            json.WritePropertyName("step");
            json.WriteRawValue(step.Step.ToJson());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("effects");
        foreach (ReducerEffects effects in plan.Effects) MigrationDocument.Write(json, effects);
        json.WriteEndArray();
        WriteChanges(json, plan.Changes);
        json.WriteStartArray("refusals");
        foreach (string refusal in plan.Refusals) json.WriteStringValue(refusal);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the changes between two versions of declarations, as the member <c>changes</c>.</summary>
    /// <param name="json">Takes them, within an object.</param>
    /// <param name="changes">The changes.</param>
    public static void WriteChanges(Utf8JsonWriter json, IEnumerable<SchemaChange> changes)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(changes);
        json.WriteStartArray("changes");
        foreach (SchemaChange change in changes)
        {
            json.WriteStartObject();
            json.WriteString("subject", change.Subject);
            json.WriteString("effect", WordOf(change.Effect));
            json.WriteString("sentence", change.Sentence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The word for an effect.</summary>
    /// <param name="effect">The effect.</param>
    public static string WordOf(ChangeEffect effect) => effect switch
    {
        ChangeEffect.Compatible => "compatible",
        ChangeEffect.Breaking => "breaking",
        _ => "needs-migration",
    };
}
