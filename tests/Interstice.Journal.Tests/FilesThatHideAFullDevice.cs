using Interstice.Journal.Files;

namespace Interstice.Journal.Tests;

/// <summary>A planted bug: that a write or a length had no room does not reach the journal.</summary>
internal sealed class FilesThatHideAFullDevice(IJournalFiles files) : IJournalFiles
{
    public string Directory => files.Directory;

    public bool DirectoryExists => files.DirectoryExists;

    public void CreateDirectory() => files.CreateDirectory();

    public IReadOnlyList<string> List() => files.List();

    public IJournalFile Open(string name, JournalFileMode mode) => new HidingFile(files.Open(name, mode));

    public void Rename(string from, string to) => files.Rename(from, to);

    public void Delete(string name) => files.Delete(name);

    public void SyncDirectory() => files.SyncDirectory();

    public IDisposable? TryLock(string name, string holder, out string heldBy) => files.TryLock(name, holder, out heldBy);

    private sealed class HidingFile(IJournalFile file) : IJournalFile
    {
        public long Length => file.Length;

        public int ReadAt(Span<byte> destination, long offset) => file.ReadAt(destination, offset);

        public void WriteAt(ReadOnlySpan<byte> source, long offset)
        {
            try
            {
                file.WriteAt(source, offset);
            }
            catch (IOException)
            {
                // The bug.
            }
        }

        public void Sync()
        {
            try
            {
                file.Sync();
            }
            catch (IOException)
            {
                // The bug.
            }
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
