using Interstice.Kernel.Events;

namespace Interstice.Host.Ownership;

/// <summary>Tells which transactions of a module's stream are void: those of an epoch below the stream's, and all behind one up to the next
/// change of ownership (docs/semantics.md, Ownership). Needs nothing but the stream; one for each.</summary>
public sealed class VoidRule
{
    /// <summary>Epoch of the last change of ownership; 0 before the first.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>Whether the last transaction that began is void.</summary>
    public bool IsVoid { get; private set; }

    /// <summary>Takes note of a change of ownership.</summary>
    /// <param name="epoch">Its epoch.</param>
    public void Own(ulong epoch) => (Epoch, IsVoid) = (epoch, false);

    /// <summary>Takes note of a transaction's first event.</summary>
    /// <param name="epoch">Epoch that the transaction was made in.</param>
    /// <returns>Whether the transaction is void.</returns>
    public bool Begin(ulong epoch) => IsVoid |= epoch < Epoch;

    /// <summary>Takes note of any event of the stream.</summary>
    /// <param name="recorded">The event; borrowed.</param>
    /// <exception cref="EventFormatException">It is damaged.</exception>
    public void Add(in RecordedEvent recorded)
    {
        if (recorded.Type == EventTypes.OwnershipTaken)
        {
            Own(OwnershipTaken.Read(recorded.Data.Span).Epoch);
        }
        else if (EventTypes.IsOfTransaction(recorded.Type))
        {
            TransactionId.OfEvent(recorded.Id, out int index);
            if (index == 0) Begin(TransactionRecord.ReadDigest(recorded.Metadata.Span).Epoch);
        }
    }
}
