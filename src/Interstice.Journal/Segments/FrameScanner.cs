using System.Buffers;
using System.Globalization;
using Interstice.Journal.Files;

namespace Interstice.Journal.Segments;

/// <summary>Walks the frames of one segment file from an offset on, checking every checksum. Writes nothing.</summary>
/// <remarks>Stops at the first place that is no frame; <see cref="Stop"/> says why. May be asked again: what has been written
/// there meanwhile is then read afresh.</remarks>
internal sealed class FrameScanner(IJournalFile file, uint seed, long offset) : IDisposable
{
    private const int ChunkBytes = 1 << 20;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
    private long _bufferOffset = offset;
    private int _bufferLength;

    /// <summary>Offset of the current frame or, after the end, of the place where the next one would be.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>Offset after the current frame.</summary>
    public long NextOffset { get; private set; } = offset;

    /// <summary>Why the walk stopped.</summary>
    public ScanStop Stop { get; private set; }

    /// <summary>What was compared where the walk stopped at something bad.</summary>
    public string What { get; private set; } = string.Empty;

    /// <summary>What it should be.</summary>
    public string Expected { get; private set; } = string.Empty;

    /// <summary>What it is.</summary>
    public string Found { get; private set; } = string.Empty;

    /// <summary>Checksum of the current frame.</summary>
    public uint Checksum { get; private set; }

    /// <summary>Holds the payload of the current frame until the next move.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Where in <see cref="Buffer"/> the payload begins.</summary>
    public int PayloadAt { get; private set; }

    /// <summary>How long the payload is.</summary>
    public int PayloadLength { get; private set; }

    /// <summary>Payload of the current frame, valid until the next move.</summary>
    public ReadOnlySpan<byte> Payload => _buffer.AsSpan(PayloadAt, PayloadLength);

    /// <summary>Goes to the next frame; false at the first place that is none.</summary>
    public bool MoveNext()
    {
        Offset = NextOffset;
        if (Stop != ScanStop.None) _bufferLength = 0;
        Stop = ScanStop.None;
        int have = Fill(FrameFormat.HeaderBytes);
        ReadOnlySpan<byte> header = Window(Math.Min(have, FrameFormat.HeaderBytes));
        if (!header.ContainsAnyExcept((byte)0)) return StopAt(ScanStop.End);
        if (header.Length < FrameFormat.HeaderBytes)
            return Bad("length of the frame", "a whole frame", Bytes(header.Length));
        int length = FrameFormat.PayloadLength(header);
        uint expected = FrameFormat.StoredChecksum(header);
        if (length < FrameFormat.PrefixBytes || length > JournalLimits.FrameBytesMax)
            return Bad("payload length", Invariant($"{FrameFormat.PrefixBytes} to {JournalLimits.FrameBytesMax}"),
                Invariant($"{length}"));
        int frame = FrameFormat.HeaderBytes + length;
        if (file.Length - Offset < frame || Fill(frame) < frame)
            return Bad("payload length", Invariant($"at most {file.Length - Offset - FrameFormat.HeaderBytes}"),
                Invariant($"{length}"));
        PayloadAt = (int)(Offset - _bufferOffset) + FrameFormat.HeaderBytes;
        PayloadLength = length;
        uint found = FrameFormat.Checksum(seed, Offset, Payload);
        if (found != expected) return Bad("checksum of the frame", StoreFile.Hex(expected), StoreFile.Hex(found));
        FrameKind kind = FrameFormat.Kind(Payload);
        byte version = Payload[FrameFormat.VersionOffset];
        if (version != FrameFormat.Version || !FrameFormat.IsKnown(kind))
            return Bad("kind and version of the frame", "1 to 5, version 1", Invariant($"{(byte)kind}, version {version}"));
        Checksum = expected;
        NextOffset = Offset + frame;
        return true;
    }

    /// <summary>Goes on at another offset.</summary>
    public void Seek(long offset) => NextOffset = offset;

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Bytes(int count) => Invariant($"{count} bytes");

    private bool Bad(string what, string expected, string found)
    {
        What = what;
        Expected = expected;
        Found = found;
        return StopAt(ScanStop.Bad);
    }

    private bool StopAt(ScanStop stop)
    {
        Stop = stop;
        NextOffset = Offset;
        PayloadLength = 0;
        return false;
    }

    private ReadOnlySpan<byte> Window(int bytes) => _buffer.AsSpan((int)(Offset - _bufferOffset), bytes);

    // Makes the buffer hold so many bytes from Offset on, and as many more as it takes; gives how many there are.
    private int Fill(int bytes)
    {
        long at = Offset - _bufferOffset;
        if (at >= 0 && at + bytes <= _bufferLength) return (int)(_bufferLength - at);
        if (bytes > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(bytes);
        }

        _bufferOffset = Offset;
        _bufferLength = file.ReadAt(_buffer, Offset);
        return _bufferLength;
    }
}
