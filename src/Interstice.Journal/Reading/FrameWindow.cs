using System.Buffers;
using System.Globalization;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Reading;

/// <summary>One reader's piece of a segment in pooled memory, from which frames are taken with their checksum verified.</summary>
/// <remarks>Loading replaces what was there, so a reader hands out what it decoded before it loads again.</remarks>
internal sealed class FrameWindow(Log log) : IDisposable
{
    private byte[] _buffer = [];
    private Segment? _segment;
    private long _start;
    private int _length;

    /// <summary>The memory that frames point into.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Finds a frame in what is loaded.</summary>
    /// <param name="segment">Its segment.</param>
    /// <param name="offset">Where it begins, below the segment's tail.</param>
    /// <param name="payloadAt">Where its payload begins in <see cref="Buffer"/>.</param>
    /// <param name="payloadLength">How long that is.</param>
    /// <returns>False when not all of it is loaded.</returns>
    /// <exception cref="JournalDamageException">Its checksum is wrong.</exception>
    public bool TryGet(Segment segment, long offset, out int payloadAt, out int payloadLength)
    {
        payloadAt = 0;
        payloadLength = 0;
        long at = offset - _start;
        if (segment != _segment || at < 0 || at + FrameFormat.HeaderBytes > _length) return false;
        ReadOnlySpan<byte> frame = _buffer.AsSpan((int)at, _length - (int)at);
        int length = FrameFormat.PayloadLength(frame);
        if (length < FrameFormat.PrefixBytes || length > segment.Tail - offset - FrameFormat.HeaderBytes)
            throw Damage(segment, offset, "payload length",
                string.Create(CultureInfo.InvariantCulture, $"{FrameFormat.PrefixBytes} or more, inside the log"),
                length.ToString(CultureInfo.InvariantCulture));
        if (FrameFormat.HeaderBytes + length > frame.Length) return false;
        uint expected = FrameFormat.StoredChecksum(frame);
        uint found = FrameFormat.Checksum(segment.Seed, offset, frame.Slice(FrameFormat.HeaderBytes, length));
        if (expected != found)
            throw Damage(segment, offset, "checksum of the frame", StoreFile.Hex(expected), StoreFile.Hex(found));
        payloadAt = (int)at + FrameFormat.HeaderBytes;
        payloadLength = length;
        return true;
    }

    /// <summary>Loads a piece of a segment that holds at least the frame at its beginning.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="offset">Where the frame begins.</param>
    /// <param name="bytes">How much to load, more if the frame is longer, less if the log ends before.</param>
    public void Load(Segment segment, long offset, int bytes)
    {
        long available = segment.Tail - offset;
        Read(segment, offset, (int)Math.Min(bytes, available));
        if (_length < FrameFormat.HeaderBytes) throw Short(segment, offset);
        long frame = FrameFormat.HeaderBytes + (long)FrameFormat.PayloadLength(_buffer);
        if (frame <= _length || frame > available) return;
        Read(segment, offset, (int)frame);
        if (_length < frame) throw Short(segment, offset);
    }

    /// <summary>Turns what a decoder found in a frame into damage of its segment.</summary>
    public JournalDamageException Damage(Segment segment, long offset, FrameContentException e) =>
        Damage(segment, offset, e.What, "what a writer writes", $"something else at byte {e.At} of the payload");

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _segment = null;
        _length = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Read(Segment segment, long offset, int bytes)
    {
        if (_buffer.Length < bytes)
        {
            Dispose();
            _buffer = ArrayPool<byte>.Shared.Rent(bytes);
        }

        _segment = segment;
        _start = offset;
        _length = segment.ReadAt(_buffer.AsSpan(0, bytes), offset);
    }

    private JournalDamageException Short(Segment segment, long offset) => Damage(segment, offset, "length of the segment",
        string.Create(CultureInfo.InvariantCulture, $"{segment.Tail} bytes or more"),
        string.Create(CultureInfo.InvariantCulture, $"{segment.File.Length} bytes"));

    private JournalDamageException Damage(Segment segment, long offset, string what, string expected, string found) =>
        new(log.PathOf(segment), segment.Number, offset, segment.PositionOf(offset), what, expected, found);
}
