using System.CommandLine;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Repair;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Commands;

/// <summary><c>log-repair</c>: says what a repair of a damaged log would cost and, with <c>--yes</c>, does it.</summary>
internal static class LogRepairCommand
{
    private const string Salvage = "salvage";

    private static readonly Dictionary<string, RepairMode> Modes = new(StringComparer.Ordinal)
    {
        ["truncate"] = RepairMode.Truncate,
        ["skip"] = RepairMode.Skip,
        [Salvage] = RepairMode.Skip,
    };

    private static readonly Option<string> Mode = new("--mode")
    {
        Description = "truncate: drop everything from the first loss on; skip: leave out what is lost and keep the rest; "
            + "salvage: change nothing, say what can be read",
        HelpName = "truncate|skip|salvage",
        Required = true,
        Validators =
        {
            result =>
            {
                if (result.Tokens is [{ Value: var word }] && !Modes.ContainsKey(word))
                    result.AddError($"--mode takes one of {string.Join(", ", Modes.Keys)}, not \"{word}\"");
            },
        },
    };

    private static readonly Option<bool> Yes = new("--yes") { Description = "Do it; without it, only say what would be done" };

    private static readonly Option<string?> Backup = new("--backup")
    {
        Description = "Directory for the files as they were (default: beside the store)",
        HelpName = "DIR",
    };

    private static readonly Option<string?> To = new("--to")
    {
        Description = "With salvage: copy what is whole into a new store in this directory",
        HelpName = "DIR",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("log-repair", "Say what a repair of a damaged log would lose and, with --yes, repair it; keeps a backup")
        {
            Mode, Yes, Backup, To,
        }.Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string word = parsed.GetRequiredValue(Mode);
        string directory = StoreAccess.ExistingDirectoryOf(session);
        bool isSalvage = word == Salvage;
        RefuseUnused(parsed, isSalvage);
        StoreFiles store = StoreAccess.FilesOf(session, directory);
        session.Progress.Begin("reading");
        long bytes = StoreAccess.BytesIn(directory);
        IProgress<long> progress = new BytesDisplay(session, bytes);
        string? copy = isSalvage ? parsed.GetValue(To) : null;
        RepairReport report;
        if (copy is not null)
        {
            report = await JournalRepair
                .CopyAsync(store, new DirectoryFiles(copy), progress, cancellationToken: session.Stopping)
                .ConfigureAwait(false);
        }
        else if (parsed.GetValue(Yes))
        {
            report = await RepairAsync(store, Modes[word], parsed.GetValue(Backup), progress, session).ConfigureAwait(false);
        }
        else
        {
            report = await JournalRepair
                .PlanAsync(store, Modes[word], progress, cancellationToken: session.Stopping)
                .ConfigureAwait(false);
        }

        session.Progress.Clear();
        var document = new RepairDocument(report, word, copy);
        if (session.IsText) WriteText(session, document);
        else session.Documents.WriteDocument(document.Write);
        return report.IsDone || copy is not null || !document.IsDamaged ? ExitCode.Success : ExitCode.Damaged;
    }

    private static async Task<RepairReport> RepairAsync(
        StoreFiles store,
        RepairMode mode,
        string? chosen,
        IProgress<long> progress,
        Session session)
    {
        DirectoryFiles backup = chosen is null
            ? RepairBackup.Beside(store.Directory, TimeProvider.System.GetUtcNow())
            : new DirectoryFiles(chosen);
        bool isOurs = !backup.DirectoryExists;
        try
        {
            return await JournalRepair
                .RunAsync(store, mode, backup, progress, cancellationToken: session.Stopping)
                .ConfigureAwait(false);
        }
        catch (EventStoreException) when (isOurs)
        {
            RepairBackup.RemoveEmpty(backup);
            throw;
        }
    }

    private static void RefuseUnused(ParseResult parsed, bool isSalvage)
    {
        if (isSalvage && (parsed.GetValue(Yes) || parsed.GetValue(Backup) is not null))
            throw new Errors.CliException(ExitCode.Usage, "log-repair: salvage changes nothing, so that it takes neither --yes nor --backup");
        if (!isSalvage && parsed.GetValue(To) is not null)
            throw new Errors.CliException(ExitCode.Usage, "log-repair: --to belongs to --mode salvage");
    }

    private static void WriteText(Session session, RepairDocument document)
    {
        foreach (string line in RepairText.Lines(document.Report)) session.Output.WriteLine(line);
        session.Output.WriteLine(document.Summary);
    }
}
