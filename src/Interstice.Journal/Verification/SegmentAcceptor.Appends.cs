using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Interstice.Journal.Index;
using Interstice.Journal.Recovery;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

internal sealed partial class SegmentAcceptor
{
    private const int IdBytes = 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryAppend(ReadOnlySpan<byte> payload, long offset)
    {
        int definitions = FrameFormat.DefinitionBytes(payload);
        if ((uint)definitions > (uint)(payload.Length - FrameFormat.PrefixBytes)) return false;
        ReadOnlySpan<byte> parts = payload[..^definitions];
        if (definitions > 0 && !TryDefine(payload, parts.Length)) return false;
        int at = FrameFormat.PrefixBytes;
        for (int left = FrameFormat.Parts(payload); left > 0; left--)
            if (!TryPart(parts, ref at, offset)) return false;
        if (at != parts.Length) return false;
        AddFrame(offset, FrameFormat.RecordedUs(payload));
        _appends++;
        return true;
    }

    private bool TryDefine(ReadOnlySpan<byte> payload, int at)
    {
        for (int left = Varint.ReadLength(payload, ref at); left > 0; left--)
            if (!TryAddStream(FrameDefinitions.StreamName(payload, ref at))) return false;
        for (int left = Varint.ReadLength(payload, ref at); left > 0; left--)
            _types.Add(FrameDefinitions.Name(payload, ref at));
        return at == payload.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryPart(ReadOnlySpan<byte> parts, ref int at, long offset)
    {
        if (parts.Length - at < sizeof(uint)) return false;
        uint bytes = BinaryPrimitives.ReadUInt32LittleEndian(parts[at..]);
        at += sizeof(uint);
        ulong code = Varint.Read(parts, ref at);
        ulong revision = Varint.Read(parts, ref at);
        ulong events = Varint.Read(parts, ref at);
        if (code >> 1 >= (ulong)_streamCount || bytes > (uint)(parts.Length - at) || events == 0 || events > bytes
            || revision > long.MaxValue - events) return false;
        IndexedStream stream = _streams[(int)(code >> 1)];
        if (!stream.TryAdd(offset, (long)revision, (int)events)) return false;
        _events += (long)events;
        ReadOnlySpan<byte> part = parts[..(at + (int)bytes)];
        int start = at;
        at = part.Length;
        if (stream.IsSettings) return TrySettings(part, start, (int)events, stream);
        if ((code & 1) != 0) AddRecent(part, start, (int)(code >> 1), (long)revision);
        return TryEvents(part, start, (int)events);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryEvents(ReadOnlySpan<byte> part, int at, int events)
    {
        ulong types = (ulong)_types.Count;
        for (; events > 0; events--)
        {
            ulong head = Varint.Read(part, ref at);
            if (head >> EventHead.TypeShift >= types) return false;
            if ((head & EventHead.HasId) != 0) at += IdBytes;
            int bytes = Varint.ReadLength(part, ref at);
            if ((head & EventHead.HasMetadata) != 0) bytes += Varint.ReadLength(part, ref at);
            if (bytes > part.Length - at) return false;
            at += bytes;
        }

        return at == part.Length;
    }

    private bool TrySettings(ReadOnlySpan<byte> part, int at, int events, IndexedStream stream)
    {
        for (; events > 0; events--)
        {
            ulong head = Varint.Read(part, ref at);
            if (head >> EventHead.TypeShift >= (ulong)_types.Count) return false;
            if ((head & EventHead.HasId) != 0) at += IdBytes;
            int data = Varint.ReadLength(part, ref at);
            int metadata = (head & EventHead.HasMetadata) != 0 ? Varint.ReadLength(part, ref at) : 0;
            if (data + metadata > part.Length - at
                || !MetadataJson.TryParse(part.Slice(at, data), out StreamMetadata settings)) return false;
            stream.Settings = settings;
            at += data + metadata;
        }

        return at == part.Length;
    }

    // An id that is not written out is the first of all: no other one precedes it in its part.
    private void AddRecent(ReadOnlySpan<byte> part, int at, int code, long revision)
    {
        ulong head = Varint.Read(part, ref at);
        bool hasId = (head & EventHead.HasId) != 0;
        if (hasId && part.Length - at < IdBytes) throw new FrameContentException("event id", at);
        (Guid, int, long) append = (hasId ? MemoryMarshal.Read<Guid>(part[at..]) : Guid.Empty, code, revision);
        if (_recent.Count < RecentAppends.Capacity) _recent.Add(append);
        else _recent[(int)(_recentCount % RecentAppends.Capacity)] = append;
        _recentCount++;
    }
}
