using System.CommandLine;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Repair;
using Interstice.Journal.Scavenging;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Commands;

/// <summary><c>log-scavenge</c>: says what truncated streams still take and, with <c>--yes</c>, gives it back.</summary>
internal static class LogScavengeCommand
{
    private static readonly Option<bool> Yes = new("--yes") { Description = "Do it; without it, only say what would be done" };

    private static readonly Option<string?> Backup = new("--backup")
    {
        Description = "Directory for the files as they were (default: beside the store)",
        HelpName = "DIR",
    };

    private static readonly Option<int> Percent = new("--percent")
    {
        Description = $"Write a segment anew when so much of it can be given back, 0 to {JournalScavenger.PercentMax} "
            + $"(default: {JournalScavenger.PercentDefault})",
        HelpName = "N",
        DefaultValueFactory = _ => JournalScavenger.PercentDefault,
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("log-scavenge", "Say what events hidden by $tb, $maxCount and $maxAge still take and, with --yes, give it back; keeps a backup")
        {
            Yes, Backup, Percent,
        }.Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        int percent = parsed.GetValue(Percent);
        if (percent is < 0 or > JournalScavenger.PercentMax)
            throw new CliException(ExitCode.Usage, $"log-scavenge: --percent takes a whole number, 0 to {JournalScavenger.PercentMax}, not {percent}");
        string directory = StoreAccess.ExistingDirectoryOf(session);
        StoreFiles store = StoreAccess.FilesOf(session, directory);
        session.Progress.Begin(parsed.GetValue(Yes) ? "scavenging" : "reading");
        ScavengeReport report = parsed.GetValue(Yes)
            ? await DoAsync(store, parsed.GetValue(Backup), percent, session).ConfigureAwait(false)
            : await JournalScavenger.PlanAsync(store, percent, cancellationToken: session.Stopping).ConfigureAwait(false);
        session.Progress.Clear();
        if (session.IsText) WriteText(session, report);
        else session.Documents.WriteDocument(json => Write(json, report));
        return ExitCode.Success;
    }

    private static async Task<ScavengeReport> DoAsync(StoreFiles store, string? chosen, int percent, Session session)
    {
        DirectoryFiles backup = chosen is null
            ? RepairBackup.Beside(store.Directory, TimeProvider.System.GetUtcNow(), "before-scavenge")
            : new DirectoryFiles(chosen);
        bool isOurs = !backup.DirectoryExists;
        try
        {
            return await JournalScavenger
                .RunAsync(store, backup, percent, cancellationToken: session.Stopping)
                .ConfigureAwait(false);
        }
        catch (EventStoreException) when (isOurs)
        {
            RepairBackup.RemoveEmpty(backup);
            throw;
        }
    }

    private static void WriteText(Session session, ScavengeReport report)
    {
        foreach (string line in report.Lines()) session.Output.WriteLine(line);
        string what = $"{Count.Of(report.Events, "event")} in {Count.Of(report.Chosen.Count(), "segment")}, " +
            $"{Count.Of(report.ReclaimableBytes, "byte")}";
        session.Output.WriteLine(report switch
        {
            { IsDone: true } => $"gave back {what}; the files as they were: {report.Backup}; remove them when log-verify says ok",
            _ when report.Chosen.Any() => $"changed nothing: {what} can be given back; the same with --yes does it, after a backup",
            _ => "nothing to give back",
        });
    }

    private static void Write(Utf8JsonWriter json, ScavengeReport report)
    {
        json.WriteStartObject();
        json.WriteBoolean("done", report.IsDone);
        json.WriteString("backup", report.Backup);
        json.WriteNumber("events", report.Events);
        json.WriteNumber("reclaimableBytes", report.ReclaimableBytes);
        json.WriteStartArray("segments");
        foreach (SegmentScavenge segment in report.Segments)
        {
            json.WriteStartObject();
            json.WriteNumber("segment", segment.Segment);
            json.WriteString("file", segment.File);
            json.WriteNumber("bytes", segment.Bytes);
            json.WriteNumber("appends", segment.Appends);
            json.WriteNumber("events", segment.Events);
            json.WriteNumber("reclaimableBytes", segment.ReclaimableBytes);
            json.WriteString("stay", JsonNamingPolicy.CamelCase.ConvertName(segment.Stay.ToString()));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
