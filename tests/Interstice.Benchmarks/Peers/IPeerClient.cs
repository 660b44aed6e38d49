namespace Interstice.Benchmarks.Peers;

/// <summary>One connection to a peer. Every call returns when all that it asked for is durable.</summary>
internal interface IPeerClient : IDisposable
{
    /// <summary>Appends an event so many times, all sent before the first answer is awaited.</summary>
    void Append(ReadOnlyMemory<byte> payload, int count);

    /// <summary>Moves 1 from each first account to the second, and notes each transfer in a history; each pair is a transaction,
    /// all sent before the first answer is awaited.</summary>
    void Transfer(ReadOnlySpan<(ulong From, ulong To)> pairs);
}
