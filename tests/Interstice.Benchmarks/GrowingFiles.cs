using Interstice.Journal.Files;

namespace Interstice.Benchmarks;

/// <summary>The files of a directory, but that zeros written at the end of a file are only promised: a journal over them appends to
/// files that grow, and is otherwise the same.</summary>
internal sealed class GrowingFiles(IJournalFiles files) : IJournalFiles
{
    public string Directory => files.Directory;

    public bool DirectoryExists => files.DirectoryExists;

    public void CreateDirectory() => files.CreateDirectory();

    public IReadOnlyList<string> List() => files.List();

    public IJournalFile Open(string name, JournalFileMode mode) => new GrowingFile(files.Open(name, mode));

    public void Rename(string from, string to) => files.Rename(from, to);

    public void Delete(string name) => files.Delete(name);

    public void SyncDirectory() => files.SyncDirectory();

    public IDisposable? TryLock(string name, string holder, out string heldBy) => files.TryLock(name, holder, out heldBy);

    private sealed class GrowingFile(IJournalFile file) : IJournalFile
    {
        private long _promised;

        public long Length => Math.Max(file.Length, _promised);

        public int ReadAt(Span<byte> destination, long offset)
        {
            int read = file.ReadAt(destination, offset);
            int zeros = (int)Math.Clamp(_promised - offset - read, 0, destination.Length - read);
            destination.Slice(read, zeros).Clear();
            return read + zeros;
        }

        public void WriteAt(ReadOnlySpan<byte> source, long offset)
        {
            if (offset >= file.Length && source.IndexOfAnyExcept((byte)0) < 0)
                _promised = Math.Max(_promised, offset + source.Length);
            else
                file.WriteAt(source, offset);
        }

        public void Sync() => file.Sync();

        public void SetLength(long length)
        {
            _promised = 0;
            file.SetLength(length);
        }

        public void Dispose() => file.Dispose();
    }
}
