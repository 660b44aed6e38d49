using System.Buffers.Binary;
using System.Text;
using Interstice.Journal.Checksums;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Archive;

/// <summary>What stays in the store of a segment that was moved to an archive: what it is, where it went, and the bytes that opening needs
/// of it, which are its header, its footers and its seal. Bytes: docs/formats/archive.md.</summary>
/// <param name="Header">Header of the segment.</param>
/// <param name="Length">Length of the segment, seal included.</param>
/// <param name="DataEnd">Offset of its footers; what lies between the header and them is in the archive only.</param>
/// <param name="Checksum">CRC-32C of the whole segment.</param>
/// <param name="Chain">Chain checksum of the segment, seal included.</param>
/// <param name="ArchivedUs">When it was archived, microseconds since the Unix epoch.</param>
/// <param name="Directory">Where to, as it was named then.</param>
/// <param name="By">Who did it.</param>
internal sealed record ArchiveRecord(
    SegmentHeader Header, long Length, long DataEnd, uint Checksum, uint Chain, long ArchivedUs, string Directory, string By)
{
    public const ushort Version = 1;
    public const int HeaderBytes = 96;
    public const int ChecksumBytes = 4;

    /// <summary>Longest name of a directory or of who archived, in UTF-8.</summary>
    public const int TextBytesMax = 4096;

    private const int VersionOffset = 8;
    private const int StoreIdOffset = 16;
    private const int NumberOffset = 32;
    private const int BaseOffset = 40;
    private const int LengthOffset = 48;
    private const int DataEndOffset = 56;
    private const int ArchivedOffset = 64;
    private const int SegmentChecksumOffset = 72;
    private const int ChainOffset = 76;
    private const int DirectoryBytesOffset = 80;
    private const int ByBytesOffset = 84;

    /// <summary>Where the kept bytes begin in the record: the header, then what begins at <see cref="DataEnd"/>.</summary>
    public int KeptOffset => HeaderBytes + Encoding.UTF8.GetByteCount(Directory) + Encoding.UTF8.GetByteCount(By);

    private static ReadOnlySpan<byte> Magic => "ISTARCHV"u8;

    /// <summary>Encodes it with the bytes that it keeps.</summary>
    /// <param name="header">The first <see cref="SegmentHeader.Bytes"/> of the segment.</param>
    /// <param name="tail">The segment from <see cref="DataEnd"/> on.</param>
    public byte[] Encode(ReadOnlySpan<byte> header, ReadOnlySpan<byte> tail)
    {
        byte[] bytes = new byte[KeptOffset + header.Length + tail.Length + ChecksumBytes];
        Span<byte> span = bytes;
        Magic.CopyTo(span);
        BinaryPrimitives.WriteUInt16LittleEndian(span[VersionOffset..], Version);
        Header.StoreId.TryWriteBytes(span[StoreIdOffset..]);
        BinaryPrimitives.WriteInt64LittleEndian(span[NumberOffset..], Header.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(span[BaseOffset..], Header.BasePosition);
        BinaryPrimitives.WriteInt64LittleEndian(span[LengthOffset..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(span[DataEndOffset..], DataEnd);
        BinaryPrimitives.WriteInt64LittleEndian(span[ArchivedOffset..], ArchivedUs);
        BinaryPrimitives.WriteUInt32LittleEndian(span[SegmentChecksumOffset..], Checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(span[ChainOffset..], Chain);
        int directory = Encoding.UTF8.GetBytes(Directory, span[HeaderBytes..]);
        int by = Encoding.UTF8.GetBytes(By, span[(HeaderBytes + directory)..]);
        BinaryPrimitives.WriteInt32LittleEndian(span[DirectoryBytesOffset..], directory);
        BinaryPrimitives.WriteInt32LittleEndian(span[ByBytesOffset..], by);
        header.CopyTo(span[KeptOffset..]);
        tail.CopyTo(span[(KeptOffset + header.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(span[^ChecksumBytes..], Crc32C.Compute(span[..^ChecksumBytes]));
        return bytes;
    }

    /// <summary>Reads and checks the record of a segment.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="number">The segment that its name claims.</param>
    /// <param name="basePosition">The position that its name claims.</param>
    /// <exception cref="JournalDamageException">Any byte is not as it was written.</exception>
    /// <exception cref="Interstice.Kernel.Events.EventStoreException">A version that is not ours.</exception>
    public static ArchiveRecord Read(IJournalFile file, string path, long number, ulong basePosition)
    {
        byte[] bytes = new byte[Math.Min(file.Length, Array.MaxLength)];
        ReadOnlySpan<byte> span = bytes.AsSpan(0, file.ReadAt(bytes, 0));
        if (span.Length < HeaderBytes + SegmentHeader.Bytes + ChecksumBytes)
            throw Damage("length of the record", $"{HeaderBytes + SegmentHeader.Bytes + ChecksumBytes} bytes or more",
                $"{span.Length} bytes");
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(span[^ChecksumBytes..]);
        uint found = Crc32C.Compute(span[..^ChecksumBytes]);
        if (expected != found) throw Damage("checksum of the record", StoreFile.Hex(expected), StoreFile.Hex(found));
        if (!span[..Magic.Length].SequenceEqual(Magic))
            throw Damage("first bytes of the record", Convert.ToHexStringLower(Magic),
                Convert.ToHexStringLower(span[..Magic.Length]));
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(span[VersionOffset..]);
        if (version != Version) throw StoreFile.UnknownVersion(path, version, $"{Version}");
        ArchiveRecord record = Decode(span) ?? throw Damage("lengths in the record", "those of its parts", "others");
        SegmentHeader header = record.Header;
        bool isNamed = header.Number == number && header.BasePosition == basePosition
            && header.Number == BinaryPrimitives.ReadInt64LittleEndian(span[NumberOffset..])
            && header.BasePosition == BinaryPrimitives.ReadUInt64LittleEndian(span[BaseOffset..])
            && header.StoreId == new Guid(span.Slice(StoreIdOffset, 16));
        return isNamed ? record : throw Damage("segment of the record", SegmentName.Of(number, basePosition), header.ToString());

        JournalDamageException Damage(string what, string wanted, string got) =>
            new(path, number, 0, basePosition, what, wanted, got);
    }

    private static ArchiveRecord? Decode(ReadOnlySpan<byte> span)
    {
        long length = BinaryPrimitives.ReadInt64LittleEndian(span[LengthOffset..]);
        long dataEnd = BinaryPrimitives.ReadInt64LittleEndian(span[DataEndOffset..]);
        int directory = BinaryPrimitives.ReadInt32LittleEndian(span[DirectoryBytesOffset..]);
        int by = BinaryPrimitives.ReadInt32LittleEndian(span[ByBytesOffset..]);
        if (directory is < 0 or > TextBytesMax || by is < 0 or > TextBytesMax || dataEnd < SegmentHeader.Bytes || length < dataEnd
            || HeaderBytes + directory + by + SegmentHeader.Bytes + (length - dataEnd) + ChecksumBytes != span.Length) return null;
        int kept = HeaderBytes + directory + by;
        ReadOnlySpan<byte> header = span.Slice(kept, SegmentHeader.Bytes);
        return new ArchiveRecord(
            SegmentHeader.Read(header, string.Empty, 0, 0),
            length,
            dataEnd,
            BinaryPrimitives.ReadUInt32LittleEndian(span[SegmentChecksumOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(span[ChainOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(span[ArchivedOffset..]),
            Encoding.UTF8.GetString(span.Slice(HeaderBytes, directory)),
            Encoding.UTF8.GetString(span.Slice(HeaderBytes + directory, by)));
    }
}
