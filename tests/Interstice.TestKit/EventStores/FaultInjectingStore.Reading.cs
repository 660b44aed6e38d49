using System.Runtime.CompilerServices;
using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

/// <content>What reads and subscriptions see, and how they break.</content>
public sealed partial class FaultInjectingStore
{
    private CancellationTokenSource _subscriptions = new();

    /// <summary>After how many events of module streams the connection breaks that gives them, each event alone; null for never. Once: then
    /// it is null again.</summary>
    public int? BreaksAfterEvents { get; set; }

    /// <summary>Streams that reads see as empty.</summary>
    public HashSet<StreamName> Hidden { get; } = [];

    /// <summary>Called for each event stream read begins with.</summary>
    public Action<StreamName>? OnRead { get; set; }

    /// <summary>What the answer to the question for a last revision waits for; null for nothing.</summary>
    public Func<StreamName, CancellationToken, Task>? BeforeLastRevision { get; set; }

    /// <summary>Breaks every subscription that is open; the store itself can be reached.</summary>
    public void BreakSubscriptions()
    {
        CancellationTokenSource broken;
        lock (_lock) (broken, _subscriptions) = (_subscriptions, new CancellationTokenSource());
        broken.Cancel();
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream,
        ReadDirection direction,
        Revision from,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default)
    {
        OnRead?.Invoke(stream);
        if (StreamNames.ModuleOf(stream) is not null) Reach();
        else ExpectReachable();
        return Hidden.Contains(stream)
            ? AsyncEnumerable.Empty<ReadOnlyMemory<RecordedEvent>>()
            : BreakAsync(WaitAsync(inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken), cancellationToken), stream);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllAsync(
        ReadDirection direction,
        Position from,
        EventFilter filter,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default) =>
        inner.ReadAllAsync(direction, from, filter, maxCount, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream,
        Revision after,
        CancellationToken cancellationToken = default) => FollowAsync(stream, after, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        Position? after,
        EventFilter filter,
        CancellationToken cancellationToken = default) => inner.SubscribeToAllAsync(after, filter, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default)
    {
        if (BeforeLastRevision is { } before) await before(stream, cancellationToken).ConfigureAwait(false);
        return Hidden.Contains(stream) ? Revision.None : await inner.GetLastRevisionAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<SubscriptionMessage> FollowAsync(
        StreamName stream, Revision after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ExpectReachable();
        using CancellationTokenSource broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Subscriptions());
        IAsyncEnumerator<SubscriptionMessage> messages =
            inner.SubscribeToStreamAsync(stream, after, broken.Token).GetAsyncEnumerator(CancellationToken.None);
        await using (messages.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await messages.MoveNextAsync().ConfigureAwait(false)) yield break;
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    throw new EventStoreException(EventStoreErrorKind.Unavailable, "injected: the subscription broke");
                }

                await WaitUntilBackAsync(cancellationToken).ConfigureAwait(false);
                if (messages.Current is not SubscriptionMessage.Events events) yield return messages.Current;
                else await foreach (ReadOnlyMemory<RecordedEvent> part in BreakAsync(Once(events.Batch), stream).ConfigureAwait(false))
                    yield return new SubscriptionMessage.Events(part);
            }
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> BreakAsync(
        IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> batches, StreamName stream)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in batches.ConfigureAwait(false))
        {
            if (BreaksAfterEvents is null || StreamNames.ModuleOf(stream) is null)
            {
                yield return batch;
                continue;
            }

            for (int i = 0; i < batch.Length; i++)
            {
                if (BreaksAfterEvents is { } left && (BreaksAfterEvents = left > 0 ? left - 1 : null) is null)
                    throw new EventStoreException(EventStoreErrorKind.Unavailable, "injected: the connection was lost");
                yield return batch.Slice(i, 1);
            }
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> Once(ReadOnlyMemory<RecordedEvent> batch)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return batch;
    }

    private CancellationToken Subscriptions()
    {
        lock (_lock) return _subscriptions.Token;
    }
}
