using Interstice.Cli.Errors;
using Interstice.Cli.Output;
using Interstice.Journal;
using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Repair;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Stores;

/// <summary>Opens the store that the command line names.</summary>
internal static class StoreAccess
{
    /// <summary>The store when <c>--store</c> was not given.</summary>
    public const string DefaultDirectory = ".interstice";

    private const string RemotePrefix = "esdb";

    // Of the report of a repair, on standard error; the backup holds all of it.
    private const int RepairLinesMax = 40;

    /// <summary>Opens for reading: no lock, nothing is written, what another process appends is seen.</summary>
    /// <exception cref="CliException">There is no store.</exception>
    public static async Task<JournalStore> OpenForReadingAsync(Session session) =>
        await OpenAsync(session, DirectoryOf(session), isReadOnly: true, createIfMissing: false).ConfigureAwait(false);

    /// <summary>Opens for writing.</summary>
    /// <param name="session">The session.</param>
    /// <param name="createIfMissing">Whether a store is made where there is none.</param>
    /// <exception cref="CliException">There is no store and none is to be made.</exception>
    public static async Task<JournalStore> OpenForWritingAsync(Session session, bool createIfMissing) =>
        await OpenForWritingAsync(session, DirectoryOf(session), createIfMissing).ConfigureAwait(false);

    /// <summary>Opens another directory than the command line names.</summary>
    /// <param name="session">The session.</param>
    /// <param name="directory">The store.</param>
    /// <param name="createIfMissing">Whether a store is made where there is none.</param>
    public static async Task<JournalStore> OpenForWritingAsync(
        Session session,
        string directory,
        bool createIfMissing) =>
        await OpenAsync(session, directory, isReadOnly: false, createIfMissing).ConfigureAwait(false);

    /// <summary>Bytes of the files in a store, for progress. A file that another process removes meanwhile does not count.</summary>
    /// <param name="directory">The store.</param>
    public static long BytesIn(string directory) =>
        Directory.EnumerateFiles(directory).Select(path => new FileInfo(path)).Sum(file => file.Exists ? file.Length : 0);

    /// <summary>The directory of the store.</summary>
    /// <exception cref="CliException">The command line names another kind of store.</exception>
    public static string DirectoryOf(Session session)
    {
        string store = session.StoreOption ?? DefaultDirectory;
        bool isUrl = store.Contains("://", StringComparison.Ordinal);
        if (isUrl && store.StartsWith(RemotePrefix, StringComparison.OrdinalIgnoreCase))
        {
            throw new CliException(
                ExitCode.Unopened,
                $"--store {store} names an EventStoreDB server, which this version cannot use; " +
                "name a directory instead");
        }

        if (store.Length == 0) throw new CliException(ExitCode.Usage, "--store is empty; name a directory");
        return store;
    }

    /// <summary>The directory of the store, which is there.</summary>
    /// <exception cref="CliException">It is not, or is no directory.</exception>
    public static string ExistingDirectoryOf(Session session)
    {
        string directory = DirectoryOf(session);
        Expect(directory, mayBeMissing: false);
        return directory;
    }

    /// <summary>The settings of the journal in a directory.</summary>
    /// <exception cref="CliException">Something that was set is no such value.</exception>
    public static JournalOptions SettingsOf(Session session, string directory) =>
        JournalConfiguration.Apply(new JournalOptions { Directory = directory }, session.JournalOptions);

    /// <summary>The files of a store with those of its archive, for commands that work on damaged stores too.</summary>
    /// <exception cref="CliException">Something that was set is no such value.</exception>
    public static StoreFiles FilesOf(Session session, string directory)
    {
        string? archive = SettingsOf(session, directory).ArchiveDirectory;
        return new StoreFiles(new DirectoryFiles(directory), archive is null ? null : new DirectoryFiles(archive));
    }

    private static async Task<JournalStore> OpenAsync(
        Session session,
        string directory,
        bool isReadOnly,
        bool createIfMissing)
    {
        Expect(directory, createIfMissing);
        var given = new JournalOptions
        {
            Directory = directory,
            ReadOnly = isReadOnly,
            CreateIfMissing = createIfMissing,
        };
        JournalOptions options = JournalConfiguration.Apply(given, session.JournalOptions);
        try
        {
            JournalStore store = await JournalStore.OpenAsync(options, cancellationToken: session.Stopping).ConfigureAwait(false);
            if (store.Recovery.Repair is { } repair) TellOfRepair(directory, repair);
            foreach (FooterProblem problem in store.Recovery.FooterProblems)
            {
                ErrorReport.WriteSentence(
                    $"warning: the index of {problem.File} is damaged ({problem.What}); it was rebuilt in memory and nothing is lost; " +
                    "interstice log-repair --mode skip --yes mends the file");
            }

            return store;
        }
        catch (EventStoreException fault) when (fault.Kind is EventStoreErrorKind.Full or EventStoreErrorKind.Refused)
        {
            // The same kinds end an append with "failed"; here they mean that there is no open store.
            throw new CliException(ExitCode.Unopened, fault.Message, fault);
        }
    }

    // The settings asked for it, but whoever reads this may have set nothing.
    private static void TellOfRepair(string directory, RepairReport repair)
    {
        string done = repair.IsResumed
            ? "a repair that was begun earlier was finished"
            : $"it was damaged and has been repaired ({repair.Mode.ToString().ToLowerInvariant()}), " +
                $"{(repair.IsLostComplete ? "" : "at least ")}{Count.Of(repair.EventsLost, "event")} lost";
        ErrorReport.WriteSentence(
            $"warning: the store {directory} was opened with the setting Recovery: {done}; the files as they were, and the report, lie in " +
            $"{repair.Backup}; docs/recovery.md, step 6, says what to do now");
        if (repair.IsResumed) return;
        string[] lines = [.. RepairText.Lines(repair)];
        foreach (string line in lines.Take(RepairLinesMax)) ErrorReport.WriteSentence($"warning: {line}");
        if (lines.Length > RepairLinesMax)
            ErrorReport.WriteSentence($"warning: {lines.Length - RepairLinesMax} more lines in {JournalRepair.ReportName} of the backup");
    }

    private static void Expect(string directory, bool mayBeMissing)
    {
        if (File.Exists(directory))
        {
            throw new CliException(
                ExitCode.Unopened,
                $"{directory} is a file; a store is a directory, name another one with --store");
        }

        if (!mayBeMissing && !Directory.Exists(directory))
        {
            throw new CliException(
                ExitCode.Unopened,
                $"there is no store in {directory}; name one with --store, or make one with interstice publish FILE");
        }
    }
}
