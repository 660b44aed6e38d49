using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>A planted bug: that a write or a length had no room does not reach the journal.</summary>
internal sealed class FilesThatHideAFullDevice(IJournalFiles files) : ForwardingFiles(files)
{
    public override IJournalFile Open(string name, JournalFileMode mode) => new HidingFile(base.Open(name, mode));

    private sealed class HidingFile(IJournalFile file) : ForwardingFile(file)
    {
        public override void WriteAt(ReadOnlySpan<byte> source, long offset)
        {
            try
            {
                base.WriteAt(source, offset);
            }
            catch (IOException)
            {
                // The bug.
            }
        }

        public override void Sync()
        {
            try
            {
                base.Sync();
            }
            catch (IOException)
            {
                // The bug.
            }
        }
    }
}
