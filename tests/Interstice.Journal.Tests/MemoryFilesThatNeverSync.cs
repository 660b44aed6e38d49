using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>A planted bug: what is said to be synced is only in memory.</summary>
internal sealed class MemoryFilesThatNeverSync(MemoryFiles files) : IJournalFiles
{
    public string Directory => files.Directory;

    public bool DirectoryExists => files.DirectoryExists;

    public void CreateDirectory() => files.CreateDirectory();

    public IReadOnlyList<string> List() => files.List();

    public IJournalFile Open(string name, JournalFileMode mode) => new LazyFile(files.Open(name, mode));

    public void Rename(string from, string to) => files.Rename(from, to);

    public void Delete(string name) => files.Delete(name);

    public void SyncDirectory() => files.SyncDirectory();

    public IDisposable? TryLock(string name, string holder, out string heldBy) => files.TryLock(name, holder, out heldBy);

    private sealed class LazyFile(IJournalFile file) : IJournalFile
    {
        private const int HeaderBytes = 128;

        private bool _isAppend;

        public long Length => file.Length;

        public int ReadAt(Span<byte> destination, long offset) => file.ReadAt(destination, offset);

        public void WriteAt(ReadOnlySpan<byte> source, long offset)
        {
            _isAppend = offset >= HeaderBytes && source.ContainsAnyExcept((byte)0);
            file.WriteAt(source, offset);
        }

        public void Sync()
        {
            if (!_isAppend) file.Sync();
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
