using Interstice.Wasm.Spec.Running;

namespace Interstice.Wasm.Spec.Reports;

/// <summary>The report for people.</summary>
public static class TextReport
{
    private const int FailuresShown = 20;

    /// <summary>Writes it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="report">What was counted.</param>
    public static void Write(TextWriter output, SuiteReport report)
    {
        int width = Math.Max(24, report.Files.Max(file => file.Name.Length));
        output.WriteLine($"{"file".PadRight(width)} {"passed",8} {"failed",8} {"skipped",8}");
        foreach (FileResult file in report.Files)
        {
            WriteTotals(output, file.Name.PadRight(width), Totals.Of(file.Commands));
            WriteFailures(output, file);
        }

        output.WriteLine();
        foreach ((string kind, Totals totals) in report.ByKind) WriteTotals(output, kind.PadRight(width), totals);
        output.WriteLine();
        foreach ((string reason, int count) in report.SkipReasons) output.WriteLine($"skipped {count}: {reason}");
        Totals all = report.Totals;
        output.WriteLine($"passed {all.Passed}, failed {all.Failed}, skipped {all.Skipped}");
    }

    private static void WriteTotals(TextWriter output, string name, Totals totals) =>
        output.WriteLine($"{name} {totals.Passed,8} {totals.Failed,8} {totals.Skipped,8}");

    private static void WriteFailures(TextWriter output, FileResult file)
    {
        CommandResult[] failures = [.. file.Commands.Where(result => result.Verdict is Verdict.Failed)];
        foreach (CommandResult failure in failures.Take(FailuresShown))
        {
            output.WriteLine(
                $"  line {failure.Command.Line} {failure.Command.Kind}: {((Verdict.Failed)failure.Verdict).Reason}");
        }

        if (failures.Length > FailuresShown)
            output.WriteLine($"  and {failures.Length - FailuresShown} more failures; -o json lists them all");
    }
}
