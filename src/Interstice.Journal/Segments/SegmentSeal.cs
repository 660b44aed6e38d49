using System.Buffers.Binary;

namespace Interstice.Journal.Segments;

/// <summary>What the last frame of a segment says of the whole of it. Bytes: docs/formats/segment.md.</summary>
/// <param name="Length">Bytes before the seal's frame, header and footers included.</param>
/// <param name="Chain">Chain checksum of header and frames before the seal.</param>
/// <param name="Frames">Number of frames before the seal, footers included.</param>
/// <param name="Events">Number of events in them.</param>
/// <param name="DataEnd">Bytes before the footers; the same as <paramref name="Length"/> where there are none.</param>
/// <param name="DataChain">Chain checksum of header and frames before the footers.</param>
internal readonly record struct SegmentSeal(
    long Length, uint Chain, long Frames, long Events, long DataEnd, uint DataChain)
{
    /// <summary>Longest frame of a seal, of all versions.</summary>
    public const int FrameBytesMax = FrameFormat.HeaderBytes + FrameFormat.PrefixBytes + BodyBytesWithFooters;

    private const int BodyBytesWithoutFooters = 32;
    private const int BodyBytesWithFooters = 40;
    private const int LengthOffset = FrameFormat.PrefixBytes;
    private const int FramesOffset = LengthOffset + 8;
    private const int EventsOffset = FramesOffset + 8;
    private const int ChainOffset = EventsOffset + 8;
    private const int DataChainOffset = ChainOffset + 4;
    private const int DataEndOffset = DataChainOffset + 4;

    /// <summary>Length of the body in a segment of a version.</summary>
    public static int BodyBytes(in SegmentHeader header) =>
        header.HasFooters ? BodyBytesWithFooters : BodyBytesWithoutFooters;

    /// <summary>Length of the whole frame in a segment of a version.</summary>
    public static int FrameBytes(in SegmentHeader header) => FrameFormat.FrameBytesMin + BodyBytes(header);

    /// <summary>Writes the body into a payload whose prefix is written.</summary>
    public void Write(Span<byte> payload)
    {
        bool hasFooters = payload.Length == FrameFormat.PrefixBytes + BodyBytesWithFooters;
        BinaryPrimitives.WriteInt64LittleEndian(payload[LengthOffset..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(payload[FramesOffset..], Frames);
        BinaryPrimitives.WriteInt64LittleEndian(payload[EventsOffset..], Events);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[ChainOffset..], Chain);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[DataChainOffset..], hasFooters ? DataChain : 0);
        if (hasFooters) BinaryPrimitives.WriteInt64LittleEndian(payload[DataEndOffset..], DataEnd);
    }

    /// <summary>Reads the body of a seal's payload; false when it has another length.</summary>
    public static bool TryRead(in SegmentHeader header, ReadOnlySpan<byte> payload, out SegmentSeal seal)
    {
        seal = default;
        if (payload.Length != FrameFormat.PrefixBytes + BodyBytes(header)) return false;
        long length = BinaryPrimitives.ReadInt64LittleEndian(payload[LengthOffset..]);
        uint chain = BinaryPrimitives.ReadUInt32LittleEndian(payload[ChainOffset..]);
        seal = new SegmentSeal(
            length,
            chain,
            BinaryPrimitives.ReadInt64LittleEndian(payload[FramesOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[EventsOffset..]),
            header.HasFooters ? BinaryPrimitives.ReadInt64LittleEndian(payload[DataEndOffset..]) : length,
            header.HasFooters ? BinaryPrimitives.ReadUInt32LittleEndian(payload[DataChainOffset..]) : chain);
        return true;
    }
}
