using Interstice.Kernel.Events;

namespace Interstice.Host.Reexecution;

/// <summary>A recorded call where the walk stands before it. Borrowed.</summary>
/// <param name="group">The modules that take part.</param>
/// <param name="caller">The module that was called from outside; not always the one that is looked at.</param>
/// <param name="call">The record.</param>
/// <param name="events">The events in that module's stream.</param>
internal readonly ref struct RecordedTransaction(
    RecordedGroup group, RecordedMember caller, RecordedCall call, ReadOnlySpan<RecordedEvent> events)
{
    /// <summary>The modules that take part.</summary>
    public RecordedGroup Group => group;

    /// <summary>The module that was called from outside.</summary>
    public RecordedMember Caller => caller;

    /// <summary>The record.</summary>
    public RecordedCall Call { get; } = call;

    /// <summary>The events in the stream of the module that was called from outside; one or more.</summary>
    public ReadOnlySpan<RecordedEvent> Events { get; } = events;

    /// <summary>The first event that the call itself may have made: behind the commit point, where there is one.</summary>
    public RecordedEvent FirstOfCall => Events[HasCommitPoint && Events.Length > 1 ? 1 : 0];

    /// <summary>Whether the parts of other modules are written behind it, one after the other.</summary>
    public bool HasCommitPoint => Events[0].Type == EventTypes.GroupCommitted;

    /// <summary>Whether the module that is looked at was called from outside.</summary>
    public bool IsOwn => caller == group.Main;

    /// <summary>The part that a module has in it besides that of <see cref="Caller"/>; empty for none.</summary>
    public ReadOnlySpan<RecordedEvent> PartOf(RecordedMember member) => member.FindPart(TransactionId.OfEvent(Events[0].Id, out _));

    /// <summary>Whether the record says that the module which is looked at has a part in it.</summary>
    public bool ConcernsMain => IsOwn || !PartOf(group.Main).IsEmpty;

    /// <summary>Name of a reducer of the caller as those who look at the other module know it.</summary>
    public string NameOf(string reducer) => IsOwn ? reducer : $"{caller.Module}.{reducer}";
}
