using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

/// <summary>Copies segments of a store that may be written meanwhile. What is written into the backup are the bytes that were checked.
/// </summary>
internal sealed class SegmentCopier(
    IJournalFiles store, IJournalFiles target, Guid storeId, Action<long> advance, CancellationToken cancellationToken)
{
    private const long ProgressBytes = 4 << 20;

    private bool _passed;

    /// <summary>Bytes that were new.</summary>
    public long BytesCopied { get; private set; }

    /// <summary>Latest recorded time of an append that was read; 0 without one.</summary>
    public long LatestUs { get; private set; }

    /// <summary>Copies one segment, or what is new of it.</summary>
    /// <param name="name">Name of its file.</param>
    /// <param name="previous">The one before it, null for the first.</param>
    /// <param name="prior">What the backup before has of it, if anything.</param>
    /// <param name="isLast">Whether no other follows it, so that it need not be sealed.</param>
    public BackupFile Copy(string name, BackupFile? previous, BackupFile? prior, bool isLast)
    {
        using IJournalFile source = store.Open(name, ModeOf(isLast));
        string path = source is ArchivedSegmentFile archived ? archived.ArchivePath : Path.Join(store.Directory, name);
        SegmentHeader header = SegmentWalk.ReadHeader(source, path, BackupFile.HeaderAfter(storeId, previous));
        if (prior is { IsSealed: true } kept)
        {
            CheckSeal(source, path, header, kept);
            return kept;
        }

        long keep = prior?.Length ?? 0;
        _passed = false;
        using SegmentOutput output = new(OpenTarget(name, keep), keep);
        output.Begin(header);
        ExpectSame(output.Committed, prior);
        using (SegmentWalk walk = new(path, source, header))
        {
            CopyFrames(walk, output, prior);
            if (!output.Committed.IsSealed && !isLast) throw walk.MissingFrame();
        }

        if (output.Committed.Length < keep) throw Diverged(keep);
        if (isLast) source.Sync(); // so that the store cannot lose what the backup has
        output.Finish();
        BytesCopied += output.Written;
        return output.Committed;
    }

    /// <summary>The failure for a store that does not go on from where the backup ends.</summary>
    public EventStoreException Diverged(long offset) => new(EventStoreErrorKind.Refused,
        $"the store {store.Directory} does not go on from the backup in {target.Directory} (at byte {offset} of a segment): it was "
        + "restored, repaired, or lost its end; keep that backup, and take one into an empty directory");

    // Windows lets only those sync a file who may write it.
    private static JournalFileMode ModeOf(bool isLast) =>
        isLast && OperatingSystem.IsWindows() ? JournalFileMode.Write : JournalFileMode.Read;

    // Footers count when the seal behind them does: without it they are the rest of a write that was torn.
    private void CopyFrames(SegmentWalk walk, SegmentOutput output, BackupFile? prior)
    {
        long told = 0;
        while (walk.MoveNext())
        {
            output.AddFrame(walk.Frame, walk.Checksum);
            if (walk.Kind == FrameKind.Append) LatestUs = Math.Max(LatestUs, FrameFormat.RecordedUs(walk.Payload));
            if (walk.Kind == FrameKind.Footer) continue;
            output.Commit(walk.IsSealed);
            ExpectSame(output.Committed, prior);
            if (walk.NextOffset - told < ProgressBytes) continue;
            cancellationToken.ThrowIfCancellationRequested();
            advance(walk.NextOffset - told);
            told = walk.NextOffset;
        }

        cancellationToken.ThrowIfCancellationRequested();
        advance(output.Committed.Length - told);
    }

    // Where the backup before ends, the store must have had the same bytes.
    private void ExpectSame(in BackupFile now, BackupFile? prior)
    {
        if (prior is not { } before || _passed || now.Length < before.Length) return;
        if (now.Length != before.Length || now.Checksum != before.Checksum) throw Diverged(before.Length);
        _passed = true;
    }

    private IJournalFile OpenTarget(string name, long keep)
    {
        if (keep == 0) return target.Open(name, JournalFileMode.Create);
        IJournalFile file = target.Open(name, JournalFileMode.Write);
        if (file.Length >= keep) return file;
        long found = file.Length;
        file.Dispose();
        throw new BackupDamageException(
            Path.Join(target.Directory, name), found, "length", $"{keep} bytes or more", $"{found} bytes");
    }

    private void CheckSeal(IJournalFile source, string path, in SegmentHeader header, in BackupFile kept)
    {
        int frameBytes = SegmentSeal.FrameBytes(header);
        long offset = kept.Length - frameBytes;
        Span<byte> frame = stackalloc byte[SegmentSeal.FrameBytesMax];
        frame = frame[..frameBytes];
        if (source.ReadAt(frame, offset) != frameBytes) throw Diverged(offset);
        ReadOnlySpan<byte> payload = frame[FrameFormat.HeaderBytes..];
        uint expected = FrameFormat.StoredChecksum(frame);
        uint found = FrameFormat.Checksum(FrameFormat.Seed(storeId, header.Number), offset, payload);
        if (expected != found)
            throw new JournalDamageException(path, header.Number, offset, header.BasePosition + (ulong)offset, "checksum of the seal",
                StoreFile.Hex(expected), StoreFile.Hex(found));
        bool isSame = SegmentSeal.TryRead(header, payload, out SegmentSeal seal) && seal.Length == offset
            && FrameFormat.Chain(seal.Chain, expected) == kept.Chain;
        if (!isSame) throw Diverged(offset);
        string name = Path.Join(target.Directory, kept.Name);
        using IJournalFile copy = target.Open(kept.Name, JournalFileMode.Read);
        if (copy.Length < kept.Length)
            throw new BackupDamageException(name, copy.Length, "length", $"{kept.Length} bytes", $"{copy.Length} bytes");
    }
}
