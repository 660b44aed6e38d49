using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>A planted bug: failures of writes and syncs do not reach the journal.</summary>
internal sealed class MemoryFilesThatHideErrors(MemoryFiles files) : ForwardingFiles(files)
{
    public override IJournalFile Open(string name, JournalFileMode mode) => new HidingFile(base.Open(name, mode));

    public override void SyncDirectory() => Hide(base.SyncDirectory);

    private static void Hide(Action action)
    {
        try
        {
            action();
        }
        catch (IOException)
        {
            // The bug.
        }
    }

    private sealed class HidingFile(IJournalFile file) : ForwardingFile(file)
    {
        public override void Sync() => Hide(base.Sync);
    }
}
