using System.Collections.Concurrent;
using Interstice.Journal.Files;

namespace Interstice.Journal.Tests.Scavenging;

/// <summary>Counts the bytes written to each file, by its name at its opening.</summary>
internal sealed class WritesCounted(IJournalFiles files) : IJournalFiles
{
    private readonly ConcurrentDictionary<string, long> _written = new();

    public IReadOnlyDictionary<string, long> Written => _written;

    public string Directory => files.Directory;

    public bool DirectoryExists => files.DirectoryExists;

    public void CreateDirectory() => files.CreateDirectory();

    public IReadOnlyList<string> List() => files.List();

    public IJournalFile Open(string name, JournalFileMode mode) => new CountedFile(this, name, files.Open(name, mode));

    public void Rename(string from, string to) => files.Rename(from, to);

    public void Delete(string name) => files.Delete(name);

    public void SyncDirectory() => files.SyncDirectory();

    public IDisposable? TryLock(string name, string holder, out string heldBy) => files.TryLock(name, holder, out heldBy);

    private sealed class CountedFile(WritesCounted owner, string name, IJournalFile file) : IJournalFile
    {
        public long Length => file.Length;

        public int ReadAt(Span<byte> destination, long offset) => file.ReadAt(destination, offset);

        public void WriteAt(ReadOnlySpan<byte> source, long offset)
        {
            int count = source.Length;
            file.WriteAt(source, offset);
            owner._written.AddOrUpdate(name, count, (_, before) => before + count);
        }

        public void Sync() => file.Sync();

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
