using Interstice.Journal.Archive;
using Interstice.Journal.Backup;
using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Kernel.Events;

namespace Interstice.Journal;

public sealed partial class JournalStore
{
    // The segment that is written, and the one before it, whose padding the writer may just be cutting off.
    private const int NewestSegments = 2;

    private readonly SemaphoreSlim _archiving = new(1);
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Segments that lie in an archive, the oldest first.</summary>
    public IReadOnlyList<ArchivedSegment> Archived =>
        [.. _log.Segments.Select(segment => segment.File).OfType<ArchivedSegmentFile>().Select(file => file.Describe())];

    /// <summary>Moves sealed segments to <see cref="JournalOptions.ArchiveDirectory"/>, as far as the limits, and the settings for retention
    /// where there are any, let them go. Appends and reads go on meanwhile; what was moved is read from the archive.</summary>
    /// <param name="limits">What must stay.</param>
    /// <param name="isDryRun">Only says what would be moved.</param>
    /// <param name="cancellationToken">Ends it between two segments, or within a copy.</param>
    /// <exception cref="InvalidOperationException">No archive was named.</exception>
    /// <exception cref="JournalDamageException">A segment that is to go is damaged; it stays.</exception>
    /// <exception cref="ArchiveUnreachableException">What was moved there last is not there; nothing was moved.</exception>
    /// <exception cref="EventStoreException">The store is open for reading only; the archive is no place for it, or cannot be written. The
    /// store goes on.</exception>
    public async ValueTask<ArchiveReport> ArchiveAsync(
        ArchiveLimits limits, bool isDryRun = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ThrowIfClosed();
        if (_writer is null)
            throw new EventStoreException(EventStoreErrorKind.ReadOnly,
                $"the journal {_log.Files.Directory} is open for reading only; open it for writing to archive");
        var files = (StoreFiles)_log.Files;
        IJournalFiles archive = files.Archive
            ?? throw new InvalidOperationException("there is no archive; set ArchiveDirectory");
        if (files.Inner is DirectoryFiles && archive is DirectoryFiles) StorePaths.ExpectApart(files.Directory, archive.Directory);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        try
        {
            return await ArchiveOneAtATimeAsync(files, archive, limits, isDryRun, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw ClosedError();
        }
    }

    private async Task<ArchiveReport> ArchiveOneAtATimeAsync(
        StoreFiles files, IJournalFiles archive, ArchiveLimits limits, bool isDryRun, CancellationToken cancellationToken)
    {
        await _archiving.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(
                () => BackupFailure.Guard($"archiving segments of {files.Directory} into {archive.Directory} failed",
                    () => Archive(files, archive, limits, isDryRun, cancellationToken)),
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _archiving.Release();
        }
    }

    private ArchiveReport Archive(
        StoreFiles files, IJournalFiles archive, ArchiveLimits limits, bool isDryRun, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _time.GetUtcNow();
        long nowUs = (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        SegmentArchiver archiver = new(files, archive, $"{Environment.UserName}@{Environment.MachineName}", nowUs);
        archiver.ExpectOurs(_log.StoreId);
        List<ArchivedSegment> moved = [];
        List<(long, SegmentStay)> stays = [];
        int earlier = 0;
        Segment[] segments = _log.Segments;

        // A device that is not mounted looks like an archive without files: what went there must be there before more follows.
        if (!isDryRun && segments.Select(segment => segment.File).OfType<ArchivedSegmentFile>()
                .LastOrDefault(file => file.Record.Directory == archive.Directory) is { } before) before.ExpectReachable();
        for (int i = 0; i < segments.Length; i++)
        {
            ThrowIfClosed();
            cancellationToken.ThrowIfCancellationRequested();
            Segment segment = segments[i];
            if (segment.File is ArchivedSegmentFile) earlier++;
            else if (i >= segments.Length - NewestSegments) stays.Add((segment.Number, SegmentStay.Newest));
            else if (ReasonToStay(segment, limits, nowUs) is { } reason) stays.Add((segment.Number, reason));
            else if (isDryRun) moved.Add(new(segment.Number, segment.Name, segment.BasePosition, segment.Tail, archive.Directory, now, ""));
            else moved.Add(Move(archiver, segment, cancellationToken));
        }

        return new ArchiveReport(archive.Directory, isDryRun, moved, earlier, stays);
    }

    private SegmentStay? ReasonToStay(Segment segment, ArchiveLimits limits, long nowUs)
    {
        ulong end = segment.PositionOf(segment.Tail);
        if (!segment.Header.HasFooters) return SegmentStay.WithoutIndex;
        if (end > limits.Before.Commit) return SegmentStay.Replayed;
        if (limits.Needed.Any(position => position.Commit >= segment.BasePosition && position.Commit < end)) return SegmentStay.Needed;
        if (!_options.HasRetention) return null;
        bool isBeyondBytes = _options.RetentionBytes is { } bytes && _log.Tail - end >= (ulong)bytes;
        bool isBeyondAge = _options.RetentionAge is { } age
            && segment.LatestUs < nowUs - age.Ticks / TimeSpan.TicksPerMicrosecond;
        return isBeyondBytes || isBeyondAge ? null : SegmentStay.Retained;
    }

    private static ArchivedSegment Move(SegmentArchiver archiver, Segment segment, CancellationToken cancellationToken)
    {
        ArchivedSegmentFile archived = archiver.Copy(
            segment.Name, segment.Header, segment.Chain, segment.Tail, segment.DataEnd, cancellationToken);
        try
        {
            archiver.Remove(segment.Name);
        }
        catch
        {
            archived.Dispose();
            throw;
        }

        segment.ReplaceFile(archived);
        archiver.SyncRemoval();
        return archived.Describe();
    }
}
