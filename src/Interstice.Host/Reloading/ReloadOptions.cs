namespace Interstice.Host.Reloading;

/// <summary>How a module is reloaded.</summary>
public sealed record ReloadOptions
{
    /// <summary>How many of the last recorded calls the candidate is run over first; 0 for none, <see cref="long.MaxValue"/> for all.
    /// Default 10,000.</summary>
    public long CanaryCalls { get; init; } = 10_000;

    /// <summary>Whether the candidate takes over although some of these calls come out otherwise.</summary>
    public bool AcceptsChanges { get; init; }

    /// <summary>How many differences are kept for the report, 0 or more; all are counted. Default 100.</summary>
    public int DifferencesMax { get; init; } = 100;

    /// <summary>Most events that may be left for the pause between the last call of the old build and the first of the new one, 0 or more.
    /// Default 10,000.</summary>
    public long PauseEventsMax { get; init; } = 10_000;

    /// <summary>How long they may take, above 0. Default 2 seconds.</summary>
    public TimeSpan PauseTimeMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Something is out of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(CanaryCalls);
        ArgumentOutOfRangeException.ThrowIfNegative(DifferencesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(PauseEventsMax);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PauseTimeMax, TimeSpan.Zero);
    }
}
