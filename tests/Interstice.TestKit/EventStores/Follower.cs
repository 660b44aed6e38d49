using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

/// <summary>Reads a subscription step by step and keeps what it said.</summary>
public sealed class Follower(IAsyncEnumerable<SubscriptionMessage> subscription) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<SubscriptionMessage> _messages = subscription.GetAsyncEnumerator();
    private readonly Queue<string> _texts = [];

    /// <summary>How often it has said that it caught up.</summary>
    public int TimesCaughtUp { get; private set; }

    /// <summary>Position of the last checkpoint or event.</summary>
    public Position Checkpoint { get; private set; }

    /// <summary>Reads until it says that it caught up, and gives the texts of the events before that.</summary>
    public async Task<List<string>> UntilCaughtUpAsync()
    {
        int times = TimesCaughtUp;
        while (TimesCaughtUp == times) await NextAsync();
        return Take(_texts.Count);
    }

    /// <summary>Reads until there are so many events, and gives their texts.</summary>
    public async Task<List<string>> TakeAsync(int count)
    {
        while (_texts.Count < count) await NextAsync();
        return Take(count);
    }

    public ValueTask DisposeAsync() => _messages.DisposeAsync();

    private async Task NextAsync()
    {
        (await _messages.MoveNextAsync()).ShouldBeTrue("a subscription does not end by itself");
        switch (_messages.Current)
        {
            case SubscriptionMessage.Events events:
                events.Batch.Length.ShouldBeGreaterThan(0, "a batch holds at least one event");
                foreach (RecordedEvent recorded in events.Batch.ToArray())
                {
                    _texts.Enqueue(RecordedCopy.Of(recorded).Text);
                    Checkpoint = recorded.Position;
                }

                break;
            case SubscriptionMessage.Checkpoint checkpoint:
                (checkpoint.Position > Checkpoint).ShouldBeTrue("a checkpoint lies behind everything before it");
                Checkpoint = checkpoint.Position;
                break;
            case SubscriptionMessage.CaughtUp:
                TimesCaughtUp++;
                break;
        }
    }

    private List<string> Take(int count) => [.. Enumerable.Range(0, count).Select(_ => _texts.Dequeue())];
}
