using System.Text;
using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

/// <summary>What every event store must do. The test class of a store inherits this and says how to open it.</summary>
/// <remarks>Stream names are unique to a test, so that a suite may share one server; reads of the whole store filter by them.
/// </remarks>
public abstract partial class EventStoreContract : IAsyncLifetime
{
    private readonly string _suffix = Guid.NewGuid().ToString("N")[..12];

    /// <summary>The store under test.</summary>
    protected IEventStore Store { get; private set; } = null!;

    /// <summary>Ends what a test that hangs waits for.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens the store. A second call after the first store was disposed is a restart on the same data.</summary>
    protected abstract ValueTask<IEventStore> OpenAsync();

    public virtual async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the store and opens it again.</summary>
    protected async Task RestartAsync()
    {
        await Store.DisposeAsync();
        Store = await OpenAsync();
    }

    /// <summary>A stream that no other test uses.</summary>
    protected StreamName Stream(string name = "stream") => new($"{name}-{_suffix}");

    /// <summary>An event with a random id.</summary>
    protected static EventData Event(string data = "data", string type = "Happened", string metadata = "") =>
        new(Guid.NewGuid(), type, IsJson: false, Encoding.UTF8.GetBytes(data), Encoding.UTF8.GetBytes(metadata));

    /// <summary>Events whose data is the text of 0, 1, 2 and so on.</summary>
    protected static EventData[] Events(int count, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(i => Event(i.ToString(System.Globalization.CultureInfo.InvariantCulture)))];

    /// <summary>Appends and expects to be told so.</summary>
    protected async Task<AppendResult.Appended> AppendAsync(
        StreamName stream, ExpectedRevision expected, params EventData[] events) =>
        (await Store.AppendAsync(stream, expected, events, Cancel)).ShouldBeOfType<AppendResult.Appended>();

    /// <summary>Copies of the events that a read hands out.</summary>
    protected static async Task<List<RecordedCopy>> CollectAsync(IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> read)
    {
        List<RecordedCopy> copies = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in read)
        {
            batch.Length.ShouldBeGreaterThan(0, "a batch holds at least one event");
            foreach (RecordedEvent recorded in batch.ToArray()) copies.Add(RecordedCopy.Of(recorded));
        }

        return copies;
    }

    /// <summary>The whole stream, oldest first.</summary>
    protected Task<List<RecordedCopy>> ReadAsync(StreamName stream) =>
        CollectAsync(Store.ReadStreamAsync(stream, ReadDirection.Forwards, Revision.First, cancellationToken: Cancel));

    /// <summary>The texts of a whole stream, oldest first.</summary>
    protected async Task<List<string>> TextsAsync(StreamName stream) =>
        [.. (await ReadAsync(stream)).Select(recorded => recorded.Text)];

    /// <summary>A filter for the streams of this test whose names begin so.</summary>
    protected static EventFilter OnlyStream(StreamName stream) => new EventFilter.StreamPrefix([stream.Value]);

    private static List<string> Numbers(int from, int to) =>
        [.. Enumerable.Range(from, to - from).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture))];
}
