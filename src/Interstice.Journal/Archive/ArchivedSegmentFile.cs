using Interstice.Journal.Files;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Archive;

/// <summary>An archived segment as a file of the store: header, footers and seal from its record, the frames from the archive.</summary>
/// <remarks>The archive is looked for when frames are read, not before: a store opens without it. A file there is taken for the segment
/// when it has its length and header; every frame has its own checksum.</remarks>
internal sealed class ArchivedSegmentFile(StoreFiles files, string name, IJournalFile recordFile, ArchiveRecord record) : IJournalFile
{
    private readonly Lock _gate = new();
    private IJournalFile? _archived;
    private string? _foundIn;
    private bool _isDisposed;

    public long Length => record.Length;

    public ArchiveRecord Record => record;

    /// <summary>Path of the file that holds the frames: where it was found or, before it was looked for, where the record says.</summary>
    public string ArchivePath => Path.Join(Volatile.Read(ref _foundIn) ?? record.Directory, name);

    /// <summary>What the store says of the segment.</summary>
    public ArchivedSegment Describe() => new(
        record.Header.Number, name, record.Header.BasePosition, record.Length, record.Directory,
        DateTimeOffset.UnixEpoch.AddMicroseconds(record.ArchivedUs), record.By);

    public int ReadAt(Span<byte> destination, long offset)
    {
        int read = 0;
        while (read < destination.Length && offset + read < record.Length)
        {
            int part = ReadPart(destination[read..], offset + read);
            if (part == 0) break;
            read += part;
        }

        return read;
    }

    /// <summary>Finds the segment in the archive.</summary>
    /// <exception cref="ArchiveUnreachableException">It is not there, or cannot be read.</exception>
    public void ExpectReachable() => Archived();

    public void WriteAt(ReadOnlySpan<byte> source, long offset) => throw ReadOnly();

    public void Sync()
    {
        // What is in an archive was made durable before the store gave it up.
    }

    public void SetLength(long length) => throw ReadOnly();

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _archived?.Dispose();
        }

        recordFile.Dispose();
    }

    private static UnauthorizedAccessException ReadOnly() => new("an archived segment is only read");

    private int ReadPart(Span<byte> destination, long offset)
    {
        if (offset < SegmentHeader.Bytes)
            return recordFile.ReadAt(Start(destination, SegmentHeader.Bytes - offset), record.KeptOffset + offset);
        if (offset >= record.DataEnd)
            return recordFile.ReadAt(
                Start(destination, record.Length - offset), record.KeptOffset + SegmentHeader.Bytes + (offset - record.DataEnd));
        Span<byte> frames = Start(destination, record.DataEnd - offset);
        try
        {
            if (Archived().ReadAt(frames, offset) is var read and > 0) return read;
            throw new EndOfStreamException("it became shorter");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw files.Unreachable(this, $"cannot be read: {e.Message}", e);
        }
    }

    private static Span<byte> Start(Span<byte> destination, long bytes) => destination[..(int)Math.Min(destination.Length, bytes)];

    private IJournalFile Archived()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_archived is not null) return _archived;
            (_archived, _foundIn) = files.OpenInArchive(this, name);
            return _archived;
        }
    }
}
