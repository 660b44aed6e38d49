using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Archive;

/// <summary>Files through which archiving has a bug: something happens before a file is made.</summary>
internal sealed class FilesWithArchiveBug(IJournalFiles files, string extension, Action<string> beforeMaking, bool syncs = true)
    : ForwardingFiles(files)
{
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

    public override IJournalFile Open(string name, JournalFileMode mode)
    {
        bool isMade = mode == JournalFileMode.Create && name.EndsWith(extension, StringComparison.Ordinal);
        if (isMade) beforeMaking(name[..^extension.Length] + ".segment");
        IJournalFile file = base.Open(name, mode);
        return isMade && !syncs ? new Unsynced(file) : file;
    }

    private sealed class Unsynced(IJournalFile file) : ForwardingFile(file)
    {
        public override void Sync()
        {
            // The bug.
        }
    }
}
