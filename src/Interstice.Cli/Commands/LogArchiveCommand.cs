using System.CommandLine;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Host.Retention;
using Interstice.Journal;
using Interstice.Journal.Archive;

namespace Interstice.Cli.Commands;

/// <summary><c>log-archive</c>: moves sealed segments that no start needs to the archive.</summary>
internal static class LogArchiveCommand
{
    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only say what would be moved, and why the rest stays",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("log-archive", "Move sealed segments that no start needs to the archive; they are read from there")
        {
            DryRun,
        }.Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string directory = StoreAccess.ExistingDirectoryOf(session);
        if (StoreAccess.SettingsOf(session, directory).ArchiveDirectory is null)
            throw new CliException(
                ExitCode.Usage,
                "log-archive needs to know where the archive is; give --archive-directory, or set it (docs/settings.md)");
        await using JournalStore store = await StoreAccess.OpenJournalForWritingAsync(session).ConfigureAwait(false);
        session.Progress.Begin("checking snapshots");
        LogNeeds needs = await LogNeeds
            .FindAsync(OpenStore.Of(session, store, directory).ExpectSnapshots(), store, session.Stopping)
            .ConfigureAwait(false);
        session.Progress.Begin("archiving");
        ArchiveReport report = await store
            .ArchiveAsync(JournalRetention.LimitsOf(needs), parsed.GetValue(DryRun), session.Stopping)
            .ConfigureAwait(false);
        session.Progress.Clear();
        if (session.IsText) WriteText(session, report, needs);
        else session.Documents.WriteDocument(json => Write(json, report, needs));
        return ExitCode.Success;
    }

    private static void WriteText(Session session, ArchiveReport report, LogNeeds needs)
    {
        string verb = report.IsDryRun ? "would move" : "moved";
        session.Output.WriteLine(
            $"{verb} {Count.Of(report.Moved.Count, "segment")}, {Count.Of(report.Moved.Sum(segment => segment.Length), "byte")}, " +
            $"to {report.Directory}");
        if (report.Moved.Count > 0) session.Output.WriteLine($"  {Numbers(report.Moved.Select(segment => segment.Number))}");
        foreach (IGrouping<SegmentStay, long> stay in report.Stays.GroupBy(stay => stay.Reason, stay => stay.Segment))
            session.Output.WriteLine($"  {Numbers(stay)} {(stay.Count() == 1 ? "stays" : "stay")}: {Describe(stay.Key)}");
        if (report.Earlier > 0) session.Output.WriteLine($"  {Count.Of(report.Earlier, "segment")} lay in an archive before");
        foreach (string module in needs.WithoutSnapshot)
            session.Output.WriteLine($"  module {module} has no good snapshot, so that a start replays all of it; take one: interstice snapshot {module}");
    }

    private static string Numbers(IEnumerable<long> numbers)
    {
        List<(long First, long Last)> runs = [];
        foreach (long number in numbers)
        {
            if (runs.Count > 0 && runs[^1].Last + 1 == number) runs[^1] = (runs[^1].First, number);
            else runs.Add((number, number));
        }

        string all = string.Join(", ", runs.Select(run => run.First == run.Last ? $"{run.First}" : $"{run.First} to {run.Last}"));
        return runs is [var one] && one.First == one.Last ? $"segment {all}" : $"segments {all}";
    }

    private static string Describe(SegmentStay reason) => reason switch
    {
        SegmentStay.Newest => "newest of the log",
        SegmentStay.Replayed => "replayed by a start from the kept snapshots",
        SegmentStay.Needed => "read by every start: module code, the list of modules, or events that snapshots are compared with",
        SegmentStay.Retained => "kept by RetentionBytes and RetentionHours",
        _ => "without an index of its own: written by a repair or an earlier version",
    };

    private static void Write(Utf8JsonWriter json, ArchiveReport report, LogNeeds needs)
    {
        json.WriteStartObject();
        json.WriteString("directory", report.Directory);
        json.WriteBoolean("dryRun", report.IsDryRun);
        json.WriteStartArray("moved");
        foreach (ArchivedSegment segment in report.Moved)
        {
            json.WriteStartObject();
            json.WriteNumber("segment", segment.Number);
            json.WriteString("file", segment.Name);
            json.WriteNumber("position", segment.Position);
            json.WriteNumber("bytes", segment.Length);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("earlier", report.Earlier);
        json.WriteStartArray("stays");
        foreach ((long segment, SegmentStay reason) in report.Stays)
        {
            json.WriteStartObject();
            json.WriteNumber("segment", segment);
            json.WriteString("reason", JsonNamingPolicy.CamelCase.ConvertName(reason.ToString()));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("withoutSnapshot");
        foreach (string module in needs.WithoutSnapshot) json.WriteStringValue(module);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
