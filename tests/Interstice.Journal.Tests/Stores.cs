using System.Globalization;
using System.Text;
using Interstice.Journal.Files;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>Stores in memory for fault tests: how they are opened, filled and checked.</summary>
internal static class Stores
{
    public const string StoreFileName = "interstice.journal";

    public static readonly StreamName Stream = new("stream-1");

    /// <summary>Time in which every wait is over at once.</summary>
    public static readonly TimeProvider Impatient = new ImpatientTime();

    /// <summary>How much longer than in a quick run the tests that can go on for ever go on.</summary>
    public static int Scale { get; } = int.TryParse(
        Environment.GetEnvironmentVariable("INTERSTICE_TEST_SCALE"), NumberStyles.None, CultureInfo.InvariantCulture,
        out int scale) && scale > 0 ? scale : 1;

    public static JournalOptions Options(long segmentBytes = JournalOptions.SegmentBytesMin, bool readOnly = false) =>
        new() { Directory = "/memory", SegmentBytes = segmentBytes, ReadOnly = readOnly };

    public static ValueTask<JournalStore> OpenAsync(
        IJournalFiles files, long segmentBytes = JournalOptions.SegmentBytesMin, bool readOnly = false) =>
        JournalStore.OpenAsync(Options(segmentBytes, readOnly), null, files, TestContext.Current.CancellationToken);

    public static ValueTask<VerificationReport> VerifyAsync(IJournalFiles files) =>
        JournalVerifier.VerifyAsync(files, null, Impatient, TestContext.Current.CancellationToken);

    public static EventData Event(string text, int padding = 0) => new(
        Guid.NewGuid(), "Happened", IsJson: false, Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(new string('p', padding)));

    /// <summary>Appends one event and expects to be told so.</summary>
    public static async Task AppendAsync(IEventStore store, string text, int padding = 0)
    {
        AppendResult result = await store.AppendAsync(Stream, ExpectedRevision.Any, new[] { Event(text, padding) });
        result.ShouldBeOfType<AppendResult.Appended>();
    }

    /// <summary>The texts of the whole stream.</summary>
    public static async Task<List<string>> TextsAsync(IEventStore store)
    {
        List<string> texts = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
                           Stream, ReadDirection.Forwards, Revision.First))
            foreach (RecordedEvent recorded in batch.ToArray()) texts.Add(RecordedCopy.Of(recorded).Text);
        return texts;
    }

    /// <summary>The text of the last event of the stream.</summary>
    public static async Task<string> LastTextAsync(IEventStore store)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
                           Stream, ReadDirection.Backwards, Revision.End, 1))
            return RecordedCopy.Of(batch.Span[0]).Text;
        return string.Empty;
    }

    /// <summary>Names of the segments, in log order.</summary>
    public static List<string> Segments(IJournalFiles files) =>
        [.. files.List().Where(name => name.EndsWith(".segment", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>A closed store of so many segments, the last one not sealed, with events 0, 1, 2 and so on.</summary>
    public static async Task<(MemoryFiles Files, int Events)> FilledAsync(
        int segments, long segmentBytes = JournalOptions.SegmentBytesMin, bool closes = true)
    {
        MemoryFiles files = new();
        JournalStore store = await OpenAsync(files, segmentBytes);
        int events = 0;
        for (; Segments(files).Count < segments; events++)
            await AppendAsync(store, events.ToString(CultureInfo.InvariantCulture), padding: events % 97);
        for (int more = 0; more < 3; more++)
            await AppendAsync(store, events++.ToString(CultureInfo.InvariantCulture), padding: 20);
        if (closes)
        {
            await store.DisposeAsync();
            return (files, events);
        }

        MemoryFiles left = files.Copy();
        await store.DisposeAsync();
        if (left.List().Contains("prepared.segment.new")) left.Delete("prepared.segment.new");
        return (left, events);
    }

    public static IEnumerable<string> Numbers(int count) =>
        Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture));

    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }
}
