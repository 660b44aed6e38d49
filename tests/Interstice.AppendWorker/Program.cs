using System.Globalization;
using System.Text;
using Interstice.Journal;
using Interstice.Kernel.Events;

namespace Interstice.AppendWorker;

/// <summary>Appends numbered events to a journal, whatever fails, and tells each step in a line of its own on standard output, which a
/// test reads while system calls of this process are made to fail.</summary>
/// <remarks>Arguments: directory; <c>inline</c> (the calling thread writes) or <c>queued</c> (the journal's thread does, or a pool thread); number of
/// appends; bytes of a segment. Lines: <c>opened N</c>, <c>acknowledged I</c>, <c>failed I KIND</c>, <c>read N</c>, <c>closed</c>, <c>refused KIND</c>.</remarks>
internal static class Program
{
    private const int AppendsAfterOpeningAgain = 5;
    private const int MetadataBytes = 300;

    private static readonly StreamName Stream = new("numbers");

    private static async Task<int> Main(string[] args)
    {
        bool isInline = args[1] == "inline";
        int appends = int.Parse(args[2], CultureInfo.InvariantCulture);
        JournalOptions options = new() { Directory = args[0], SegmentBytes = long.Parse(args[3], CultureInfo.InvariantCulture) };
        await WorkAsync(options, isInline, appends);
        await WorkAsync(options, isInline, AppendsAfterOpeningAgain);
        return 0;
    }

    private static async Task WorkAsync(JournalOptions options, bool isInline, int appends)
    {
        try
        {
            await using JournalStore store = await JournalStore.OpenAsync(options);
            int held = await CountAsync(store);
            Tell($"opened {held}");
            for (int i = held; i < held + appends; i++) await AppendAsync(store, isInline, i);
            Tell($"read {await CountAsync(store)}");
        }
        catch (EventStoreException e)
        {
            Tell($"refused {e.Kind}");
            return;
        }

        Tell("closed");
    }

    private static async Task AppendAsync(JournalStore store, bool isInline, int number)
    {
        EventData[] one =
        [
            new(Guid.NewGuid(), "Counted", IsJson: false, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), new byte[MetadataBytes]),
        ];
        try
        {
            AppendResult result = isInline
                ? store.Append(Stream, ExpectedRevision.Any, one)
                : await store.AppendAsync(Stream, ExpectedRevision.Any, one);
            Tell(result is AppendResult.Appended ? $"acknowledged {number}" : $"failed {number} {result}");
        }
        catch (EventStoreException e)
        {
            Tell($"failed {number} {e.Kind}");
        }
    }

    private static async Task<int> CountAsync(JournalStore store)
    {
        int count = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(Stream, ReadDirection.Forwards, Revision.First))
            count += batch.Length;
        return count;
    }

    private static void Tell(FormattableString line)
    {
        Console.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }

    private static void Tell(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
