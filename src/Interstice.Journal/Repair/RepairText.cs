using System.Globalization;

namespace Interstice.Journal.Repair;

/// <summary>A report as lines for people.</summary>
public static class RepairText
{
    private const int NamelessMax = 100;

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(RepairReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        foreach (RepairFinding finding in report.Findings)
            yield return Text($"wrong: {finding.File}, byte {finding.Offset} (position {finding.Position}): {finding.What}");
        foreach (LostStretch stretch in report.Stretches)
            yield return Text($"lost: {stretch.File}, bytes {stretch.Offset} to {stretch.Offset + stretch.Bytes - 1} (from position {stretch.Position}): no frame that can be read");
        foreach (LostRevisions lost in report.Lost)
            yield return Text($"lost: stream {lost.Stream}, revisions {lost.From} to {lost.To}");
        foreach (LeftOutAppends leftOut in report.LeftOut)
        {
            yield return Text($"lost: {leftOut.File}, {leftOut.Appends} whole appends with {leftOut.Events} events from byte {leftOut.Offset} (position {leftOut.Position}) on: a lost frame before them had defined their names");
        }

        foreach (NamelessStream stream in report.Nameless.Take(NamelessMax))
        {
            yield return Text($"of these: {stream.Events} events, revisions {stream.From} to {stream.To}, appended at positions {stream.Position} to {stream.LastPosition}, of a stream whose name is lost: {Candidates(stream)}");
        }

        if (report.Nameless.Count > NamelessMax)
            yield return Text($"of these: {report.Nameless.Count - NamelessMax} more streams whose names are lost; as JSON all are listed");

        if (report.LeftOut.Count > 0)
        {
            yield return report.Mode == RepairMode.Skip
                ? "these whole appends are lost under skip and truncate alike; prefer a backup, or truncate, after which modules run again"
                : "these whole appends are lost under skip and truncate alike; prefer a backup, if there is one";
        }

        if (!report.IsLostComplete)
            yield return "perhaps lost too: streams and latest events that stood only in a stretch above that has no index";
        foreach (FileChange change in report.Changes)
            yield return Text($"{(report.IsDone ? "file" : "would change")}: {change.File}, {change.Kind.ToString().ToLowerInvariant()}");
    }

    private static string Candidates(NamelessStream stream)
    {
        string names = string.Join(", ", stream.Candidates.Select(name => $"\"{name}\""));
        long more = stream.CandidateCount - stream.Candidates.Count;
        if (more > 0) names += Text($" and {more} more");
        if (names.Length == 0) return stream.MayBeNew ? "a new one" : "none that is known ended there";
        return $"perhaps {names}{(stream.MayBeNew ? ", or a new one" : "")}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
