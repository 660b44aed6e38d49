using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Archive;

/// <summary>Files through which archiving has a bug: something happens before a file is made.</summary>
internal sealed class FilesWithArchiveBug(IJournalFiles files, string extension, Action<string> beforeMaking, bool syncs = true)
    : IJournalFiles
{
    public string Directory => files.Directory;

    public bool DirectoryExists => files.DirectoryExists;

    public static (IJournalFiles Store, IJournalFiles Archive) Plant(ArchiveBug bug, MemoryFiles store, MemoryFiles archive) => bug switch
    {
        ArchiveBug.CopyIsNotSynced => (store, new FilesWithArchiveBug(archive, ".segment.new", _ => { }, syncs: false)),
        ArchiveBug.RemovedBeforeCopy => (store, new FilesWithArchiveBug(archive, ".segment.new", store.Delete)),
        ArchiveBug.RemovedBeforeRecord => (new FilesWithArchiveBug(store, ".archived.new", name =>
        {
            store.Delete(name);
            store.SyncDirectory();
        }), archive),
        ArchiveBug.RecordIsNotSynced => (new FilesWithArchiveBug(store, ".archived.new", _ => { }, syncs: false), archive),
        _ => (store, archive),
    };

    public void CreateDirectory() => files.CreateDirectory();

    public IReadOnlyList<string> List() => files.List();

    public IJournalFile Open(string name, JournalFileMode mode)
    {
        bool isMade = mode == JournalFileMode.Create && name.EndsWith(extension, StringComparison.Ordinal);
        if (isMade) beforeMaking(name[..^extension.Length] + ".segment");
        IJournalFile file = files.Open(name, mode);
        return isMade && !syncs ? new Unsynced(file) : file;
    }

    public void Rename(string from, string to) => files.Rename(from, to);

    public void Delete(string name) => files.Delete(name);

    public void SyncDirectory() => files.SyncDirectory();

    public IDisposable? TryLock(string name, string holder, out string heldBy) => files.TryLock(name, holder, out heldBy);

    private sealed class Unsynced(IJournalFile file) : IJournalFile
    {
        public long Length => file.Length;

        public int ReadAt(Span<byte> destination, long offset) => file.ReadAt(destination, offset);

        public void WriteAt(ReadOnlySpan<byte> source, long offset) => file.WriteAt(source, offset);

        public void Sync()
        {
            // The bug.
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
