using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Scavenging;

/// <summary>Gives a flipped bit at one read of one file, counted from 1, and the truth at all others.</summary>
internal sealed class FilesThatLieOnce(IJournalFiles files, string name, int at) : ForwardingFiles(files)
{
    private readonly int _at = at;
    private int _reads;

    public bool HasLied { get; private set; }

    public override IJournalFile Open(string wanted, JournalFileMode mode) =>
        wanted == name ? new LyingFile(this, base.Open(wanted, mode)) : base.Open(wanted, mode);

    private sealed class LyingFile(FilesThatLieOnce owner, IJournalFile file) : ForwardingFile(file)
    {
        public override int ReadAt(Span<byte> destination, long offset)
        {
            int read = base.ReadAt(destination, offset);
            if (Interlocked.Increment(ref owner._reads) != owner._at) return read;
            owner.HasLied = true;
            if (read > 0) destination[read / 2] ^= 8;
            return read;
        }
    }
}
