using System.CommandLine;
using System.Globalization;
using Interstice.Cli.Errors;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Journal.Backup;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Commands;

/// <summary><c>restore</c>: makes a store out of a backup, whole or up to a point.</summary>
internal static class RestoreCommand
{
    private static readonly Argument<string> Source = new("source") { Description = "Directory of the backup" };

    private static readonly Option<RestorePoint?> ToRevision = new("--to-revision")
    {
        Description = "End with the transaction of this revision of this module",
        HelpName = "MODULE=N",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            int sign = text.LastIndexOf('=');
            string number = sign < 1 ? "" : text[(sign + 1)..];
            if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long revision)
                && TryNameStream(text[..sign]) is { } stream) return new RestorePoint.AtRevision(stream, new Revision(revision));
            result.AddError($"--to-revision takes a module and a revision such as bank=1000, not \"{text}\"");
            return null;
        },
    };

    private static readonly Option<long?> ToPosition = NumberOptions.Count(
        "--to-position",
        "End before the first event behind this position",
        "P");

    private static readonly Option<long?> ToTime = FilterOptions.Time(
        "--to-time",
        "End before the first event recorded after this time");

    private static readonly Option<bool> NewId = new("--new-id")
    {
        Description = "Give the store an id of its own, to run it beside the original; implied by a point",
    };

    private static readonly Option<bool> Check = new("--check")
    {
        Description = "Verify the backup and write nothing",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() => new Command("restore", "Make a store out of a backup, whole or up to a point")
    {
        Source, ToRevision, ToPosition, ToTime, NewId, Check,
    }.Does(RunAsync);

    private static StreamName? TryNameStream(string module)
    {
        try
        {
            return StreamNames.Module(module);
        }
        catch (ArgumentException)
        {
            return null; // too long, or with a control character
        }
    }

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string source = parsed.GetRequiredValue(Source);
        RestorePoint? point = PointOf(parsed);
        if (parsed.GetValue(Check))
        {
            if (point is not null || parsed.GetValue(NewId))
                throw new CliException(ExitCode.Usage, "restore --check verifies a whole backup; leave out the other options");
            return await CheckAsync(session, source).ConfigureAwait(false);
        }

        string store = StoreAccess.DirectoryOf(session);
        session.Progress.Begin("restoring");
        RestoreReport report;
        try
        {
            report = await StoreRestore
                .RunAsync(source, store, point, parsed.GetValue(NewId), TimeProvider.System, new BytesDisplay(session, 0), session.Stopping)
                .ConfigureAwait(false);
        }
        catch (RestorePointException fault)
        {
            throw new CliException(ExitCode.Usage, fault.Message, fault);
        }

        session.Progress.Clear();
        Show(session, store, report);
        return ExitCode.Success;
    }

    private static async Task<ExitCode> CheckAsync(Session session, string source)
    {
        session.Progress.Begin("verifying");
        BackupReport report = await StoreRestore
            .VerifyAsync(new DirectoryFiles(source), new BytesDisplay(session, 0), session.Stopping)
            .ConfigureAwait(false);
        session.Progress.Clear();
        if (session.IsText) session.Output.WriteLine($"ok: {BackupCommand.Describe(report)}");
        else
        {
            session.Documents.WriteDocument(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("ok", true);
                BackupCommand.Write(json, report);
                json.WriteEndObject();
            });
        }

        return ExitCode.Success;
    }

    private static RestorePoint? PointOf(ParseResult parsed)
    {
        RestorePoint? revision = parsed.GetValue(ToRevision);
        long? position = parsed.GetValue(ToPosition);
        long? time = parsed.GetValue(ToTime);
        int given = (revision is null ? 0 : 1) + (position is null ? 0 : 1) + (time is null ? 0 : 1);
        if (given > 1)
            throw new CliException(ExitCode.Usage, "restore takes one of --to-revision, --to-position and --to-time");
        if (position is { } at) return new RestorePoint.AtPosition((ulong)at);
        return time is { } us
            ? new RestorePoint.AtTime(DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond))
            : revision;
    }

    private static void Show(Session session, string store, RestoreReport report)
    {
        bool hasNewId = report.StoreId != report.Backup.StoreId;
        if (session.IsText)
        {
            string id = hasNewId ? $"with the new id {report.StoreId}" : $"with its id {report.StoreId}";
            session.Output.WriteLine(
                $"restored {store} {id}, up to position {report.Position}: {Count.Of(report.Appends, "append")}, " +
                $"{Count.Of(report.Events, "event")}, {Count.Of(report.Segments, "segment")}; every byte was verified");
            return;
        }

        session.Documents.WriteDocument(json =>
        {
            json.WriteStartObject();
            json.WriteString("store", store);
            json.WriteString("storeId", report.StoreId);
            json.WriteBoolean("newId", hasNewId);
            json.WriteNumber("position", report.Position);
            json.WriteNumber("segments", report.Segments);
            json.WriteNumber("appends", report.Appends);
            json.WriteNumber("events", report.Events);
            json.WriteStartObject("backup");
            BackupCommand.Write(json, report.Backup);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }
}
