using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Verification;

internal sealed partial class SegmentAcceptor
{
    // The first eight bytes of the payload of an append to one stream that defines no names.
    private const ulong PlainPrefix = (ulong)FrameKind.Append
        | ((ulong)FrameFormat.Version << (8 * FrameFormat.VersionOffset))
        | (1UL << (8 * FrameFormat.PartsOffset));

    // So many bytes behind a frame can be read whatever its bytes say: an id and some numbers.
    private const int SlackBytes = 64;

    // Reads on as far as frames are plain: appends to one stream, with an expected revision, that define no names, which nearly all of a log
    // is. What is not, or cannot be right, is left to the caller; false when it is clear here that no writer writes it. The checksums of all whole frames in the
    // buffer are checked first and what they hold is looked at then: two short loops that the processor runs ahead in, instead of a long one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadPlain()
    {
        if (!BitConverter.IsLittleEndian) return true;
        if (Offset >= _checkedTo) _checkedTo = Offset + FrameRun.CheckedBytes(_buffer.AsSpan(_at, _length - _at), _seed, Offset);
        ref byte start = ref MemoryMarshal.GetArrayDataReference(_buffer);
        IndexedStream[] streams = _streams;
        uint streamCount = (uint)_streamCount;
        uint types = (uint)_types.Count;
        ulong basePosition = _header.BasePosition;
        long bufferOffset = _bufferOffset;
        int end = (int)(_checkedTo - bufferOffset);
        int last = _buffer.Length - SlackBytes;
        uint chain = _chain;
        int at = _at;
        bool isRight = true;
        while (at < end)
        {
            ref byte frame = ref Unsafe.Add(ref start, at);
            ulong head = Eight(ref frame, 0);
            int payload = at + FrameFormat.HeaderBytes;
            int limit = payload + (int)head;
            if (limit > last || Eight(ref frame, FrameFormat.HeaderBytes) != PlainPrefix) break;
            long offset = bufferOffset + at;
            if (Eight(ref frame, FrameFormat.HeaderBytes + FrameFormat.DurableOffset) - basePosition > (ulong)offset) break;
            ulong part = Eight(ref frame, FrameFormat.FrameBytesMin);
            uint code = (byte)(part >> 32);
            if (code >= 0x80 || (code & 1) != 0 || code >> 1 >= streamCount) break;
            IndexedStream stream = streams[code >> 1];
            int place = payload + FrameFormat.PrefixBytes + sizeof(uint) + 1;
            if (!TryNumber(ref start, ref place, out uint revision) || !TryNumber(ref start, ref place, out uint events)) break;
            if ((uint)part != (uint)(limit - place) || events == 0 || stream.IsSettings) break;
            uint left = events;
            for (; left > 0; left--)
            {
                if (!TryNumber(ref start, ref place, out uint of) || of >> EventHead.TypeShift >= types) break;
                if ((of & (uint)EventHead.HasId) != 0) place += IdBytes;
                if (!TryNumber(ref start, ref place, out uint data)) break;
                uint metadata = 0;
                if ((of & (uint)EventHead.HasMetadata) != 0 && !TryNumber(ref start, ref place, out metadata)) break;
                place += (int)(data + metadata);
                if (place > limit) break;
            }

            if (left > 0 || place != limit) break;
            isRight = stream.TryAdd(offset, revision, (int)events);
            if (!isRight) break;
            AddFrame(offset, (long)Eight(ref frame, FrameFormat.HeaderBytes + FrameFormat.RecordedOffset));
            _events += events;
            _appends++;
            _frames++;
            chain = FrameFormat.Chain(chain, (uint)(head >> 32));
            at = limit;
        }

        _chain = chain;
        _at = at;
        return isRight;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Eight(ref byte start, int at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at));

    // A number of at most three bytes; false, and nothing is read, when it is longer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryNumber(ref byte start, ref int at, out uint number)
    {
        uint four = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, at));
        number = four & 0x7f;
        if ((four & 0x80) == 0)
        {
            at++;
            return true;
        }

        number |= (four >> 1) & 0x3f80;
        if ((four & 0x8000) == 0)
        {
            at += 2;
            return true;
        }

        number |= (four >> 2) & 0x1fc000;
        at += 3;
        return (four & 0x800000) == 0;
    }
}
