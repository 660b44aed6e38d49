namespace Interstice.Server.EventStoreDb;

/// <summary>Settings of the protocol endpoint.</summary>
public sealed record EndpointOptions
{
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(1);

    /// <summary>Most bytes of data and metadata that one append may have: 1 to what the store takes. Default 1,048,576, as EventStoreDB's
    /// own; a store that takes less sets the bound.</summary>
    public int AppendBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Longest time that an append may take before it is answered with a timeout, which leaves its outcome unknown: more than
    /// zero, at most a day. Default 10 seconds. A caller may ask for less.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many appends of one batch call may be under way before its next requests are left unread, 1 or more. Default
    /// 4,096.</summary>
    public int BatchAppendsMax { get; init; } = 4096;

    /// <summary>How many bytes of events one batch call may have under way, 1 or more. Default 64 MiB; a single append larger than the
    /// bound goes alone.</summary>
    public int BatchBytesMax { get; init; } = 64 << 20;

    /// <summary>Longest time that one match of a filter's regular expression may take, where the expression needs backtracking: more than
    /// zero, at most a day. Default 100 ms.</summary>
    public TimeSpan MatchTimeout { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Who may call; null, the default, for everybody. What clients ask before anything else, who is there and what it can do, is
    /// answered to everybody.</summary>
    public EndpointCredentials? Credentials { get; init; }

    /// <summary>Longest time between two parts of a request, but for batch appends, which may be silent: more than zero, at most a day. Default
    /// 30 seconds.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most connections of an endpoint that is a server of its own, 1 or more. Default 1,024; more are closed at once.</summary>
    public int ConnectionsMax { get; init; } = 1024;

    /// <summary>Streams whose names begin so are only read: writers of them, and of their settings, are denied access. Null, the default, for
    /// none. A host whose modules live in the store sets <see cref="ModuleStreams"/>.</summary>
    public string? ReadOnlyPrefix { get; init; }

    /// <summary>What the streams of modules begin with.</summary>
    public const string ModuleStreams = "interstice";

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">Names the setting, its value and its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(AppendBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchAppendsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WriteTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(WriteTimeout, TimeoutMax);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MatchTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MatchTimeout, TimeoutMax);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RequestTimeout, TimeoutMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectionsMax, 1);
        if (ReadOnlyPrefix is "") throw new ArgumentException("a prefix of streams that are only read has a character at least; null is for none");
    }
}
