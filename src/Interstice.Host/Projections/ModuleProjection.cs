using Interstice.Host.Idempotency;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Projections;

/// <summary>What a module's stream says: its tables, its build, its owner. The only writer of tables, for live commits and
/// replay alike.</summary>
/// <remarks>
/// Invariants: the tables are those of <see cref="Revision"/>; each transaction applied live can be undone, newest first, until
/// it is released; replay never goes past a transaction whose events are not all there. Used by one thread at a time. No
/// module code runs here: a projection knows no engine.
/// </remarks>
public sealed partial class ModuleProjection
{
    /// <summary>Makes the projection of an empty stream.</summary>
    /// <param name="module">Name of the module.</param>
    /// <param name="keys">How long idempotency keys are kept; null for the default.</param>
    public ModuleProjection(string module, KeyRetention? keys = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(module);
        Keys = new(keys ?? KeyRetention.Default);
        Module = module;
        _links = new EventChain(StreamNames.Module(module));
        Revision = Revision.None;
        PublishedAt = Revision.None;
    }

    /// <summary>Name of the module.</summary>
    public string Module { get; }

    /// <summary>Last revision applied.</summary>
    public Revision Revision { get; private set; }

    /// <summary>The build in force, or null before the first publication.</summary>
    public ModulePublished? Published { get; private set; }

    /// <summary>Revision of <see cref="Published"/>.</summary>
    public Revision PublishedAt { get; private set; }

    /// <summary>Declarations of the build in force, or null before the first publication.</summary>
    public ModuleSchema? Schema { get; private set; }

    /// <summary>The tables, or null before the first publication.</summary>
    public ModuleState? State { get; private set; }

    /// <summary>Epoch of the host that owns the stream; 0 before the first.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>The host that owns the stream; null before the first, and when a snapshot is newer than its
    /// <see cref="OwnershipTaken"/>.</summary>
    public Guid? Owner { get; private set; }

    /// <summary>Transactions applied.</summary>
    public long TransactionCount { get; private set; }

    /// <summary>Hash of all logged rows and counters.</summary>
    public StateHash StateHash => State?.Hash ?? default;

    /// <summary>Puts a build in force.</summary>
    /// <param name="published">The event.</param>
    /// <param name="next">What <see cref="Prepare"/> gave for its schema.</param>
    /// <param name="revision">Revision of the event.</param>
    public void Publish(ModulePublished published, Preview next, Revision revision)
    {
        ArgumentNullException.ThrowIfNull(published);
        ArgumentNullException.ThrowIfNull(next);
        Published = published.Effects.IsEmpty ? published : published with { Effects = [] }; // rows are in the tables by now
        PublishedAt = revision;
        CommitPoint = Revision.None;
        Schema = next.Schema;
        if (!published.Steps.IsEmpty) RecordedHash = null;
        if (!ReferenceEquals(State, next.State)) BindTables(next.State);
        if (_isReplaying && !ReferenceEquals(State, next.State)) BeginTables(next.State);
        State = next.State;
        Revision = revision;
    }

    /// <summary>Takes note of an owner.</summary>
    public void TakeOwnership(OwnershipTaken taken)
    {
        ArgumentNullException.ThrowIfNull(taken);
        (Owner, Epoch) = (taken.Host, taken.Epoch);
        _isVoid = false;
    }

    /// <summary>Goes back to the owner before: the event that named a newer one was undone.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="isLastVoid">Whether the stream ended void then, as it does again.</param>
    public void RestoreOwner(Guid? owner, ulong epoch, bool isLastVoid) => (Owner, Epoch, _isVoid) = (owner, epoch, isLastVoid);

    /// <summary>Moves to the revision of the last event of what was applied live.</summary>
    public void Advance(Revision revision) => Revision = revision;

    /// <summary>Tables under a build that is not in force yet.</summary>
    /// <param name="Schema">Its declarations.</param>
    /// <param name="State">The tables; until <see cref="Publish"/> nothing may be written to them.</param>
    public sealed record Preview(ModuleSchema Schema, ModuleState State);
}
