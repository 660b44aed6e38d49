using System.Collections.Concurrent;
using Interstice.Journal.Files;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Scavenging;

/// <summary>Counts the bytes written to each file, by its name at its opening.</summary>
internal sealed class WritesCounted(IJournalFiles files) : ForwardingFiles(files)
{
    private readonly ConcurrentDictionary<string, long> _written = new();

    public IReadOnlyDictionary<string, long> Written => _written;

    public override IJournalFile Open(string name, JournalFileMode mode) => new CountedFile(this, name, base.Open(name, mode));

    private sealed class CountedFile(WritesCounted owner, string name, IJournalFile file) : ForwardingFile(file)
    {
        public override void WriteAt(ReadOnlySpan<byte> source, long offset)
        {
            int count = source.Length;
            base.WriteAt(source, offset);
            owner._written.AddOrUpdate(name, count, (_, before) => before + count);
        }
    }
}
