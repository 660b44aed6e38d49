namespace Interstice.Kernel.Events;

/// <summary>The part of a <see cref="TransactionRecord"/> that replay checks.</summary>
/// <param name="EventCount">Number of events of the transaction.</param>
/// <param name="Epoch">Epoch of the host that wrote it.</param>
/// <param name="StateHash">The module's state hash after it.</param>
/// <param name="Chain">Value of the hash chain after it; null in logs from before the chain.</param>
public readonly record struct TransactionDigest(int EventCount, ulong Epoch, UInt128 StateHash, ChainValue? Chain);
