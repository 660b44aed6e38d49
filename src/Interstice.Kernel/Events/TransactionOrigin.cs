namespace Interstice.Kernel.Events;

/// <summary>What a transaction inherits from the one that led to it: a delivery of a subscription records it.</summary>
/// <param name="Correlation">Id of the first event of the transaction that began the chain of causes.</param>
/// <param name="Depth">Deliveries in the chain up to this transaction, itself included; 1 or more.</param>
public readonly record struct TransactionOrigin(Guid Correlation, byte Depth);
