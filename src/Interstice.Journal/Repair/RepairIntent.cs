using System.Buffers.Binary;
using System.Text;
using Interstice.Journal.Checksums;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Repair;

/// <summary>The file that says that a repair has begun to change the store: what is left to do follows from it and from the names in the
/// directory. A store that has it is not opened.</summary>
/// <param name="Backup">The directory of the backup.</param>
/// <param name="Replaced">Files that get what stands under their name and <see cref="Suffix"/>.</param>
/// <param name="Removed">Files that go.</param>
internal sealed record RepairIntent(string Backup, IReadOnlyList<string> Replaced, IReadOnlyList<string> Removed)
{
    public const string Name = "repair.intent";
    public const string TemporaryName = "repair.intent.new";

    /// <summary>What the new files are called until they take the places of the old ones.</summary>
    public const string Suffix = ".repaired";

    private const char ReplacedMark = '=';
    private const char RemovedMark = '-';

    /// <summary>Whether a file is one that a repair left which had changed nothing yet; the suffix alone may be anybody's.</summary>
    public static bool IsLeftover(string name)
    {
        if (name == TemporaryName) return true;
        if (!name.EndsWith(Suffix, StringComparison.Ordinal)) return false;
        string replaced = name[..^Suffix.Length];
        return replaced == StoreFile.Name || SegmentName.TryParse(replaced, out _, out _);
    }

    /// <summary>Writes it durably, which commits the repair.</summary>
    public void Write(IJournalFiles files)
    {
        StringBuilder text = new();
        text.Append(Backup).Append('\n');
        foreach (string name in Replaced) text.Append(ReplacedMark).Append(name).Append('\n');
        foreach (string name in Removed) text.Append(RemovedMark).Append(name).Append('\n');
        byte[] content = Encoding.UTF8.GetBytes(text.ToString());
        byte[] bytes = new byte[content.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Crc32C.Compute(content));
        content.CopyTo(bytes.AsSpan(sizeof(uint)));
        using (IJournalFile file = files.Open(TemporaryName, JournalFileMode.Create))
        {
            file.WriteAt(bytes, 0);
            file.Sync();
        }

        files.Rename(TemporaryName, Name);
        files.SyncDirectory();
    }

    /// <summary>Reads it; null where there is none.</summary>
    /// <exception cref="EventStoreException">It is damaged, so that nobody can tell what is left to do.</exception>
    public static RepairIntent? Read(IJournalFiles files)
    {
        if (!files.List().Contains(Name)) return null;
        byte[] bytes;
        using (IJournalFile file = files.Open(Name, JournalFileMode.Read))
        {
            bytes = new byte[file.Length];
            file.ReadAt(bytes, 0);
        }

        ReadOnlySpan<byte> content = bytes.Length < sizeof(uint) ? [] : bytes.AsSpan(sizeof(uint));
        if (content.IsEmpty || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Crc32C.Compute(content))
            throw new EventStoreException(EventStoreErrorKind.Damaged,
                $"{Path.Join(files.Directory, Name)} is damaged, so that the repair which it describes cannot be finished; undo the repair with "
                + "its backup (docs/recovery.md, \"Undo a repair\"), and repair again");
        string[] lines = Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new RepairIntent(
            lines[0],
            [.. lines.Skip(1).Where(line => line[0] == ReplacedMark).Select(line => line[1..])],
            [.. lines.Skip(1).Where(line => line[0] == RemovedMark).Select(line => line[1..])]);
    }

    /// <summary>Refuses a store whose repair is not finished.</summary>
    /// <exception cref="EventStoreException">There is an intent.</exception>
    public static void ExpectNone(IJournalFiles files)
    {
        if (files.List().Contains(Name))
            throw new EventStoreException(EventStoreErrorKind.Damaged,
                $"a repair of the journal {files.Directory} was begun and not finished; run interstice log-repair again, which finishes it");
    }

    /// <summary>Does what is left to do. May be repeated.</summary>
    public void Apply(IJournalFiles files)
    {
        HashSet<string> names = [.. files.List()];
        foreach (string name in Replaced)
        {
            if (!names.Contains(name + Suffix)) continue; // it has its place already
            if (names.Contains(name)) files.Delete(name);
            files.Rename(name + Suffix, name);
        }

        foreach (string name in Removed)
            if (names.Contains(name)) files.Delete(name);
        files.SyncDirectory();
        files.Delete(Name);
        files.SyncDirectory();
    }
}
