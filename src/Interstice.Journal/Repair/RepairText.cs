using System.Globalization;

namespace Interstice.Journal.Repair;

/// <summary>A report as lines for people.</summary>
public static class RepairText
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(RepairReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        foreach (RepairFinding finding in report.Findings)
            yield return Text($"wrong: {finding.File}, byte {finding.Offset} (position {finding.Position}): {finding.What}");
        foreach (LostStretch stretch in report.Stretches)
            yield return Text($"lost: {stretch.File}, bytes {stretch.Offset} to {stretch.Offset + stretch.Bytes - 1} (from position {stretch.Position}): no whole frame");
        foreach (LostRevisions lost in report.Lost)
            yield return Text($"lost: stream {lost.Stream}, revisions {lost.From} to {lost.To}");
        if (!report.IsLostComplete)
            yield return "perhaps lost too: streams and latest events that stood only in a stretch above that has no index";
        foreach (FileChange change in report.Changes)
            yield return Text($"{(report.IsDone ? "file" : "would change")}: {change.File}, {change.Kind.ToString().ToLowerInvariant()}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
