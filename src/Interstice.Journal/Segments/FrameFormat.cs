using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Interstice.Journal.Checksums;

namespace Interstice.Journal.Segments;

/// <summary>Layout of a frame, the unit that is written whole or not at all. Bytes: docs/formats/frame.md.</summary>
/// <remarks>Frame: i32 payload length, u32 checksum, payload. The checksum is CRC-32C over store id, segment number, offset of the
/// frame in the segment, payload length and payload, so that a frame passes in the one place it was written for and nowhere else.
/// Every payload begins with the same <see cref="PrefixBytes"/> bytes.</remarks>
internal static class FrameFormat
{
    public const int HeaderBytes = 8;
    public const int PrefixBytes = 24;
    public const int FrameBytesMin = HeaderBytes + PrefixBytes;
    public const int MarkerPayloadBytes = PrefixBytes + 8;
    public const int MarkerBytes = HeaderBytes + MarkerPayloadBytes;
    public const byte Version = 1;

    public const int ChecksumOffset = 4;

    // In the payload.
    public const int KindOffset = 0;
    public const int VersionOffset = 1;
    public const int PartsOffset = 2;
    public const int DefinitionBytesOffset = 4;
    public const int DurableOffset = 8;
    public const int RecordedOffset = 16;

    /// <summary>What a segment's frames are seeded with.</summary>
    public static uint Seed(Guid storeId, long segment)
    {
        Span<byte> id = stackalloc byte[16];
        storeId.TryWriteBytes(id);
        return Crc32C.Continue(Crc32C.Compute(id), (ulong)segment);
    }

    public static uint Checksum(uint seed, long offset, ReadOnlySpan<byte> payload) =>
        Crc32C.Continue(Crc32C.Continue(Crc32C.Continue(seed, (ulong)offset), (ulong)payload.Length), payload);

    /// <summary>The checksum over a segment's header and frames: of the checksums of its frames, in order.</summary>
    public static uint Chain(uint chain, uint frameChecksum) => Crc32C.Continue(chain, (ulong)frameChecksum);

    /// <summary>Where a segment's chain begins: with its header.</summary>
    public static uint ChainStart(ReadOnlySpan<byte> header) => Crc32C.Compute(header[..SegmentHeader.Bytes]);

    /// <summary>Writes the prefix that every payload has.</summary>
    public static void WritePrefix(Span<byte> payload, FrameKind kind, int parts, ulong durable, long recordedUs)
    {
        payload[KindOffset] = (byte)kind;
        payload[VersionOffset] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(payload[PartsOffset..], (ushort)parts);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[DefinitionBytesOffset..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[DurableOffset..], durable);
        BinaryPrimitives.WriteInt64LittleEndian(payload[RecordedOffset..], recordedUs);
    }

    /// <summary>Writes length and checksum before a payload that is complete.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="seed">The segment's seed.</param>
    /// <param name="offset">The frame's offset in the segment.</param>
    /// <returns>The checksum.</returns>
    public static uint WriteHeader(Span<byte> frame, uint seed, long offset)
    {
        uint checksum = Checksum(seed, offset, frame[HeaderBytes..]);
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumOffset..], checksum);
        return checksum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PayloadLength(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt32LittleEndian(frame);

    public static uint StoredChecksum(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumOffset..]);

    public static FrameKind Kind(ReadOnlySpan<byte> payload) => (FrameKind)payload[KindOffset];

    public static ushort Parts(ReadOnlySpan<byte> payload) =>
        BinaryPrimitives.ReadUInt16LittleEndian(payload[PartsOffset..]);

    public static int DefinitionBytes(ReadOnlySpan<byte> payload) =>
        BinaryPrimitives.ReadInt32LittleEndian(payload[DefinitionBytesOffset..]);

    public static ulong Durable(ReadOnlySpan<byte> payload) =>
        BinaryPrimitives.ReadUInt64LittleEndian(payload[DurableOffset..]);

    public static long RecordedUs(ReadOnlySpan<byte> payload) =>
        BinaryPrimitives.ReadInt64LittleEndian(payload[RecordedOffset..]);

    /// <summary>Whether a payload is the marker of a clean close.</summary>
    public static bool IsCloseMarker(ReadOnlySpan<byte> payload) =>
        Kind(payload) == FrameKind.Marker
        && payload.Length == MarkerPayloadBytes
        && payload[PrefixBytes] == (byte)MarkerReason.Closed;

    public static bool IsKnown(FrameKind kind) => kind is >= FrameKind.Append and <= FrameKind.Hole;
}
