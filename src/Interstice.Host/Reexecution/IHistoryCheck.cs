using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Reexecution;

/// <summary>Looks at the recorded calls of a module, one after another, over the state that each was made on.</summary>
internal interface IHistoryCheck
{
    /// <summary>A build is in force from here on.</summary>
    /// <param name="main">The module: its tables, and its publication. Gets the build that runs its calls.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    void TakeUp(RecordedMember main, CancellationToken cancellationToken);

    /// <summary>Reducers of migrations have run with a publication, which is in force by now.</summary>
    /// <param name="before">The tables before it. Nothing was written to those behind it yet.</param>
    /// <param name="published">The publication, with what they wrote.</param>
    /// <param name="main">The module.</param>
    void Migrated(ModuleState before, ModulePublished published, RecordedMember main)
    {
    }

    /// <summary>Looks at a call.</summary>
    /// <param name="transaction">The call; no state may be changed.</param>
    /// <returns>Whether the module has to do with it.</returns>
    bool Check(in RecordedTransaction transaction);

    /// <summary>A transaction, made by a call or by the host, has been applied as it is recorded.</summary>
    /// <param name="call">The record of the module's part; borrowed.</param>
    /// <param name="events">Its events; borrowed.</param>
    /// <param name="projection">The state after it.</param>
    void Applied(in RecordedCall call, ReadOnlySpan<RecordedEvent> events, ModuleProjection projection);
}
