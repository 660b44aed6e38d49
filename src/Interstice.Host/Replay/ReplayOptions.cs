using Interstice.Host.Idempotency;

namespace Interstice.Host.Replay;

/// <summary>How a replay uses the machine, and how long what comes out keeps idempotency keys; its tables depend on neither.</summary>
public sealed record ReplayOptions
{
    /// <summary>Events of a stretch, unless something else is said.</summary>
    public const int DefaultStretchEvents = 32 * 1024;

    private const int ThreadsMax = 16;

    /// <summary>All processors, for a start that nothing goes on beside.</summary>
    public static ReplayOptions Start { get; } = new();

    /// <summary>One thread, for a replay beside other work.</summary>
    public static ReplayOptions Background { get; } = new() { Threads = 1 };

    /// <summary>How many threads may work at once, 1 or more.</summary>
    public int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, ThreadsMax);

    /// <summary>Events that a thread prepares at a time, 1 or more. As many stretches as threads are held in memory at most.</summary>
    public int StretchEvents { get; init; } = DefaultStretchEvents;

    /// <summary>How long idempotency keys are kept.</summary>
    public KeyRetention Keys { get; init; } = KeyRetention.Default;
}
