using Interstice.Host.Idempotency;
using Interstice.Host.Ownership;
using Interstice.Host.Reducers;
using Interstice.Host.Snapshots;
using Interstice.Host.Subscriptions;

namespace Interstice.Host.Modules;

/// <summary>Settings of a <see cref="ModuleHost"/>.</summary>
public sealed record ModuleHostOptions
{
    /// <summary>What one call may use.</summary>
    public ModuleLimits Limits { get; init; } = new();

    /// <summary>Bounds of each module's loop.</summary>
    public LoopOptions Loop { get; init; } = new();

    /// <summary>How long each module keeps idempotency keys.</summary>
    public KeyRetention Keys { get; init; } = KeyRetention.Default;

    /// <summary>How modules are shared with other hosts.</summary>
    public ReplicaOptions Replicas { get; init; } = new();

    /// <summary>How subscriptions between modules are delivered.</summary>
    public SubscriptionOptions Subscriptions { get; init; } = new();

    /// <summary>When snapshots are taken; means something only where the host has a place for them.</summary>
    public SnapshotOptions Snapshots { get; init; } = new();
}
