using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Journal.Backup;

namespace Interstice.Cli.Commands;

/// <summary><c>backup</c>: copies the store, also while another process writes it. Takes no lock on it.</summary>
internal static class BackupCommand
{
    private static readonly Argument<string> Target = new("target")
    {
        Description = "Directory of the backup: new, empty, or with an earlier backup of this store, which is brought up to date",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("backup", "Copy the store to a directory, also while another process writes it") { Target }.Does(RunAsync);

    /// <summary>Writes what a backup is.</summary>
    public static void Write(Utf8JsonWriter json, BackupReport report)
    {
        json.WriteString("storeId", report.StoreId);
        json.WriteNumber("number", report.Number);
        json.WriteNumber("position", report.Position);
        json.WriteString("takenAt", Text(report.TakenAt));
        json.WriteString("latestRecordedAt", report.LatestRecordedAt is { } latest ? Text(latest) : null);
        json.WriteNumber("segments", report.Segments);
        json.WriteNumber("bytes", report.Bytes);
    }

    /// <summary>A backup in words.</summary>
    public static string Describe(BackupReport report) =>
        $"backup {report.Number} of store {report.StoreId}, taken at {Text(report.TakenAt)}, up to position {report.Position}: " +
        $"{Count.Of(report.Segments, "segment")}, {Count.Of(report.Bytes, "byte")}";

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string store = StoreAccess.ExistingDirectoryOf(session);
        string target = parsed.GetRequiredValue(Target);
        long bytes = StoreAccess.BytesIn(store);
        session.Progress.Begin("backing up");
        BackupReport report = await StoreBackup
            .TakeAsync(store, target, StoreAccess.SettingsOf(session, store).ArchiveDirectory, TimeProvider.System, new BytesDisplay(session, bytes), session.Stopping)
            .ConfigureAwait(false);
        session.Progress.Clear();
        if (session.IsText)
        {
            session.Output.WriteLine(
                $"{Describe(report)}, of which {Count.Of(report.BytesCopied, "byte")} {(report.BytesCopied == 1 ? "is" : "are")} new");
        }
        else
        {
            session.Documents.WriteDocument(json =>
            {
                json.WriteStartObject();
                Write(json, report);
                json.WriteNumber("copied", report.BytesCopied);
                json.WriteEndObject();
            });
        }

        return ExitCode.Success;
    }
}
