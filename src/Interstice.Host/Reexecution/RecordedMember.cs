using Interstice.Host.Abi;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reexecution;

/// <summary>A module whose recorded calls are run again, or that takes part in those of another: its tables where the walk stands, and the
/// build that runs on them.</summary>
/// <param name="group">The modules that take part.</param>
/// <param name="projection">The module.</param>
/// <param name="cursor">Reads its stream.</param>
internal sealed class RecordedMember(RecordedGroup group, ModuleProjection projection, HistoryCursor cursor) : IGroupMember, IModuleCalls
{
    /// <summary>The tables.</summary>
    public ModuleProjection Projection => projection;

    /// <summary>What comes next in its stream.</summary>
    public HistoryCursor Cursor => cursor;

    /// <summary>The build that runs its calls; null when it cannot be run. Of the module that is looked at, its check gives it.</summary>
    public RecordedBuild? Build { get; set; }

    /// <summary>The tables as the build that runs has them, where they are others than the recorded ones; else null.</summary>
    public MappedTables? Mapped { get; set; }

    /// <summary>Declarations of the tables that the build works on.</summary>
    public ModuleSchema Schema => Mapped?.State.Schema ?? projection.Schema!;

    /// <inheritdoc/>
    public string Module => projection.Module;

    /// <inheritdoc/>
    public LoadedModule? Loaded => Build?.Loaded;

    /// <inheritdoc/>
    public CallWatch Watch => group.Watch;

    /// <inheritdoc/>
    public (CallRefusal Kind, string Reason)? Obstacle =>
        Build is null ? (CallRefusal.Unavailable, $"the build of module {Module} cannot be run") : null;

    /// <summary>Makes an instance of a build over the tables.</summary>
    /// <param name="candidate">The build; not disposed with it.</param>
    /// <param name="limits">What a call may use.</param>
    /// <exception cref="ModuleRefusedException">It cannot be linked or its initialisation trapped.</exception>
    public RecordedBuild Create(PublicationCandidate candidate, ModuleLimits limits) =>
        RecordedBuild.Create(candidate, Mapped?.State ?? projection.State!, limits, group.Watch, this);

    /// <summary>The part that it has in a transaction, if that is what comes next in its stream; empty if it has none.</summary>
    public ReadOnlySpan<RecordedEvent> FindPart(TransactionId transaction)
    {
        if (!cursor.TryRead()) return default;
        ReadOnlySpan<RecordedEvent> next = cursor.Current;
        if (!EventTypes.IsOfTransaction(next[0].Type) || TransactionId.OfEvent(next[0].Id, out _) != transaction) return default;
        return projection.IsLastVoid || RecordedCall.Read(next[0].Metadata).Epoch < projection.Epoch ? default : next;
    }

    /// <inheritdoc/>
    int IModuleCalls.Call(HostImports caller, string module, string reducer, ReadOnlySpan<byte> arguments) =>
        group.Calls.Call(this, caller, module, reducer, arguments);
}
