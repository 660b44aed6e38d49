using Interstice.Kernel.Events;

namespace Interstice.Host.Inspection;

/// <summary>Finds the call behind an event.</summary>
public static class TransactionLookup
{
    /// <summary>Reads the record of the transaction that an event belongs to.</summary>
    /// <param name="store">The store.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="revision">The event.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The record; null when the event belongs to none.</returns>
    public static async Task<TransactionRecord?> FindAsync(
        IEventStore store,
        StreamName stream,
        Revision revision,
        CancellationToken cancellationToken)
    {
        (string Type, Guid Id, byte[] Metadata)? found = await ReadAsync(store, stream, revision, cancellationToken)
            .ConfigureAwait(false);
        if (found is not { } read || !EventTypes.IsOfTransaction(read.Type)) return null;
        TransactionId.OfEvent(read.Id, out int index);
        if (index > 0 && index <= revision.Value)
            found = await ReadAsync(store, stream, revision + -index, cancellationToken).ConfigureAwait(false);
        return found is { Metadata.Length: > 0 } first ? TransactionRecord.Read(first.Metadata) : null;
    }

    private static async Task<(string Type, Guid Id, byte[] Metadata)?> ReadAsync(
        IEventStore store,
        StreamName stream,
        Revision revision,
        CancellationToken cancellationToken)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Forwards, revision, 1, cancellationToken)
            .ConfigureAwait(false))
        {
            RecordedEvent recorded = batch.Span[0];
            return (recorded.Type, recorded.Id, recorded.Metadata.ToArray());
        }

        return null;
    }
}
