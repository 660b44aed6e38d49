using System.Runtime.CompilerServices;
using EventStore.Client;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;
using Position = Interstice.Kernel.Events.Position;

namespace Interstice.EventStoreDb;

internal sealed partial class ServerStore
{
    /// <inheritdoc/>
    /// <remarks>When the connection breaks it is made again, for ever, and what follows goes on behind the last event;
    /// <see cref="SubscriptionMessage.FellBehind"/> says so at the break if the subscription had caught up.</remarks>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, Revision after, CancellationToken cancellationToken = default) =>
        FollowAsync(new StreamFollowing(_client, stream, after), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>When the connection breaks it is made again, for ever, and what follows goes on behind the last event or
    /// checkpoint; <see cref="SubscriptionMessage.FellBehind"/> says so at the break if the subscription had caught up.</remarks>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        Position? after, EventFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return FollowAsync(new AllFollowing(_client, after, filter), cancellationToken);
    }

    private async IAsyncEnumerable<SubscriptionMessage> FollowAsync(
        Following following, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CheckOpen();
        cancellationToken.ThrowIfCancellationRequested();
        await using var messages = new ResumingMessages(
            following.Begin, isEndless: true, _policies.Following, _failures, _closed, cancellationToken);
        var batch = new RecordedBatch();
        bool isCaughtUp = false;
        int timesBegun = 1;
        while (true)
        {
            Task broken = messages.Broken;
            ValueTask<bool> next = messages.NextAsync();
            if (batch.Count > 0 && !next.IsCompletedSuccessfully) yield return new SubscriptionMessage.Events(batch.Take());
            if (isCaughtUp && !next.IsCompletedSuccessfully)
            {
                // Told when the connection breaks, not when there is another one: until then nobody knows what is in the stream.
                Task<bool> waiting = next.AsTask();
                await Task.WhenAny(waiting, broken).ConfigureAwait(false);
                if (broken.IsCompleted)
                {
                    isCaughtUp = false;
                    yield return new SubscriptionMessage.FellBehind();
                }

                await waiting.ConfigureAwait(false);
            }
            else
            {
                await next.ConfigureAwait(false);
            }

            if (messages.TimesBegun != timesBegun)
            {
                timesBegun = messages.TimesBegun;
                LogResumed(Server, following.Place);
                if (isCaughtUp) yield return new SubscriptionMessage.FellBehind();
                isCaughtUp = false;
            }

            StreamMessage message = messages.Current;
            if (message is StreamMessage.Event { ResolvedEvent.OriginalEvent: var record })
            {
                if (following.IsNew(record)) following.Advance(batch.Add(record));
                if (batch.IsFull) yield return new SubscriptionMessage.Events(batch.Take());
                continue;
            }

            if (following.MessageOf(message) is not { } told) continue;
            if (batch.Count > 0) yield return new SubscriptionMessage.Events(batch.Take());
            isCaughtUp = told is SubscriptionMessage.CaughtUp || (isCaughtUp && told is not SubscriptionMessage.FellBehind);
            yield return told;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscription to {Server} was interrupted and goes on behind {Place}")]
    private partial void LogResumed(string server, string place);
}
