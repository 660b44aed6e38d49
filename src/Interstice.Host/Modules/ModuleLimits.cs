namespace Interstice.Host.Modules;

/// <summary>What one call of a module may use. Reaching a limit traps and fails the call.</summary>
public sealed record ModuleLimits
{
    /// <summary>Fuel of a reducer call, in units of the schedule (docs/formats/fuel.md); 1 or more.</summary>
    public ulong FuelPerCall { get; init; } = 1_000_000_000;

    /// <summary>Fuel of a query; 1 or more.</summary>
    public ulong FuelPerQuery { get; init; } = 1_000_000_000;

    /// <summary>How long a call, a query or an initialisation may take by the clock, above 0, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for no bound. Default 10 seconds.</summary>
    /// <remarks>Fuel decides what a call may do, the same on every machine; the clock only stops what takes too long here and
    /// now. The call is undone, nothing is recorded, and its caller may try again.</remarks>
    public TimeSpan CallTimeMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Nested guest calls, 16 to 100,000; large frames count more than one.</summary>
    public int CallDepthMax { get; init; } = 5_000;

    /// <summary>Linear memory in pages of 64 KiB, 1 to 65,536.</summary>
    public int MemoryPagesMax { get; init; } = 1_024;

    /// <summary>Entries of a table of references, 0 to 10,000,000.</summary>
    public int TableEntriesMax { get; init; } = 100_000;

    /// <summary>Mutations and emitted events of a transaction, 1 to 1,000,000.</summary>
    public int MutationsMax { get; init; } = 100_000;

    /// <summary>Bytes of a transaction's events with their metadata, in the larger of the two encodings, 1 to 524,288
    /// (docs/semantics.md).</summary>
    public int TransactionBytesMax { get; init; } = 512 * 1024;

    /// <summary>Bytes of encoded arguments, 0 to 524,288.</summary>
    public int ArgumentBytesMax { get; init; } = 256 * 1024;

    /// <summary>Bytes of a result, 0 to 67,108,864. A reducer's result is also part of its transaction's bytes.</summary>
    public int ResultBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Iterators open at one time in a call, 1 to 10,000.</summary>
    public int IteratorsMax { get; init; } = 256;

    /// <summary>Durable timers of a module, 0 to 10,000,000; a call that makes one more traps.</summary>
    public int TimersMax { get; init; } = 100_000;

    /// <summary>Log lines of a call, 0 to 100,000; further ones are counted and dropped.</summary>
    public int LogLinesMax { get; init; } = 1_000;
}
