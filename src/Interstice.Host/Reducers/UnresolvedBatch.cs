using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>Calls whose append was sent, was undone here, and may be in the store all the same.</summary>
/// <param name="FirstEvent">Id of the append's first event: an append is there whole or not at all.</param>
/// <param name="Last">Revision that its last event has if it is there.</param>
/// <param name="Waiters">Who waits.</param>
internal sealed record UnresolvedBatch(Guid FirstEvent, Revision Last, IReadOnlyList<TransactionBatch.Waiter> Waiters)
{
    /// <summary>Whether it was read back.</summary>
    public bool IsFound { get; set; }
}
