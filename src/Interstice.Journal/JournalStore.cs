using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Recovery;
using Interstice.Journal.Writing;
using Interstice.Kernel.Events;

namespace Interstice.Journal;

/// <summary>The embedded event store: an append-only log of checksummed segments in one directory, no server.</summary>
/// <remarks>
/// <para>Positions are byte offsets in the log. One append is one frame: it is in the log whole or not at all, over however many
/// streams it goes. An append is answered when it has been synced to the device, unless <see cref="JournalOptions.Sync"/> says
/// otherwise; all that wait at the same time share one sync. Formats: docs/formats/journal.md.</para>
/// <para>After a failed write or sync nothing more is written; open the journal again, which recovers it.</para>
/// <para>Reads verify every checksum they pass and throw <see cref="JournalDamageException"/>.</para>
/// </remarks>
public sealed partial class JournalStore : IEventStore
{
    internal const string LockName = "lock";

    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly Log _log;
    private readonly IDisposable? _lock;
    private readonly LogWriter? _writer;
    private readonly LogTail? _tail;
    private int _isDisposed;

    private JournalStore(
        JournalOptions options, TimeProvider time, Log log, IDisposable? heldLock, LogWriter? writer, LogTail? tail,
        RecoveryReport recovery)
    {
        _options = options;
        _time = time;
        _log = log;
        _lock = heldLock;
        _writer = writer;
        _tail = tail;
        Recovery = recovery;
    }

    /// <summary>What opening it found.</summary>
    public RecoveryReport Recovery { get; }

    /// <summary>The id that the store was given when it was made.</summary>
    public Guid StoreId => _log.StoreId;

    /// <summary>What the frame lists of sealed segments take in memory, in bytes: at most <see cref="JournalOptions.IndexBytesMax"/>.</summary>
    public long IndexBytes => _log.ListBytes;

    /// <summary>Position after everything that was acknowledged.</summary>
    public Position End => new(_log.Tail, _log.Tail);

    /// <inheritdoc/>
    public bool CanAppendToSeveralStreams => true;

    /// <inheritdoc/>
    public int EventBytesMax => JournalLimits.EventBytesMax;

    /// <inheritdoc/>
    public int AppendBytesMax => JournalLimits.AppendBytesMax;

    /// <summary>Opens the journal of a directory, making it if the options say so, and recovers it.</summary>
    /// <param name="options">Directory, sizes and bounds.</param>
    /// <param name="time">Gives the time that events are recorded with; the system's when null.</param>
    /// <param name="files">The directory to use instead of <see cref="JournalOptions.Directory"/> of the file system.</param>
    /// <param name="cancellationToken">Ends the opening between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    /// <exception cref="JournalDamageException">Something that was once durable is damaged; nothing was changed.</exception>
    /// <exception cref="EventStoreException">Kind <see cref="EventStoreErrorKind.InUse"/>: another process has it open for writing.
    /// <see cref="EventStoreErrorKind.UnknownFormat"/>: another program's or a newer version's files.
    /// <see cref="EventStoreErrorKind.Unavailable"/>: there is no journal, or the directory cannot be read.
    /// <see cref="EventStoreErrorKind.Full"/>, <see cref="EventStoreErrorKind.ReadOnly"/>: what opening has to write could not
    /// be written.</exception>
    public static ValueTask<JournalStore> OpenAsync(
        JournalOptions options,
        TimeProvider? time = null,
        IJournalFiles? files = null,
        CancellationToken cancellationToken = default) =>
        OpenAsync(options, time, files, null, cancellationToken);

    /// <summary>Opens as the other overload does, and names the place for what a repair keeps.</summary>
    /// <param name="options">Directory, sizes and bounds.</param>
    /// <param name="time">Gives the time that events are recorded with; the system's when null.</param>
    /// <param name="files">The directory to use instead of <see cref="JournalOptions.Directory"/> of the file system.</param>
    /// <param name="backup">Where a repair that <see cref="JournalOptions.Recovery"/> asks for keeps what it changes, empty or not there;
    /// a new directory beside the store when null.</param>
    /// <param name="cancellationToken">Ends the opening between two steps.</param>
    public static ValueTask<JournalStore> OpenAsync(
        JournalOptions options, TimeProvider? time, IJournalFiles? files, IJournalFiles? backup, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ExpectBackupPlace(options, files, backup);
        IJournalFiles withArchive = StoreFiles.Of(files ?? new DirectoryFiles(options.Directory), options.ArchiveDirectory);
        time ??= TimeProvider.System;

        // Reading the log is long work; it must not hold up the caller's thread.
        return new ValueTask<JournalStore>(Task.Run(
            () => options.ReadOnly ? OpenToRead(options, time, withArchive) : OpenToWrite(options, time, withArchive, backup),
            cancellationToken));
    }

    /// <summary>Writes what is queued, marks the log as closed in order, and frees the directory. Later calls throw
    /// <see cref="EventStoreException"/> with kind <see cref="EventStoreErrorKind.Unavailable"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _archiving.WaitAsync().ConfigureAwait(false); // what is being moved has ended; nothing more begins
        if (_writer is not null)
        {
            _writer.Close();
            await _writer.Ended.ConfigureAwait(false);
        }

        _log.Signal.Set();
        _tail?.Dispose();
        foreach (Segment segment in _log.Segments) segment.File.Dispose();
        _lock?.Dispose();
        _archiving.Dispose();
        _closing.Dispose();
    }

    private EventStoreException ClosedError() => new(EventStoreErrorKind.Unavailable,
        $"the journal {_log.Files.Directory} was closed; open it again");

    private void ThrowIfClosed()
    {
        if (Volatile.Read(ref _isDisposed) != 0) throw ClosedError();
    }
}
