using Interstice.Journal.Checksums;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Backup;

/// <summary>Writes a segment frame after frame, from a place on; what lies before that is there already and is only counted.</summary>
/// <remarks>What was added counts when <see cref="Commit"/> was called after it; <see cref="Finish"/> cuts off the rest.</remarks>
internal sealed class SegmentOutput : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly IJournalFile _file;
    private readonly long _keep;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _buffered;
    private long _at;
    private long _length;
    private uint _checksum;
    private uint _chain;
    private long _frames;

    /// <summary>Takes over a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="keep">How many bytes are there already.</param>
    public SegmentOutput(IJournalFile file, long keep)
    {
        _file = file;
        _keep = keep;
        _at = keep;
    }

    /// <summary>What counts so far.</summary>
    public BackupFile Committed { get; private set; }

    /// <summary>Bytes that were written and count.</summary>
    public long Written => Math.Max(0, Committed.Length - _keep);

    /// <summary>Chain checksum of all that was added.</summary>
    public uint Chain => _chain;

    /// <summary>Frames that were added.</summary>
    public long Frames => _frames;

    /// <summary>Begins with a header.</summary>
    public void Begin(in SegmentHeader header)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        header.Write(bytes);
        Add(bytes);
        _chain = FrameFormat.ChainStart(bytes);
        Committed = new BackupFile(header.Number, header.BasePosition, 0, 0, 0, 0, IsSealed: false);
        Commit(isSealed: false);
    }

    /// <summary>Adds a frame.</summary>
    /// <param name="frame">The whole of it.</param>
    /// <param name="checksum">Its checksum.</param>
    public void AddFrame(ReadOnlySpan<byte> frame, uint checksum)
    {
        Add(frame);
        _chain = FrameFormat.Chain(_chain, checksum);
        _frames++;
    }

    /// <summary>Lets everything that was added count.</summary>
    public void Commit(bool isSealed) => Committed = Committed with
    {
        Length = _length,
        Checksum = _checksum,
        Chain = _chain,
        Frames = _frames,
        IsSealed = isSealed,
    };

    /// <summary>Makes what counts durable.</summary>
    public void Finish()
    {
        Flush();
        long length = Math.Max(_keep, Committed.Length);
        if (_file.Length != length) _file.SetLength(length);
        _file.Sync();
    }

    public void Dispose() => _file.Dispose();

    private void Add(ReadOnlySpan<byte> bytes)
    {
        _checksum = Crc32C.Continue(_checksum, bytes);
        long before = Math.Clamp(_keep - _length, 0, bytes.Length);
        _length += bytes.Length;
        for (ReadOnlySpan<byte> left = bytes[(int)before..]; left.Length > 0;)
        {
            if (_buffered == BufferBytes) Flush();
            int count = Math.Min(left.Length, BufferBytes - _buffered);
            left[..count].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += count;
            left = left[count..];
            _at += count;
        }
    }

    private void Flush()
    {
        if (_buffered > 0) _file.WriteAt(_buffer.AsSpan(0, _buffered), _at - _buffered);
        _buffered = 0;
    }
}
