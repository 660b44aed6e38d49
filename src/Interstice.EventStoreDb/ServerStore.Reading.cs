using System.Runtime.CompilerServices;
using EventStore.Client;
using Interstice.Kernel.Events;
using Position = Interstice.Kernel.Events.Position;

namespace Interstice.EventStoreDb;

internal sealed partial class ServerStore
{
    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream,
        ReadDirection direction,
        Revision from,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxCount);

        // Forwards from the end is the last event: the first one backwards.
        if (direction == ReadDirection.Forwards && from == Revision.End) (direction, maxCount) = (ReadDirection.Backwards, 1);
        return ReadAsync(new StreamCursor(_client, stream, direction, from, maxCount), cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllAsync(
        ReadDirection direction,
        Position from,
        EventFilter filter,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxCount);
        return ReadAsync(new AllCursor(_client, direction, from, filter, maxCount), cancellationToken);
    }

    private async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAsync(
        ReadCursor cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CheckOpen();
        cancellationToken.ThrowIfCancellationRequested();
        await using var messages = new ResumingMessages(cursor.Begin, isEndless: false, _policies.Asking, _failures, _closed, cancellationToken);
        var batch = new RecordedBatch();
        while (!cursor.IsDone)
        {
            // What has arrived is handed out before there is a wait for more.
            ValueTask<bool> next = messages.NextAsync();
            if (batch.Count > 0 && !next.IsCompletedSuccessfully) yield return batch.Take();
            if (!await next.ConfigureAwait(false)) break;
            if (messages.Current is not StreamMessage.Event { ResolvedEvent.OriginalEvent: var record }) continue;
            if (!cursor.IsNew(record)) continue;
            cursor.Advance(batch.Add(record));
            if (batch.IsFull) yield return batch.Take();
        }

        if (batch.Count > 0) yield return batch.Take();
    }
}
