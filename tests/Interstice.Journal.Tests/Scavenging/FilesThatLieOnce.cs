using Interstice.Journal.Files;

namespace Interstice.Journal.Tests.Scavenging;

/// <summary>Gives a flipped bit at one read of one file, counted from 1, and the truth at all others.</summary>
internal sealed class FilesThatLieOnce(IJournalFiles files, string name, int at) : IJournalFiles
{
    private readonly int _at = at;
    private int _reads;

    public bool HasLied { get; private set; }

    public string Directory => files.Directory;

    public bool DirectoryExists => files.DirectoryExists;

    public void CreateDirectory() => files.CreateDirectory();

    public IReadOnlyList<string> List() => files.List();

    public IJournalFile Open(string wanted, JournalFileMode mode) =>
        wanted == name ? new LyingFile(this, files.Open(wanted, mode)) : files.Open(wanted, mode);

    public void Rename(string from, string to) => files.Rename(from, to);

    public void Delete(string wanted) => files.Delete(wanted);

    public void SyncDirectory() => files.SyncDirectory();

    public IDisposable? TryLock(string wanted, string holder, out string heldBy) => files.TryLock(wanted, holder, out heldBy);

    private sealed class LyingFile(FilesThatLieOnce owner, IJournalFile file) : IJournalFile
    {
        public long Length => file.Length;

        public int ReadAt(Span<byte> destination, long offset)
        {
            int read = file.ReadAt(destination, offset);
            if (Interlocked.Increment(ref owner._reads) != owner._at) return read;
            owner.HasLied = true;
            if (read > 0) destination[read / 2] ^= 8;
            return read;
        }

        public void WriteAt(ReadOnlySpan<byte> source, long offset) => file.WriteAt(source, offset);

        public void Sync() => file.Sync();

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
