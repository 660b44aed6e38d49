using System.Buffers.Binary;
using System.Globalization;
using Interstice.Journal.Checksums;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Backup;

/// <summary>What a backup is: the store, the point in its log, and every file with length and checksum. Bytes:
/// docs/formats/backup.md.</summary>
/// <param name="Number">1 for the first backup into a directory, rising by one.</param>
/// <param name="StoreFileBytes">The store file, verbatim.</param>
/// <param name="TakenUs">When it was taken, microseconds since the Unix epoch.</param>
/// <param name="LatestUs">Latest recorded time of an append in it; 0 without one.</param>
/// <param name="Files">The segments, oldest first.</param>
internal sealed record BackupManifest(
    long Number, byte[] StoreFileBytes, long TakenUs, long LatestUs, IReadOnlyList<BackupFile> Files)
{
    public const ushort Version = 1;
    public const int HeaderBytes = 120;
    public const int EntryBytes = 48;
    public const int ChecksumBytes = 4;

    private const int VersionOffset = 8;
    private const int NumberOffset = 16;
    private const int PositionOffset = 24;
    private const int TakenOffset = 32;
    private const int LatestOffset = 40;
    private const int FilesOffset = 48;
    private const int StoreFileOffset = 56;

    /// <summary>Position after the last append in it.</summary>
    public ulong Position => Files.Count == 0 ? 0 : Files[^1].End;

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Length);

    private static ReadOnlySpan<byte> Magic => "ISTBACKP"u8;

    public byte[] Encode()
    {
        byte[] bytes = new byte[HeaderBytes + EntryBytes * Files.Count + ChecksumBytes];
        Span<byte> span = bytes;
        Magic.CopyTo(span);
        BinaryPrimitives.WriteUInt16LittleEndian(span[VersionOffset..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(span[NumberOffset..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(span[PositionOffset..], Position);
        BinaryPrimitives.WriteInt64LittleEndian(span[TakenOffset..], TakenUs);
        BinaryPrimitives.WriteInt64LittleEndian(span[LatestOffset..], LatestUs);
        BinaryPrimitives.WriteInt32LittleEndian(span[FilesOffset..], Files.Count);
        StoreFileBytes.CopyTo(span[StoreFileOffset..]);
        for (int i = 0; i < Files.Count; i++) WriteEntry(span[(HeaderBytes + EntryBytes * i)..], Files[i]);
        BinaryPrimitives.WriteUInt32LittleEndian(
            span[^ChecksumBytes..], Crc32C.Compute(span[..^ChecksumBytes]));
        return bytes;
    }

    /// <summary>Reads and checks one.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="BackupDamageException">Any byte is not as it was written.</exception>
    /// <exception cref="Interstice.Kernel.Events.EventStoreException">A version that is not ours.</exception>
    public static BackupManifest Decode(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.Length < HeaderBytes + ChecksumBytes)
            throw new BackupDamageException(path, bytes.Length, "length", Text(HeaderBytes + ChecksumBytes) + " bytes or more",
                Text(bytes.Length) + " bytes");
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]);
        uint found = Crc32C.Compute(bytes[..^ChecksumBytes]);
        if (expected != found)
            throw new BackupDamageException(path, 0, "checksum", StoreFile.Hex(expected), StoreFile.Hex(found));
        if (!bytes[..Magic.Length].SequenceEqual(Magic))
            throw new BackupDamageException(path, 0, "first bytes", Convert.ToHexStringLower(Magic),
                Convert.ToHexStringLower(bytes[..Magic.Length]));
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[VersionOffset..]);
        if (version != Version) throw StoreFile.UnknownVersion(path, version, $"{Version}");
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[FilesOffset..]);
        if (bytes.Length - HeaderBytes - ChecksumBytes != (long)count * EntryBytes)
            throw new BackupDamageException(path, FilesOffset, "number of files", "what the length says", Text(count));
        BackupManifest manifest = new(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[NumberOffset..]),
            bytes.Slice(StoreFileOffset, StoreFile.Bytes).ToArray(),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[TakenOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[LatestOffset..]),
            ReadEntries(bytes[HeaderBytes..^ChecksumBytes], count, path));
        ulong position = BinaryPrimitives.ReadUInt64LittleEndian(bytes[PositionOffset..]);
        return manifest.Position == position ? manifest : throw new BackupDamageException(
            path, PositionOffset, "position", $"{manifest.Position}", $"{position}");
    }

    private static BackupFile[] ReadEntries(ReadOnlySpan<byte> bytes, int count, string path)
    {
        BackupFile[] files = new BackupFile[count];
        for (int i = 0; i < count; i++)
        {
            files[i] = ReadEntry(bytes[(EntryBytes * i)..]);
            bool isInOrder = files[i].Number == i + 1 && files[i].BasePosition == (i == 0 ? 0 : files[i - 1].End)
                && files[i].Length >= SegmentHeader.Bytes && (files[i].IsSealed || i == count - 1);
            if (!isInOrder)
                throw new BackupDamageException(path, HeaderBytes + EntryBytes * i, "file in order", "the next segment", files[i].Name);
        }

        return files;
    }

    private static void WriteEntry(Span<byte> entry, in BackupFile file)
    {
        BinaryPrimitives.WriteInt64LittleEndian(entry, file.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], file.BasePosition);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], file.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[24..], file.Checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[28..], file.Chain);
        BinaryPrimitives.WriteInt64LittleEndian(entry[32..], file.Frames);
        entry[40] = file.IsSealed ? (byte)1 : (byte)0;
    }

    private static BackupFile ReadEntry(ReadOnlySpan<byte> entry) => new(
        BinaryPrimitives.ReadInt64LittleEndian(entry),
        BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(entry[16..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[28..]),
        BinaryPrimitives.ReadInt64LittleEndian(entry[32..]),
        entry[40] != 0);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
