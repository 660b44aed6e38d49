using System.Buffers.Binary;
using Interstice.Kernel.Hashing;

namespace Interstice.Host.Snapshots;

/// <summary>The frame of a snapshot's file: a preamble, then blocks of length, checksum and payload
/// (docs/formats/snapshot.md).</summary>
/// <remarks>The checksum of a block is seeded with that of the block before it, the first with the preamble's: a block that is
/// swapped, repeated, left out or from another file does not pass, and the footer's checksum is one of the whole file.</remarks>
internal static class SnapshotFormat
{
    /// <summary>Newest version that this program writes: with blocks of idempotency keys.</summary>
    public const ushort Version = 3;

    /// <summary>Version without idempotency keys, written where there are none, so that older programs read it.</summary>
    public const ushort VersionWithoutKeys = 2;

    /// <summary>Bytes before the first block.</summary>
    public const int PreambleBytes = 24;

    /// <summary>Bytes before each payload.</summary>
    public const int BlockHeadBytes = sizeof(uint) + sizeof(ulong);

    /// <summary>Payload at which a block of rows is full.</summary>
    public const int BlockBytesFull = 256 * 1024;

    /// <summary>Longest payload: a row may be larger than a full block.</summary>
    public const int BlockBytesMax = 1 << 30;

    private const int CheckedPreambleBytes = 16;
    private const int VersionOffset = 8;

    private static ReadOnlySpan<byte> Magic => "ISTSNAPS"u8;

    /// <summary>Writes the preamble.</summary>
    /// <returns>The seed of the first block's checksum.</returns>
    public static ulong WritePreamble(Span<byte> preamble, ushort version)
    {
        preamble[..PreambleBytes].Clear();
        Magic.CopyTo(preamble);
        BinaryPrimitives.WriteUInt16LittleEndian(preamble[VersionOffset..], version);
        ulong checksum = Checksum(preamble[..CheckedPreambleBytes], seed: 0);
        BinaryPrimitives.WriteUInt64LittleEndian(preamble[CheckedPreambleBytes..], checksum);
        return checksum;
    }

    /// <summary>Checks the preamble.</summary>
    /// <returns>The seed of the first block's checksum.</returns>
    /// <exception cref="SnapshotException">It is none, or one of another version.</exception>
    public static ulong ReadPreamble(ReadOnlySpan<byte> preamble)
    {
        if (!preamble.StartsWith(Magic)) throw new SnapshotException(SnapshotFault.UnknownFormat, "the file is no snapshot");
        ulong checksum = BinaryPrimitives.ReadUInt64LittleEndian(preamble[CheckedPreambleBytes..]);
        if (Checksum(preamble[..CheckedPreambleBytes], seed: 0) != checksum)
            throw new SnapshotException(SnapshotFault.Damaged, "the checksum of its first 16 bytes is wrong");
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(preamble[VersionOffset..]);
        return version is Version or VersionWithoutKeys
            ? checksum
            : throw new SnapshotException(SnapshotFault.UnknownFormat, $"it has format version {version}; this program reads {VersionWithoutKeys} and {Version}" +
                (version < Version ? ", and replays from position zero until a new one is taken" : ""));
    }

    /// <summary>The checksum of a block, seeded with that of the block before.</summary>
    public static ulong Checksum(ReadOnlySpan<byte> payload, ulong seed) => (ulong)Xxh3.Hash128(payload, seed);
}
