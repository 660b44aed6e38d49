using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Cli.Output;
using Interstice.EventStoreDb;
using Interstice.Journal;
using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Repair;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Cli.Stores;

/// <summary>Opens the store that the command line names.</summary>
internal static class StoreAccess
{
    /// <summary>The store when <c>--store</c> was not given.</summary>
    public const string DefaultDirectory = ".interstice";

    /// <summary>The environment variable that names the store when <c>--store</c> was not given: a connection string with a password
    /// does not belong on a command line, which other users can see.</summary>
    public const string StoreVariable = "INTERSTICE_STORE";

    private const int RepairLinesMax = 40;
    private const string FileSection = "Interstice";
    private const string FileKey = "Store";
    private static readonly TimeSpan ConnectWait = TimeSpan.FromSeconds(5);

    /// <summary>Opens for reading: no lock, nothing is written, what another process appends is seen.</summary>
    /// <exception cref="CliException">There is no store.</exception>
    public static Task<OpenStore> OpenForReadingAsync(Session session) => OpenAsync(session, isReadOnly: true, createIfMissing: false);

    /// <summary>Opens for writing.</summary>
    /// <param name="session">The session.</param>
    /// <param name="createIfMissing">Whether a store is made where there is none.</param>
    /// <exception cref="CliException">There is no store and none is to be made.</exception>
    public static Task<OpenStore> OpenForWritingAsync(Session session, bool createIfMissing) =>
        OpenAsync(session, isReadOnly: false, createIfMissing);

    /// <summary>Opens for a host that waits for its store itself: a store elsewhere is not asked for yet, and a journal is made where
    /// there is none.</summary>
    /// <param name="session">The session.</param>
    /// <param name="log">Where a store elsewhere logs; lives longer than the store.</param>
    public static async Task<OpenStore> OpenForServingAsync(Session session, ILoggerFactory log) => RemoteAddress.TryParse(NameOf(session)) is { } remote
        ? OpenStore.Of(session, Connect(session, remote, log), remote)
        : await OpenForWritingAsync(session, createIfMissing: true).ConfigureAwait(false);

    /// <summary>Opens another store than the command line names.</summary>
    /// <param name="session">The session.</param>
    /// <param name="store">A directory, or the address of a store elsewhere.</param>
    /// <param name="createIfMissing">Whether a store is made where there is none.</param>
    public static Task<OpenStore> OpenForWritingAsync(Session session, string store, bool createIfMissing) =>
        OpenAsync(session, store, isReadOnly: false, createIfMissing);

    /// <summary>Opens the embedded journal for writing, for commands that are about its files.</summary>
    /// <exception cref="CliException">There is none, or the command line names a store elsewhere.</exception>
    public static Task<JournalStore> OpenJournalForWritingAsync(Session session) =>
        OpenJournalAsync(session, DirectoryOf(session), isReadOnly: false, createIfMissing: false);

    /// <summary>Opens the embedded journal for a server of its own; made where there is none.</summary>
    /// <exception cref="CliException">The command line names a store elsewhere.</exception>
    public static Task<JournalStore> OpenJournalForServingAsync(Session session) =>
        OpenJournalAsync(session, DirectoryOf(session), isReadOnly: false, createIfMissing: true);

    /// <summary>Bytes of the files in a store, for progress. A file that another process removes meanwhile does not count.</summary>
    /// <param name="directory">The store.</param>
    public static long BytesIn(string directory) => BytesOf(Directory.EnumerateFiles(directory));

    /// <summary>What files take, without those that have gone since they were listed.</summary>
    public static long BytesOf(IEnumerable<string> paths) =>
        paths.Select(path => new FileInfo(path)).Sum(file => file.Exists ? file.Length : 0);

    /// <summary>What names the store: the command line before the environment before appsettings.json, and there the store before the
    /// connection string of a store elsewhere.</summary>
    /// <exception cref="CliException">The file cannot be read, or its connection string is none.</exception>
    public static string NameOf(Session session)
    {
        if (session.StoreOption is { } option) return option;
        if (Environment.GetEnvironmentVariable(StoreVariable) is { Length: > 0 } variable) return variable;
        return SettingsFile.ReadSection(FileSection).GetValueOrDefault(FileKey) is { Length: > 0 } file
            ? file
            : EventStoreDbConfiguration.ReadConnectionString() ?? DefaultDirectory;
    }

    /// <summary>The directory of the store, for commands that are about the files of an embedded journal.</summary>
    /// <exception cref="CliException">Another kind of store is named.</exception>
    public static string DirectoryOf(Session session)
    {
        string store = NameOf(session);
        if (RemoteAddress.TryParse(store) is { } remote)
        {
            throw new CliException(
                ExitCode.Usage,
                $"this command is about the files of an embedded journal, and {remote} is a server; use the server's own tools there, or " +
                "name a directory with --store");
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

    private static Task<OpenStore> OpenAsync(Session session, bool isReadOnly, bool createIfMissing) =>
        OpenAsync(session, NameOf(session), isReadOnly, createIfMissing);

    private static async Task<OpenStore> OpenAsync(Session session, string store, bool isReadOnly, bool createIfMissing)
    {
        if (RemoteAddress.TryParse(store) is { } remote)
            return OpenStore.Of(session, await ConnectAsync(session, remote).ConfigureAwait(false), remote);
        if (store.Length == 0) throw new CliException(ExitCode.Usage, "--store is empty; name a directory");
        JournalStore journal = await OpenJournalAsync(session, store, isReadOnly, createIfMissing).ConfigureAwait(false);
        return OpenStore.Of(session, journal, store);
    }

    private static async Task<EventStoreDbStore> ConnectAsync(Session session, RemoteAddress remote)
    {
        using var log = new StderrLog(session.IsVerbose ? LogLevel.Debug : LogLevel.Error);
        try
        {
            return await EventStoreDbStore
                .ConnectAsync(
                    remote.ConnectionString,
                    EventStoreDbConfiguration.Apply(new EventStoreDbOptions { ConnectWait = ConnectWait }, session.EventStoreDbOptions),
                    log,
                    cancellationToken: session.Stopping)
                .ConfigureAwait(false);
        }
        catch (ArgumentException fault)
        {
            throw NoAddress(remote, fault);
        }
    }

    private static EventStoreDbStore Connect(Session session, RemoteAddress remote, ILoggerFactory log)
    {
        try
        {
            return EventStoreDbStore.Connect(
                remote.ConnectionString, EventStoreDbConfiguration.Apply(new EventStoreDbOptions(), session.EventStoreDbOptions), log);
        }
        catch (ArgumentException fault)
        {
            throw NoAddress(remote, fault);
        }
    }

    private static CliException NoAddress(RemoteAddress remote, ArgumentException fault) =>
        remote.HasCredentials
            ? new(
                ExitCode.Usage,
                $"--store {remote}: the connection string cannot be read; write letters such as / ? # @ : and % of user and password as %2F, %3F, %23, "
                    + "%40, %3A and %25, and check the settings behind the address")
            : new(ExitCode.Usage, $"--store {remote}: {fault.Message.Split(" (Parameter", 2)[0]}", fault);

    private static async Task<JournalStore> OpenJournalAsync(
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
        catch (EventStoreException fault) when (fault.Kind == EventStoreErrorKind.InUse)
        {
            throw new CliException(
                ExitCode.Unopened, $"{fault.Message}; if that is interstice run, talk to it with --server URL, if it is "
                    + "interstice store, with --store esdb://ADDRESS", fault);
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
