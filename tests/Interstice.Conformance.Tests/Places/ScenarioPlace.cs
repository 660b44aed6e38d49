using Interstice.Kernel.Events;

namespace Interstice.Conformance.Tests.Places;

/// <summary>Where scenarios are played: a store that outlives hosts which are killed.</summary>
internal abstract class ScenarioPlace : IAsyncDisposable
{
    /// <summary>The store, as a host that starts now finds it. The place closes it.</summary>
    public abstract Task<IEventStore> ConnectAsync();

    /// <summary>What a process that is killed now leaves behind is what the next host finds.</summary>
    public abstract Task KillAsync();

    public abstract ValueTask DisposeAsync();
}
