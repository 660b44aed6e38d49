using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Reading;

/// <summary>Decodes the events of one append frame, part by part, as many at a time as there is room for.</summary>
/// <remarks>The frame's checksum has been verified. What does not decode all the same throws
/// <see cref="FrameContentException"/>. The buffer is borrowed: the events handed out point into it.</remarks>
internal struct FrameCursor
{
    private const int IdBytes = 16;

    private Segment _segment;
    private byte[] _buffer;
    private int _payloadAt;
    private int _at;
    private int _partsEnd;
    private int _partEnd;
    private int _partsLeft;
    private ulong _positionOfZero;
    private long _recordedUs;
    private Guid _nextId;

    /// <summary>Stream of the current part.</summary>
    public StreamEntry Stream { get; private set; }

    /// <summary>Whether the append made no exact demand on the stream, so that a repetition is found by its first id only.</summary>
    public bool IsUnconditional { get; private set; }

    /// <summary>Revision of the next event.</summary>
    public long Revision { get; private set; }

    /// <summary>Events of the current part that have not been read.</summary>
    public int EventsLeft { get; private set; }

    /// <summary>When the frame was recorded.</summary>
    public readonly long RecordedUs => _recordedUs;

    /// <summary>Starts with a frame.</summary>
    /// <param name="segment">Its segment.</param>
    /// <param name="buffer">Holds its payload.</param>
    /// <param name="payloadAt">Where in the buffer.</param>
    /// <param name="payloadLength">How long.</param>
    /// <param name="payloadOffset">Offset of the payload in the segment.</param>
    public void Begin(Segment segment, byte[] buffer, int payloadAt, int payloadLength, long payloadOffset)
    {
        ReadOnlySpan<byte> payload = buffer.AsSpan(payloadAt, payloadLength);
        int definitions = FrameFormat.DefinitionBytes(payload);
        if ((uint)definitions > (uint)(payloadLength - FrameFormat.PrefixBytes))
            throw new FrameContentException("length of the definitions", FrameFormat.DefinitionBytesOffset);
        _segment = segment;
        _buffer = buffer;
        _payloadAt = payloadAt;
        _at = payloadAt + FrameFormat.PrefixBytes;
        _partEnd = _at;
        bool hasParts = FrameFormat.Kind(payload) == FrameKind.Append;
        _partsEnd = hasParts ? payloadAt + payloadLength - definitions : _at;
        _partsLeft = hasParts ? FrameFormat.Parts(payload) : 0;
        _positionOfZero = segment.PositionOf(payloadOffset) - (ulong)payloadAt;
        _recordedUs = FrameFormat.RecordedUs(payload);
        EventsLeft = 0;
    }

    /// <summary>Goes to the next part, passing over what is left of the current one; false when there is none.</summary>
    public bool NextPart()
    {
        _at = _partEnd;
        EventsLeft = 0;
        if (_partsLeft == 0)
        {
            if (_at != _partsEnd) throw Bad("end of the parts", _at);
            return false;
        }

        _partsLeft--;
        if (_partsEnd - _at < sizeof(uint)) throw Bad("length of a part", _at);
        uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_at));
        _at += sizeof(uint);
        ReadOnlySpan<byte> source = _buffer.AsSpan(0, _partsEnd);
        ulong code = Varint.Read(source, ref _at);
        ulong revision = Varint.Read(source, ref _at);
        ulong events = Varint.Read(source, ref _at);
        Stream = _segment.Streams[code >> 1] ?? throw Bad("stream", _at);
        IsUnconditional = (code & 1) != 0;
        if (bytes > (uint)(_partsEnd - _at) || events == 0 || events > bytes || revision > long.MaxValue - events)
            throw Bad("head of a part", _at);
        Revision = (long)revision;
        EventsLeft = (int)events;
        _partEnd = _at + (int)bytes;
        _nextId = default;
        return true;
    }

    /// <summary>Passes over events of the current part.</summary>
    /// <param name="count">At most <see cref="EventsLeft"/>.</param>
    public void Skip(int count)
    {
        if (count == 0) return;
        ReadOnlySpan<byte> source = _buffer.AsSpan(0, _partEnd);
        ulong types = (ulong)_segment.Types.Count;
        int at = _at;
        int ids = 0;
        Guid lastId = _nextId;
        for (int i = 0; i < count; i++)
        {
            ulong head = Varint.Read(source, ref at);
            if (head >> EventHead.TypeShift >= types) throw Bad("event type", at);
            if ((head & EventHead.HasId) != 0)
            {
                if (source.Length - at < IdBytes) throw Bad("event id", at);
                lastId = MemoryMarshal.Read<Guid>(source[at..]);
                at += IdBytes;
                ids = 0;
            }

            ids++;
            int dataLength = Varint.ReadLength(source, ref at);
            int metadataLength = (head & EventHead.HasMetadata) != 0 ? Varint.ReadLength(source, ref at) : 0;
            if (dataLength + metadataLength > source.Length - at) throw Bad("length of an event", at);
            at += dataLength + metadataLength;
        }

        _nextId = EventHead.Next(lastId, ids);
        _at = at;
        Revision += count;
        EventsLeft -= count;
        if (EventsLeft == 0 && _at != _partEnd) throw Bad("end of a part", _at);
    }

    /// <summary>Reads as many events of the current part as there are and fit.</summary>
    /// <returns>How many.</returns>
    public int Read(Span<RecordedEvent> destination)
    {
        int count = Math.Min(destination.Length, EventsLeft);
        byte[] buffer = _buffer;
        StreamName stream = Stream.Name;
        NameTable<string> types = _segment.Types;
        for (int i = 0; i < count; i++)
        {
            ulong position = _positionOfZero + (ulong)_at;
            ulong head = Head(buffer.AsSpan(0, _partEnd), out Guid id, out int dataLength, out int metadataLength);
            string type = types[head >> EventHead.TypeShift] ?? throw Bad("event type", _at);
            destination[i] = new RecordedEvent(
                id,
                stream,
                new Revision(Revision),
                new Position(position, position),
                _recordedUs,
                type,
                (head & EventHead.IsJson) != 0,
                new ReadOnlyMemory<byte>(buffer, _at, dataLength),
                new ReadOnlyMemory<byte>(buffer, _at + dataLength, metadataLength));
            Advance(dataLength + metadataLength);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Head(ReadOnlySpan<byte> source, out Guid id, out int dataLength, out int metadataLength)
    {
        ulong head = Varint.Read(source, ref _at);
        if ((head & EventHead.HasId) != 0)
        {
            if (source.Length - _at < IdBytes) throw Bad("event id", _at);
            id = MemoryMarshal.Read<Guid>(source[_at..]);
            _at += IdBytes;
        }
        else
        {
            id = _nextId;
        }

        _nextId = EventHead.Next(id, 1);
        dataLength = Varint.ReadLength(source, ref _at);
        metadataLength = (head & EventHead.HasMetadata) != 0 ? Varint.ReadLength(source, ref _at) : 0;
        if (dataLength + metadataLength > source.Length - _at) throw Bad("length of an event", _at);
        return head;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(int bytes)
    {
        _at += bytes;
        Revision++;
        EventsLeft--;
        if (EventsLeft == 0 && _at != _partEnd) throw Bad("end of a part", _at);
    }

    private readonly FrameContentException Bad(string what, int at) => new(what, at - _payloadAt);
}
