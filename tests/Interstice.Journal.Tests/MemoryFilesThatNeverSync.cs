using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>A planted bug: what is said to be synced is only in memory.</summary>
internal sealed class MemoryFilesThatNeverSync(MemoryFiles files) : ForwardingFiles(files)
{
    public override IJournalFile Open(string name, JournalFileMode mode) => new LazyFile(base.Open(name, mode));

    private sealed class LazyFile(IJournalFile file) : ForwardingFile(file)
    {
        private const int HeaderBytes = 128;

        private bool _isAppend;

        public override void WriteAt(ReadOnlySpan<byte> source, long offset)
        {
            _isAppend = offset >= HeaderBytes && source.ContainsAnyExcept((byte)0);
            base.WriteAt(source, offset);
        }

        public override void Sync()
        {
            if (!_isAppend) base.Sync();
        }
    }
}
