using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Writing;

/// <summary>The frames that are written and synced together. Writer only; encodes into one buffer that is kept.</summary>
internal sealed class GroupBuffer(int keptBytesMax)
{
    private const int IdBytes = 16;
    private const int PartHeadBytesMax = sizeof(uint) + 3 * Varint.BytesMax;
    private const int EventHeadBytesMax = IdBytes + 3 * 5;
    private const int TypeCacheSize = 8;

    private readonly List<string> _newStreams = [];
    private readonly List<string> _newTypes = [];
    private readonly Dictionary<string, int> _typeCodes = new(StringComparer.Ordinal);
    private readonly (string Type, int Code)[] _lastTypes = new (string, int)[TypeCacheSize];
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(1 << 20, pinned: true);
    private int _length;
    private int _nextTypeSlot;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Most bytes of a frame with so many parts, events, event bytes and characters of new names.</summary>
    public static long FrameBytesMax(long parts, long events, long eventBytes, long nameCharacters) =>
        FrameFormat.FrameBytesMin
        + parts * (PartHeadBytesMax + Varint.BytesMax)
        + events * (EventHeadBytesMax + Varint.BytesMax)
        + eventBytes
        + nameCharacters * 3
        + 2 * Varint.BytesMax;

    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > keptBytesMax) _bytes = GC.AllocateUninitializedArray<byte>(1 << 20, pinned: true);
    }

    /// <summary>Forgets the names of the last segment, and takes over those that the new one already defines.</summary>
    public void BeginSegment(Segment segment)
    {
        _typeCodes.Clear();
        Array.Clear(_lastTypes);
        for (int code = 0; code < segment.Types.Count; code++) _typeCodes[segment.Types[(ulong)code]!] = code;
        for (int code = 0; code < segment.Streams.Count; code++)
        {
            StreamEntry stream = segment.Streams[(ulong)code]!;
            stream.CodeSegment = segment.Number;
            stream.Code = code;
        }
    }

    /// <summary>Begins a frame that will have at most so many bytes.</summary>
    /// <returns>Where it begins in the group.</returns>
    public int BeginFrame(int bytesMax, FrameKind kind, int parts, ulong durable, long recordedUs)
    {
        int start = _length;
        if (_bytes.Length - start < bytesMax) Grow(start + bytesMax);
        FrameFormat.WritePrefix(_bytes.AsSpan(start + FrameFormat.HeaderBytes), kind, parts, durable, recordedUs);
        _length = start + FrameFormat.FrameBytesMin;
        return start;
    }

    /// <summary>Adds the events of one stream to the frame.</summary>
    /// <param name="segment">The active segment.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="isUnconditional">The append expected no exact revision.</param>
    /// <param name="events">At least one.</param>
    /// <returns>Where the last event begins in the group.</returns>
    public int AddPart(Segment segment, StreamEntry stream, bool isUnconditional, ReadOnlySpan<EventData> events)
    {
        int at = _length + sizeof(uint);
        ulong code = (ulong)CodeOf(segment, stream);
        Varint.Write(_bytes, ref at, code << 1 | (isUnconditional ? 1u : 0u));
        Varint.Write(_bytes, ref at, (ulong)stream.Written + 1);
        Varint.Write(_bytes, ref at, (ulong)events.Length);
        int firstEvent = at;
        int lastEvent = at;
        Guid nextId = default;
        for (int i = 0; i < events.Length; i++)
        {
            ref readonly EventData data = ref events[i];
            lastEvent = at;
            at = AddEvent(segment, at, data, hasId: i == 0 || data.Id != nextId);
            nextId = EventHead.Next(data.Id, 1);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_length), (uint)(at - firstEvent));
        _length = at;
        return lastEvent;
    }

    /// <summary>Adds bytes that follow the prefix of a marker or seal.</summary>
    public Span<byte> AddBody(int bytes)
    {
        Span<byte> body = _bytes.AsSpan(_length, bytes);
        body.Clear();
        _length += bytes;
        return body;
    }

    /// <summary>Payload of the frame that begins at <paramref name="start"/> and ends here.</summary>
    public Span<byte> PayloadFrom(int start) => _bytes.AsSpan(start + FrameFormat.HeaderBytes, _length - start - FrameFormat.HeaderBytes);

    /// <summary>Ends a frame: names that it defines, length, checksum.</summary>
    /// <param name="start">Where it begins in the group.</param>
    /// <param name="seed">The segment's seed.</param>
    /// <param name="offset">Where it will begin in the segment.</param>
    /// <returns>Its checksum.</returns>
    public uint EndFrame(int start, uint seed, long offset)
    {
        if (_newStreams.Count + _newTypes.Count > 0) AddDefinitions(start);
        return FrameFormat.WriteHeader(_bytes.AsSpan(start, _length - start), seed, offset);
    }

    private int AddEvent(Segment segment, int at, in EventData data, bool hasId)
    {
        byte[] bytes = _bytes;
        bool hasMetadata = !data.Metadata.IsEmpty;
        ulong head = (ulong)CodeOf(segment, data.Type) << EventHead.TypeShift;
        if (data.IsJson) head |= EventHead.IsJson;
        if (hasId) head |= EventHead.HasId;
        if (hasMetadata) head |= EventHead.HasMetadata;
        Varint.Write(bytes, ref at, head);
        if (hasId)
        {
            Guid id = data.Id;
            MemoryMarshal.Write(bytes.AsSpan(at), in id);
            at += IdBytes;
        }

        Varint.Write(bytes, ref at, (ulong)data.Data.Length);
        if (hasMetadata) Varint.Write(bytes, ref at, (ulong)data.Metadata.Length);
        data.Data.Span.CopyTo(bytes.AsSpan(at));
        at += data.Data.Length;
        if (hasMetadata)
        {
            data.Metadata.Span.CopyTo(bytes.AsSpan(at));
            at += data.Metadata.Length;
        }

        return at;
    }

    private int CodeOf(Segment segment, StreamEntry stream)
    {
        if (stream.CodeSegment == segment.Number) return stream.Code;
        stream.CodeSegment = segment.Number;
        stream.Code = segment.Streams.Add(stream);
        _newStreams.Add(stream.Name.Value);
        return stream.Code;
    }

    // Callers name types by a few constants, so that comparing references finds nearly all of them.
    private int CodeOf(Segment segment, string type)
    {
        (string Type, int Code)[] last = _lastTypes;
        for (int i = 0; i < last.Length; i++)
            if (ReferenceEquals(last[i].Type, type)) return last[i].Code;
        if (!_typeCodes.TryGetValue(type, out int code))
        {
            code = segment.Types.Add(type);
            _typeCodes.Add(type, code);
            _newTypes.Add(type);
        }

        last[_nextTypeSlot++ % TypeCacheSize] = (type, code);
        return code;
    }

    private void AddDefinitions(int start)
    {
        int at = _length;
        AddNames(_newStreams, ref at);
        AddNames(_newTypes, ref at);
        BinaryPrimitives.WriteUInt32LittleEndian(
            _bytes.AsSpan(start + FrameFormat.HeaderBytes + FrameFormat.DefinitionBytesOffset), (uint)(at - _length));
        _length = at;
    }

    private void AddNames(List<string> names, ref int at)
    {
        Varint.Write(_bytes, ref at, (ulong)names.Count);
        foreach (string name in names)
        {
            Varint.Write(_bytes, ref at, (ulong)Encoding.UTF8.GetByteCount(name));
            at += Encoding.UTF8.GetBytes(name, _bytes.AsSpan(at));
        }

        names.Clear();
    }

    private void Grow(int bytes)
    {
        int doubled = (int)Math.Min(Array.MaxLength, Math.Max(bytes, 2L * _bytes.Length));
        byte[] larger = GC.AllocateUninitializedArray<byte>(doubled, pinned: true);
        _bytes.AsSpan(0, _length).CopyTo(larger);
        _bytes = larger;
    }
}
