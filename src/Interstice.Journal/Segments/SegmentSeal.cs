using System.Buffers.Binary;

namespace Interstice.Journal.Segments;

/// <summary>What the last frame of a segment says of the whole of it. Bytes: docs/formats/segment.md.</summary>
/// <param name="Length">Bytes before the seal's frame, header included.</param>
/// <param name="Chain">Chain checksum of header and frames before the seal.</param>
/// <param name="Frames">Number of frames before the seal.</param>
/// <param name="Events">Number of events in them.</param>
internal readonly record struct SegmentSeal(long Length, uint Chain, long Frames, long Events)
{
    public const int BodyBytes = 32;
    public const int FrameBytes = FrameFormat.HeaderBytes + FrameFormat.PrefixBytes + BodyBytes;

    private const int LengthOffset = FrameFormat.PrefixBytes;
    private const int FramesOffset = LengthOffset + 8;
    private const int EventsOffset = FramesOffset + 8;
    private const int ChainOffset = EventsOffset + 8;

    /// <summary>Writes the body into a payload whose prefix is written.</summary>
    public void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt64LittleEndian(payload[LengthOffset..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(payload[FramesOffset..], Frames);
        BinaryPrimitives.WriteInt64LittleEndian(payload[EventsOffset..], Events);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[ChainOffset..], Chain);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[(ChainOffset + 4)..], 0);
    }

    /// <summary>Reads the body of a seal's payload; false when it has another length.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out SegmentSeal seal)
    {
        seal = default;
        if (payload.Length != FrameFormat.PrefixBytes + BodyBytes) return false;
        seal = new SegmentSeal(
            BinaryPrimitives.ReadInt64LittleEndian(payload[LengthOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(payload[ChainOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[FramesOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[EventsOffset..]));
        return true;
    }
}
