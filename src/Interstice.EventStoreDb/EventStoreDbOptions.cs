namespace Interstice.EventStoreDb;

/// <summary>Settings of <see cref="EventStoreDbStore"/>. Where the servers are, TLS and credentials stand in the connection string.</summary>
public sealed record EventStoreDbOptions
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromDays(1);
    private static readonly TimeSpan BreakMin = TimeSpan.FromMilliseconds(500);

    /// <summary>How events of modules are written; both are read. Default JSON.</summary>
    public EventPayloads Payloads { get; init; } = EventPayloads.Json;

    /// <summary>Most bytes that the server takes in one append, with data, metadata and names of types: its setting MaxAppendSize; 1,024
    /// to 268,435,456. Default 1,048,576, as EventStoreDB's.</summary>
    public int ServerAppendBytesMax { get; init; } = 1024 * 1024;

    /// <summary>How long <see cref="EventStoreDbStore.ConnectAsync"/> waits for a server that cannot be reached or does not answer: up to a
    /// day, or zero for one try, of at most <see cref="ReadTimeout"/>. Default 30 seconds.</summary>
    public TimeSpan ConnectWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an append may take before its outcome counts as unknown; above zero, at most a day. Default 10 seconds.</summary>
    public TimeSpan AppendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a read may give nothing before it is begun again; above zero, at most a day. Default 10 seconds.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a read, or a question, is tried again after it failed, 0 to 1,000. What a read has given counts as progress:
    /// the count begins anew. Appends are never tried again, and subscriptions always. Default 8.</summary>
    public int RetriesMax { get; init; } = 8;

    /// <summary>Time before the first further try, doubled for each one after it, with jitter; above zero, at most a day. Default 50
    /// ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest time between two tries; at least <see cref="RetryDelay"/>, at most a day. Default 2 seconds.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many calls must have been made within <see cref="BreakerWindow"/>, half of them failed for want of an answer, before
    /// calls are refused at once for <see cref="BreakTime"/>; 2 or more. Default 32.</summary>
    public int BreakerCallsMin { get; init; } = 32;

    /// <summary>Over which time failures are counted; half a second to a day. Default 10 seconds.</summary>
    public TimeSpan BreakerWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long calls are refused at once; half a second to a day. Default one second.</summary>
    public TimeSpan BreakTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the setting, its value and its range.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Payloads)) throw new ArgumentOutOfRangeException(nameof(Payloads), Payloads, "must be Json or Canonical");
        ArgumentOutOfRangeException.ThrowIfLessThan(ServerAppendBytesMax, 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ServerAppendBytesMax, 256 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectWait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ConnectWait, TimeMax);
        CheckTime(AppendTimeout, nameof(AppendTimeout));
        CheckTime(ReadTimeout, nameof(ReadTimeout));
        ArgumentOutOfRangeException.ThrowIfNegative(RetriesMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RetriesMax, 1000);
        CheckTime(RetryDelay, nameof(RetryDelay));
        CheckTime(RetryDelayMax, nameof(RetryDelayMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelayMax, RetryDelay);
        ArgumentOutOfRangeException.ThrowIfLessThan(BreakerCallsMin, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(BreakerWindow, BreakMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BreakerWindow, TimeMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(BreakTime, BreakMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BreakTime, TimeMax);
    }

    private static void CheckTime(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeMax, name);
    }
}
