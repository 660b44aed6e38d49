using Interstice.Host.Ownership;
using Interstice.Kernel.Events;

namespace Interstice.Host.Subscriptions;

/// <summary>Where a source's stream is read from, so that whole transactions come and it is known which of them are void.</summary>
/// <param name="After">The event before the first one that is read.</param>
/// <param name="Rule">Tells which transactions behind it are void.</param>
internal sealed record SourcePlace(Revision After, VoidRule Rule)
{
    /// <summary>Finds it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="stream">The source's stream.</param>
    /// <param name="dealtWith">Last event that was dealt with: of a transaction that is not void, or none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="EventStoreException">The store failed.</exception>
    /// <exception cref="EventFormatException">An event is damaged.</exception>
    public static async Task<SourcePlace> FindAsync(
        IEventStore store, StreamName stream, Revision dealtWith, CancellationToken cancellationToken)
    {
        var rule = new VoidRule();
        Revision at = dealtWith;
        while (at > Revision.None)
        {
            Look look = await LookAsync(store, stream, at, cancellationToken).ConfigureAwait(false);
            if (look.Index > 0)
            {
                // In the middle of a transaction: its first event says whose it is.
                at = at.Add(-look.Index);
                continue;
            }

            at = at.Add(-1);
            if (look.Epoch is not { } epoch) continue;
            rule.Own(epoch);
            break;
        }

        return new SourcePlace(at, rule);
    }

    private static async Task<Look> LookAsync(IEventStore store, StreamName stream, Revision at, CancellationToken cancellationToken)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Forwards, at, 1, cancellationToken).ConfigureAwait(false))
        {
            RecordedEvent recorded = batch.Span[0];
            if (recorded.Type == EventTypes.OwnershipTaken) return new Look(0, OwnershipTaken.Read(recorded.Data.Span).Epoch);
            if (!EventTypes.IsOfTransaction(recorded.Type)) return new Look(0, null);
            TransactionId.OfEvent(recorded.Id, out int index);
            return new Look(index, index == 0 ? TransactionRecord.ReadDigest(recorded.Metadata.Span).Epoch : null);
        }

        throw new EventStoreException(EventStoreErrorKind.Damaged, $"stream {stream} has no revision {at}, which a subscription has dealt with");
    }

    private readonly record struct Look(int Index, ulong? Epoch);
}
