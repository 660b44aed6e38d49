namespace Interstice.Host.Ownership;

/// <summary>How a host shares its modules with other hosts (docs/replicas.md). Means nothing on a store that one process has for
/// itself.</summary>
public sealed record ReplicaOptions
{
    /// <summary>How many heartbeats of the owner are missed before another host takes over.</summary>
    public const int MissedMax = 3;

    /// <summary>Shortest <see cref="HeartbeatInterval"/>.</summary>
    public static readonly TimeSpan HeartbeatIntervalMin = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest <see cref="HeartbeatInterval"/>.</summary>
    public static readonly TimeSpan HeartbeatIntervalMax = TimeSpan.FromMinutes(1);

    /// <summary>How long after a heartbeat the owner of a module writes the next one at the latest, 50 milliseconds to one minute. Default 1
    /// second.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether the host only follows: it never takes a module over.</summary>
    public bool FollowsOnly { get; init; }

    /// <summary>Name of the host, for people, at most 256 characters. Default the machine's.</summary>
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>Where the host takes calls, as other hosts tell their callers, at most 2048 characters; empty to say nothing.</summary>
    public string Url { get; init; } = "";

    /// <summary>Refuses values outside the ranges given above.</summary>
    /// <exception cref="ArgumentException">Names the property.</exception>
    public void Validate()
    {
        if (HeartbeatInterval < HeartbeatIntervalMin || HeartbeatInterval > HeartbeatIntervalMax)
            throw new ArgumentOutOfRangeException(nameof(HeartbeatInterval), HeartbeatInterval, "must be 50 ms to 1 minute");
        ArgumentNullException.ThrowIfNull(Name);
        ArgumentNullException.ThrowIfNull(Url);
        if (Name.Length > 256) throw new ArgumentOutOfRangeException(nameof(Name), Name.Length, "must have at most 256 characters");
        if (Url.Length > 2048) throw new ArgumentOutOfRangeException(nameof(Url), Url.Length, "must have at most 2048 characters");
    }
}
