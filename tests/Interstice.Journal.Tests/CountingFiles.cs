using System.Collections.Concurrent;
using Interstice.Journal.Files;

namespace Interstice.Journal.Tests;

/// <summary>Counts what is read of each file.</summary>
internal sealed class CountingFiles(IJournalFiles files) : IJournalFiles
{
    private readonly ConcurrentDictionary<string, long> _read = new();

    /// <summary>Bytes read, by name of the file at its opening.</summary>
    public IReadOnlyDictionary<string, long> Read => _read;

    public string Directory => files.Directory;

    public bool DirectoryExists => files.DirectoryExists;

    /// <summary>Begins to count afresh.</summary>
    public void Reset() => _read.Clear();

    public void CreateDirectory() => files.CreateDirectory();

    public IReadOnlyList<string> List() => files.List();

    public IJournalFile Open(string name, JournalFileMode mode) => new CountingFile(this, name, files.Open(name, mode));

    public void Rename(string from, string to) => files.Rename(from, to);

    public void Delete(string name) => files.Delete(name);

    public void SyncDirectory() => files.SyncDirectory();

    public IDisposable? TryLock(string name, string holder, out string heldBy) => files.TryLock(name, holder, out heldBy);

    private sealed class CountingFile(CountingFiles owner, string name, IJournalFile file) : IJournalFile
    {
        public long Length => file.Length;

        public int ReadAt(Span<byte> destination, long offset)
        {
            int read = file.ReadAt(destination, offset);
            owner._read.AddOrUpdate(name, read, (_, before) => before + read);
            return read;
        }

        public void WriteAt(ReadOnlySpan<byte> source, long offset) => file.WriteAt(source, offset);

        public void Sync() => file.Sync();

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
