using Interstice.Wasm.Spec.Running;

namespace Interstice.Wasm.Spec.Reports;

/// <summary>What is counted over all files.</summary>
public sealed class SuiteReport(IReadOnlyList<FileResult> files)
{
    /// <summary>The files.</summary>
    public IReadOnlyList<FileResult> Files { get; } = files;

    /// <summary>All commands together.</summary>
    public Totals Totals { get; } = Totals.Of(files.SelectMany(file => file.Commands));

    /// <summary>Commands by kind, by name of the kind.</summary>
    public IReadOnlyDictionary<string, Totals> ByKind { get; } = files
        .SelectMany(file => file.Commands)
        .GroupBy(result => result.Command.Kind, StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, Totals.Of);

    /// <summary>How many commands were skipped for each reason.</summary>
    public IReadOnlyDictionary<string, int> SkipReasons { get; } = files
        .SelectMany(file => file.Commands)
        .Select(result => result.Verdict)
        .OfType<Verdict.Skipped>()
        .CountBy(skipped => skipped.Reason)
        .ToDictionary();
}
