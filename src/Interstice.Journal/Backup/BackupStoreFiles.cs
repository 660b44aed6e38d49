using Interstice.Journal.Files;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Backup;

/// <summary>The files of a backup, or of a restore that is not finished, as those of a store that is open for reading: with a store
/// file, and each segment as long as it counts.</summary>
internal sealed class BackupStoreFiles(IJournalFiles files, byte[] storeFile, IReadOnlyList<BackupFile> counted) : IJournalFiles
{
    private readonly Dictionary<string, BackupFile> _counted = counted.ToDictionary(file => file.Name);

    public string Directory => files.Directory;

    public bool DirectoryExists => true;

    public void CreateDirectory() => throw ReadOnly();

    public IReadOnlyList<string> List() => [StoreFile.Name, .. _counted.Keys];

    public IJournalFile Open(string name, JournalFileMode mode)
    {
        if (mode != JournalFileMode.Read) throw ReadOnly();
        if (name == StoreFile.Name) return new Bytes(storeFile);
        return _counted.TryGetValue(name, out BackupFile entry)
            ? new Start(files.Open(name, JournalFileMode.Read), entry.Length)
            : throw new FileNotFoundException("no such file in the backup", name);
    }

    public void Rename(string from, string to) => throw ReadOnly();

    public void Delete(string name) => throw ReadOnly();

    public void SyncDirectory() => throw ReadOnly();

    public IDisposable TryLock(string name, string holder, out string heldBy) => throw ReadOnly();

    private static InvalidOperationException ReadOnly() => new("these files are only read");

    private sealed class Bytes(byte[] content) : IJournalFile
    {
        public long Length => content.Length;

        public int ReadAt(Span<byte> destination, long offset)
        {
            if (offset >= content.Length) return 0;
            int count = (int)Math.Min(destination.Length, content.Length - offset);
            content.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }

        public void WriteAt(ReadOnlySpan<byte> source, long offset) => throw ReadOnly();

        public void Sync() => throw ReadOnly();

        public void SetLength(long length) => throw ReadOnly();

        public void Dispose()
        {
        }
    }

    private sealed class Start(IJournalFile file, long length) : IJournalFile
    {
        public long Length => Math.Min(length, file.Length);

        public int ReadAt(Span<byte> destination, long offset)
        {
            if (offset >= length) return 0;
            int count = (int)Math.Min(destination.Length, length - offset);
            return file.ReadAt(destination[..count], offset);
        }

        public void WriteAt(ReadOnlySpan<byte> source, long offset) => throw ReadOnly();

        public void Sync() => throw ReadOnly();

        public void SetLength(long length) => throw ReadOnly();

        public void Dispose() => file.Dispose();
    }
}
