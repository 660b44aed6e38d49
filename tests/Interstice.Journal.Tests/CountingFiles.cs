using System.Collections.Concurrent;
using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>Counts what is read of each file.</summary>
internal sealed class CountingFiles(IJournalFiles files) : ForwardingFiles(files)
{
    private readonly ConcurrentDictionary<string, long> _read = new();

    /// <summary>Bytes read, by name of the file at its opening.</summary>
    public IReadOnlyDictionary<string, long> Read => _read;

    /// <summary>Begins to count afresh.</summary>
    public void Reset() => _read.Clear();

    public override IJournalFile Open(string name, JournalFileMode mode) => new CountingFile(this, name, base.Open(name, mode));

    private sealed class CountingFile(CountingFiles owner, string name, IJournalFile file) : ForwardingFile(file)
    {
        public override int ReadAt(Span<byte> destination, long offset)
        {
            int read = base.ReadAt(destination, offset);
            owner._read.AddOrUpdate(name, read, (_, before) => before + read);
            return read;
        }
    }
}
