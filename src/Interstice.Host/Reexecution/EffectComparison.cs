using System.Text;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reexecution;

/// <summary>Compares what a call did with what is recorded: on canonical bytes, and in words only where something differs.</summary>
/// <param name="transaction">The call.</param>
/// <param name="reducer">Its reducer, in the build that ran.</param>
/// <param name="differences">Takes what differs.</param>
internal readonly ref struct EffectComparison(RecordedTransaction transaction, ReducerSchema reducer, List<EffectDifference> differences)
{
    // Behind the version and the length of the name.
    private const int NameAt = 1 + sizeof(uint);

    private static readonly string[] Types =
    [
        EventTypes.RowInserted, EventTypes.RowUpdated, EventTypes.RowDeleted, EventTypes.EventEmitted, EventTypes.EventEmitted,
    ];

    private static readonly byte[] Timers = Encoding.UTF8.GetBytes(SystemTables.Timers);

    private readonly RecordedTransaction _transaction = transaction;

    /// <summary>Compares the changes and the return value of the module that was called from outside.</summary>
    /// <param name="loaded">The build that ran.</param>
    /// <param name="mutations">What it did.</param>
    /// <returns>Whether they are those of the events, in their order.</returns>
    public bool Compare(LoadedModule loaded, MutationSet mutations)
    {
        RecordedMember caller = _transaction.Caller;
        ReadOnlySpan<RecordedEvent> events = EventsOf(caller, _transaction.Events);
        bool isEqual = AreEqual(loaded, caller.Mapped, mutations, events);
        if (!isEqual) Describe(caller, loaded, mutations, events);
        RecordedCall call = _transaction.Call;
        if (call.Result.SequenceEqual(loaded.Runner.Result)) return isEqual;
        DataType? recordedType = caller.Projection.Schema!.FindReducer(reducer.Name)?.Result;
        if (caller.Mapped is not null && OtherTypes.Convert(recordedType, reducer.Result, call.Result) is { } converted
            && converted.AsSpan().SequenceEqual(loaded.Runner.Result)) return isEqual;
        Add(
            caller,
            _transaction.Events[0].Revision,
            EffectKind.Result,
            EffectText.OfResult(recordedType, call.HasResult, call.Result),
            EffectText.OfResult(reducer.Result, reducer.Result is not null, loaded.Runner.Result));
        return false;
    }

    /// <summary>Compares the changes of another module.</summary>
    /// <param name="member">The module.</param>
    /// <param name="mutations">What the call did there; null where it has not been.</param>
    /// <returns>Whether they are those of its part, in their order.</returns>
    public bool ComparePart(RecordedMember member, MutationSet? mutations)
    {
        ReadOnlySpan<RecordedEvent> part = _transaction.PartOf(member);
        if (part.IsEmpty && (mutations is null || mutations.LoggedCount == 0)) return true;
        ReadOnlySpan<RecordedEvent> events = EventsOf(member, part);
        if (AreEqual(member.Loaded, member.Mapped, mutations, events)) return true;

        // At the end of a log that grows, a part may be still to be written.
        if (part.IsEmpty && _transaction.HasCommitPoint && !member.Cursor.TryRead()) return true;
        Describe(member, member.Loaded, mutations, events);
        return false;
    }

    // As a build with other tables would have recorded them.
    private static ReadOnlySpan<RecordedEvent> EventsOf(RecordedMember member, ReadOnlySpan<RecordedEvent> events) =>
        member.Mapped is { } mapped && !events.IsEmpty ? mapped.Map(events) : events;

    private static bool AreEqual(LoadedModule? loaded, MappedTables? mapped, MutationSet? mutations, ReadOnlySpan<RecordedEvent> events)
    {
        int at = 0;
        for (int i = 0; i < (mutations?.Count ?? 0); i++)
        {
            Mutation mutation = mutations![i];
            if (IsPassedOver(loaded!, mapped, mutation)) continue;
            while (at < events.Length && IsPassedOver(mapped, events[at])) at++;
            if (at == events.Length || !IsEqual(loaded!, mapped, mutation, events[at++])) return false;
        }

        while (at < events.Length && IsPassedOver(mapped, events[at])) at++;
        return at == events.Length;
    }

    private void Describe(RecordedMember member, LoadedModule? loaded, MutationSet? mutations, ReadOnlySpan<RecordedEvent> events)
    {
        (ModuleSchema schema, MappedTables? mapped) = (member.Schema, member.Mapped);
        Revision first = events.IsEmpty ? member.Projection.Revision.Next : events[0].Revision;
        int at = 0;
        for (int i = 0; i < (mutations?.Count ?? 0); i++)
        {
            Mutation mutation = mutations![i];
            if (IsPassedOver(loaded!, mapped, mutation)) continue;
            while (at < events.Length && IsPassedOver(mapped, events[at])) at++;
            bool isRecorded = at < events.Length;
            if (!isRecorded || !IsEqual(loaded!, mapped, mutation, events[at]))
            {
                Add(
                    member,
                    isRecorded ? events[at].Revision : first,
                    EffectKind.Event,
                    isRecorded ? EffectText.OfEvent(schema, events[at]) : "no further event",
                    EffectText.OfMutation(loaded!, mutation));
            }

            at++;
        }

        for (; at < events.Length; at++)
        {
            if (IsPassedOver(mapped, events[at])) continue;
            Add(member, events[at].Revision, EffectKind.Event, EffectText.OfEvent(schema, events[at]), "no further event");
        }
    }

    private void Add(RecordedMember member, Revision revision, EffectKind kind, string expected, string found)
    {
        string known = _transaction.NameOf(reducer.Name);
        string text = EffectText.OfCall(known, reducer.Arguments, _transaction.Call.Arguments.Span);
        differences.Add(new(revision, known, text, kind, expected, found)
        {
            Module = member == _transaction.Group.Main ? null : member.Module,
        });
    }

    // What the host writes into its own tables with a call (when a timer is due again, how far a subscription has come) is no effect of the
    // reducer, and a guest can read none of it. Of those tables only the timers that a guest sets are compared.
    private static bool IsPassedOver(LoadedModule loaded, MappedTables? mapped, in Mutation mutation)
    {
        if (!mutation.IsLogged) return true;
        if (mutation.Kind == MutationKind.Emit) return false;
        if (mapped is not null && IsUnseen(mapped, mutation)) return true;
        ReadOnlySpan<byte> table = loaded.TableName(mutation.Number);
        return table[0] == (byte)'_' && !(mutation.Kind == MutationKind.Insert && table.SequenceEqual(Timers));
    }

    // What recorded calls could not have done: rows of tables, and values of columns, that were not there.
    private static bool IsUnseen(MappedTables mapped, in Mutation mutation) =>
        !mapped.IsCompared(mutation.Number)
        || (mutation.Kind == MutationKind.Update && mapped.AreAlike(mutation.Number, mutation.OldRow, mutation.NewRow));

    private static bool IsPassedOver(MappedTables? mapped, in RecordedEvent recorded)
    {
        // A call with an idempotency key that changed nothing has an event that says no more than that, and a commit point tells of others.
        if (EventTypes.ChangesNothing(recorded.Type)) return true;
        ReadOnlySpan<byte> payload = recorded.Data.Span;
        if (mapped is not null && recorded.Type == EventTypes.RowUpdated
            && RowEvent.TryReadUpdate(payload, out ReadOnlySpan<byte> table, out ReadOnlySpan<byte> oldRow, out ReadOnlySpan<byte> newRow)
            && mapped.AreAlike(table, oldRow, newRow)) return true;
        if (payload.Length <= NameAt || payload[NameAt] != (byte)'_') return false;
        return recorded.Type != EventTypes.RowInserted
            || !RowEvent.TryRead(payload, out ReadOnlySpan<byte> name, out _)
            || !name.SequenceEqual(Timers);
    }

    private static bool IsEqual(LoadedModule loaded, MappedTables? mapped, in Mutation mutation, in RecordedEvent recorded)
    {
        if (recorded.Type != Types[(int)mutation.Kind]) return false;
        ReadOnlySpan<byte> name;
        ReadOnlySpan<byte> newRow;
        if (mutation.Kind == MutationKind.Update)
        {
            return RowEvent.TryReadUpdate(recorded.Data.Span, out name, out ReadOnlySpan<byte> oldRow, out newRow)
                && name.SequenceEqual(loaded.TableName(mutation.Number))
                && AreAlike(mapped, mutation, newRow, mutation.NewRow)
                && AreAlike(mapped, mutation, oldRow, mutation.OldRow);
        }

        ReadOnlySpan<byte> row = mutation.Kind == MutationKind.Delete ? mutation.OldRow : mutation.NewRow;
        ReadOnlySpan<byte> expected = mutation.Kind == MutationKind.Emit ? loaded.EventName(mutation.Number) : loaded.TableName(mutation.Number);
        return RowEvent.TryRead(recorded.Data.Span, out name, out newRow) && name.SequenceEqual(expected) && AreAlike(mapped, mutation, newRow, row);
    }

    private static bool AreAlike(MappedTables? mapped, in Mutation mutation, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.SequenceEqual(right) || (mapped is not null && mutation.Kind != MutationKind.Emit && mapped.AreAlike(mutation.Number, left, right));
}
