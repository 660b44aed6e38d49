using System.Buffers.Binary;
using System.Globalization;
using Interstice.Journal.Checksums;

namespace Interstice.Journal.Segments;

/// <summary>The first bytes of a segment: which one it is and what the one before it must be. Bytes: docs/formats/segment.md.
/// </summary>
/// <param name="StoreId">The store.</param>
/// <param name="Number">1 for the first segment, rising by one.</param>
/// <param name="BasePosition">Position of the segment's first byte in the log: the lengths of all earlier ones.</param>
/// <param name="PreviousLength">Length of the segment before it, seal included; 0 for the first.</param>
/// <param name="PreviousChain">Chain checksum of the segment before it, seal included; 0 for the first.</param>
internal readonly record struct SegmentHeader(
    Guid StoreId, long Number, ulong BasePosition, long PreviousLength, uint PreviousChain)
{
    public const int Bytes = 128;

    /// <summary>What programs wrote before there were footers.</summary>
    public const ushort VersionWithoutIndex = 1;

    /// <summary>The version that is written: with footers.</summary>
    public const ushort VersionNow = 2;

    /// <summary>The version that a repair writes where frames were lost or a seal must be made again, and no room is left for the index:
    /// holes, no footers.</summary>
    public const ushort VersionWithHoles = 3;

    /// <summary>As <see cref="VersionNow"/>, with settings that have properties, and streams that are closed for ever: begun where such a
    /// one is written first.</summary>
    public const ushort VersionWithProperties = 4;

    /// <summary>What a repair or a scavenge writes: holes, footers, and whatever may stand in <see cref="VersionWithProperties"/>.</summary>
    public const ushort VersionWithHolesAndIndex = 5;

    /// <summary>As <see cref="VersionWithHoles"/>, with what needs <see cref="VersionWithProperties"/>.</summary>
    public const ushort VersionWithHolesAndProperties = 6;

    /// <summary>The highest that this program knows.</summary>
    public const ushort VersionMax = VersionWithHolesAndProperties;

    private const int VersionOffset = 8;
    private const int StoreIdOffset = 16;
    private const int NumberOffset = 32;
    private const int BaseOffset = 40;
    private const int PreviousLengthOffset = 48;
    private const int PreviousChainOffset = 56;
    private const int ChecksumOffset = 124;

    /// <summary>Format version of the segment.</summary>
    public ushort Version { get; init; } = VersionNow;

    /// <summary>Whether its index stands between its last frame and its seal.</summary>
    public bool HasFooters => IsWithFooters(Version);

    /// <summary>Whether holes may stand in it.</summary>
    public bool HasHoles => IsWithHoles(Version);

    /// <summary>Whether settings with properties, and marks of closed streams, may stand in it.</summary>
    public bool HasProperties => IsWithProperties(Version);

    /// <summary>Whether segments of a version have their index between their last frame and their seal.</summary>
    public static bool IsWithFooters(ushort version) =>
        version is VersionNow or VersionWithProperties or VersionWithHolesAndIndex;

    /// <summary>Whether holes may stand in segments of a version.</summary>
    public static bool IsWithHoles(ushort version) =>
        version is VersionWithHoles or VersionWithHolesAndIndex or VersionWithHolesAndProperties;

    /// <summary>Whether settings with properties may stand in segments of a version.</summary>
    public static bool IsWithProperties(ushort version) => version >= VersionWithProperties;

    private static ReadOnlySpan<byte> Magic => "ISTSEGMT"u8;

    /// <summary>What it says, for messages.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"segment {Number} of store {StoreId} at position {BasePosition}, after one of {PreviousLength} bytes with chain checksum {StoreFile.Hex(PreviousChain)}");

    public void Write(Span<byte> destination)
    {
        destination = destination[..Bytes];
        destination.Clear();
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[VersionOffset..], Version);
        StoreId.TryWriteBytes(destination[StoreIdOffset..]);
        BinaryPrimitives.WriteInt64LittleEndian(destination[NumberOffset..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[BaseOffset..], BasePosition);
        BinaryPrimitives.WriteInt64LittleEndian(destination[PreviousLengthOffset..], PreviousLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[PreviousChainOffset..], PreviousChain);
        BinaryPrimitives.WriteUInt32LittleEndian(
            destination[ChecksumOffset..], Crc32C.Compute(destination[..ChecksumOffset]));
    }

    /// <summary>Reads a header and checks what it can be checked against without knowing the store.</summary>
    /// <param name="bytes">What the file begins with, <see cref="Bytes"/> or, in a short file, fewer.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="number">The segment that the file's name claims, for messages.</param>
    /// <param name="basePosition">The position that the file's name claims, for messages.</param>
    /// <exception cref="JournalDamageException">Too short, other magic, or a wrong checksum.</exception>
    /// <exception cref="Interstice.Kernel.Events.EventStoreException">A version that is not ours.</exception>
    public static SegmentHeader Read(ReadOnlySpan<byte> bytes, string path, long number, ulong basePosition)
    {
        if (bytes.Length < Bytes)
            throw new JournalDamageException(path, number, 0, basePosition, "length of the segment",
                $"{Bytes} bytes or more", $"{bytes.Length} bytes");
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]);
        uint found = Crc32C.Compute(bytes[..ChecksumOffset]);
        if (expected != found)
            throw new JournalDamageException(path, number, 0, basePosition, "checksum of the segment header",
                StoreFile.Hex(expected), StoreFile.Hex(found));
        if (!bytes[..Magic.Length].SequenceEqual(Magic))
            throw new JournalDamageException(path, number, 0, basePosition, "first bytes of the segment",
                Convert.ToHexStringLower(Magic), Convert.ToHexStringLower(bytes[..Magic.Length]));
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[VersionOffset..]);
        if (version is 0 or > VersionMax) throw StoreFile.UnknownVersion(path, version, $"1 to {VersionMax}");
        return new SegmentHeader(
            new Guid(bytes.Slice(StoreIdOffset, 16)),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[NumberOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[BaseOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[PreviousLengthOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[PreviousChainOffset..]))
        { Version = version };
    }
}
