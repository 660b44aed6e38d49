using Interstice.Host.Projections;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reexecution;

/// <summary>Looks at the recorded calls of a module, one after another, over the state that each was made on.</summary>
internal interface IHistoryCheck
{
    /// <summary>A build is in force from here on.</summary>
    /// <param name="projection">The tables, and the build.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    void TakeUp(ModuleProjection projection, CancellationToken cancellationToken);

    /// <summary>Looks at a call.</summary>
    /// <param name="call">Its record; borrowed.</param>
    /// <param name="events">Its events; borrowed.</param>
    /// <param name="projection">The state before it; may not be changed.</param>
    void Check(in RecordedCall call, ReadOnlySpan<RecordedEvent> events, ModuleProjection projection);

    /// <summary>A transaction, made by a call or by the host, has been applied as it is recorded.</summary>
    /// <param name="call">Its record; borrowed.</param>
    /// <param name="first">Its first event.</param>
    /// <param name="projection">The state after it.</param>
    void Applied(in RecordedCall call, in RecordedEvent first, ModuleProjection projection);
}
