using System.Buffers.Binary;
using System.Globalization;
using Interstice.Journal.Checksums;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Segments;

/// <summary>The file that makes a directory a journal: magic, format version and the random id that every checksum of the
/// store is seeded with. Bytes: docs/formats/journal.md.</summary>
internal static class StoreFile
{
    public const string Name = "interstice.journal";
    public const string TemporaryName = "interstice.journal.new";
    public const int Bytes = 64;
    public const ushort Version = 1;

    private const int VersionOffset = 8;
    private const int IdOffset = 16;
    private const int CreatedOffset = 32;
    private const int ChecksumOffset = 60;

    private static ReadOnlySpan<byte> Magic => "ISTSTORE"u8;

    /// <summary>Writes the file under a temporary name, makes it durable, then gives it its name.</summary>
    public static void Create(IJournalFiles files, Guid storeId, long createdUs) => Write(files, Encode(storeId, createdUs));

    /// <summary>The bytes of the file.</summary>
    public static byte[] Encode(Guid storeId, long createdUs)
    {
        byte[] file = new byte[Bytes];
        Span<byte> bytes = file;
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[VersionOffset..], Version);
        storeId.TryWriteBytes(bytes[IdOffset..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[CreatedOffset..], createdUs);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ChecksumOffset..], Crc32C.Compute(bytes[..ChecksumOffset]));
        return file;
    }

    /// <summary>Writes encoded bytes under a temporary name, makes them durable, then gives the file its name.</summary>
    public static void Write(IJournalFiles files, ReadOnlySpan<byte> bytes)
    {
        using (IJournalFile file = files.Open(TemporaryName, JournalFileMode.Create))
        {
            file.WriteAt(bytes, 0);
            file.Sync();
        }

        files.Rename(TemporaryName, Name);
        files.SyncDirectory();
    }

    /// <summary>Reads and checks the file.</summary>
    /// <exception cref="EventStoreException">Kind <see cref="EventStoreErrorKind.UnknownFormat"/> or a
    /// <see cref="JournalDamageException"/>.</exception>
    public static Guid Read(IJournalFiles files)
    {
        Span<byte> bytes = stackalloc byte[Bytes + 1];
        int read;
        using (IJournalFile file = files.Open(Name, JournalFileMode.Read)) read = file.ReadAt(bytes, 0);
        bytes = bytes[..read];
        string path = Path.Join(files.Directory, Name);
        if (read < Magic.Length || !bytes[..Magic.Length].SequenceEqual(Magic))
            throw new EventStoreException(EventStoreErrorKind.UnknownFormat,
                $"{path} does not begin as a journal's store file does; name the directory of a journal, or a new one");
        if (read != Bytes)
            throw new JournalDamageException(path, null, 0, 0, "length", $"{Bytes} bytes",
                read > Bytes ? $"more than {Bytes} bytes" : $"{read} bytes");
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]);
        uint found = Crc32C.Compute(bytes[..ChecksumOffset]);
        if (expected != found)
            throw new JournalDamageException(path, null, 0, 0, "checksum", Hex(expected), Hex(found));
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[VersionOffset..]);
        if (version != Version) throw UnknownVersion(path, version, $"{Version}");
        return new Guid(bytes.Slice(IdOffset, 16));
    }

    /// <summary>Whether the file is as some version of the program wrote it.</summary>
    public static bool IsWhole(IJournalFiles files)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        using IJournalFile file = files.Open(Name, JournalFileMode.Read);
        return file.ReadAt(bytes, 0) == Bytes && bytes[..Magic.Length].SequenceEqual(Magic)
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]) == Crc32C.Compute(bytes[..ChecksumOffset]);
    }

    /// <summary>What is said of a file whose checksum is right and whose version is not ours.</summary>
    public static EventStoreException UnknownVersion(string path, ushort version, string known) => new(
        EventStoreErrorKind.UnknownFormat,
        string.Create(CultureInfo.InvariantCulture,
            $"{path} has format version {version}, this program reads version {known}; use the program that wrote it, or a newer one"));

    /// <summary>A checksum as messages show it.</summary>
    public static string Hex(uint checksum) => checksum.ToString("x8", CultureInfo.InvariantCulture);
}
