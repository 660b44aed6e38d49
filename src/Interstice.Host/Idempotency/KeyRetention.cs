namespace Interstice.Host.Idempotency;

/// <summary>How long a module keeps idempotency keys. What it counts is recorded in the log, so every host that reads the log with the same
/// setting keeps the same keys.</summary>
public sealed record KeyRetention
{
    /// <summary>Longest <see cref="Hours"/>.</summary>
    public const int HoursMax = 8_784;

    /// <summary>Largest <see cref="KeysMax"/>.</summary>
    public const int KeysLimit = 100_000_000;

    /// <summary>The defaults.</summary>
    public static KeyRetention Default { get; } = new();

    /// <summary>Hours of recorded time, from the key's call to the newest call with a key, 1 to 8,784. Default 24.</summary>
    public int Hours { get; init; } = 24;

    /// <summary>Most keys of a module, 1 to 100,000,000; beyond it the oldest go. Default 1,000,000.</summary>
    public int KeysMax { get; init; } = 1_000_000;

    /// <summary><see cref="Hours"/> in microseconds.</summary>
    internal long SpanUs => Hours * 3_600_000_000L;
}
