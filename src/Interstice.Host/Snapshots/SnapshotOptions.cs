namespace Interstice.Host.Snapshots;

/// <summary>When snapshots are taken, and how many are kept.</summary>
public sealed record SnapshotOptions
{
    /// <summary>Most snapshots of a module that can be kept.</summary>
    public const int KeepMax = 1000;

    /// <summary>Events of a module's stream after which a running host takes the next snapshot of it; 0 for never. Default
    /// 1,000,000.</summary>
    public long EveryEvents { get; init; } = 1_000_000;

    /// <summary>How many snapshots of a module are kept, 1 to 1000; older ones are removed when a newer one is durable.
    /// Default 2.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>How often a running host looks whether one is due, 1 millisecond to 1 day. Default 1 second.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the setting, its value and its range.</exception>
    public void Validate()
    {
        if (EveryEvents < 0)
            throw new ArgumentOutOfRangeException(nameof(EveryEvents), EveryEvents, "must be 0 or more events");
        if (Keep is < 1 or > KeepMax)
            throw new ArgumentOutOfRangeException(nameof(Keep), Keep, $"must be 1 to {KeepMax} snapshots");
        if (CheckInterval < TimeSpan.FromMilliseconds(1) || CheckInterval > TimeSpan.FromDays(1))
            throw new ArgumentOutOfRangeException(nameof(CheckInterval), CheckInterval, "must be 1 millisecond to 1 day");
    }
}
