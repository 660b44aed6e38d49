using System.Text;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reexecution;

/// <summary>Compares what a call did with what is recorded: on canonical bytes, and in words only where something differs.</summary>
internal static class EffectComparison
{
    private static readonly string[] Types =
    [
        EventTypes.RowInserted, EventTypes.RowUpdated, EventTypes.RowDeleted, EventTypes.EventEmitted, EventTypes.EventEmitted,
    ];

    // Behind the version and the length of the name.
    private const int NameAt = 1 + sizeof(uint);

    private static readonly byte[] Timers = Encoding.UTF8.GetBytes(SystemTables.Timers);

    /// <summary>Whether the effects are those of the events, in their order, and the return value is the same.</summary>
    /// <param name="loaded">The build that ran.</param>
    /// <param name="mutations">What it did.</param>
    /// <param name="call">The record.</param>
    /// <param name="events">The events.</param>
    public static bool AreEqual(
        LoadedModule loaded,
        MutationSet mutations,
        in RecordedCall call,
        ReadOnlySpan<RecordedEvent> events)
    {
        int at = 0;
        foreach (Mutation mutation in mutations)
        {
            if (IsPassedOver(loaded, mutation)) continue;
            while (at < events.Length && IsPassedOver(events[at])) at++;
            if (at == events.Length || !IsEqual(loaded, mutation, events[at++])) return false;
        }

        while (at < events.Length && IsPassedOver(events[at])) at++;
        return at == events.Length && call.Result.SequenceEqual(loaded.Runner.Result);
    }

    /// <summary>Says what differs.</summary>
    /// <param name="loaded">The build that ran.</param>
    /// <param name="recordedSchema">Declarations that the events were written under.</param>
    /// <param name="mutations">What it did.</param>
    /// <param name="reducer">The reducer.</param>
    /// <param name="call">The record.</param>
    /// <param name="events">The events.</param>
    /// <param name="differences">Takes the differences.</param>
    public static void Describe(
        LoadedModule loaded,
        ModuleSchema recordedSchema,
        MutationSet mutations,
        ReducerSchema reducer,
        in RecordedCall call,
        ReadOnlySpan<RecordedEvent> events,
        List<EffectDifference> differences)
    {
        string text = EffectText.OfCall(reducer.Name, reducer.Arguments, call.Arguments.Span);
        int at = 0;
        foreach (Mutation mutation in mutations)
        {
            if (IsPassedOver(loaded, mutation)) continue;
            while (at < events.Length && IsPassedOver(events[at])) at++;
            bool isRecorded = at < events.Length;
            if (!isRecorded || !IsEqual(loaded, mutation, events[at]))
            {
                differences.Add(new(
                    events[isRecorded ? at : 0].Revision,
                    reducer.Name,
                    text,
                    EffectKind.Event,
                    isRecorded ? EffectText.OfEvent(recordedSchema, events[at]) : "no further event",
                    EffectText.OfMutation(loaded, mutation)));
            }

            at++;
        }

        for (; at < events.Length; at++)
        {
            if (IsPassedOver(events[at])) continue;
            differences.Add(new(
                events[at].Revision,
                reducer.Name,
                text,
                EffectKind.Event,
                EffectText.OfEvent(recordedSchema, events[at]),
                "no further event"));
        }

        bool hasResult = reducer.Result is not null;
        if (call.Result.SequenceEqual(loaded.Runner.Result)) return;
        DataType? recordedType = recordedSchema.FindReducer(reducer.Name)?.Result;
        differences.Add(new(
            events[0].Revision,
            reducer.Name,
            text,
            EffectKind.Result,
            EffectText.OfResult(recordedType, call.HasResult, call.Result),
            EffectText.OfResult(reducer.Result, hasResult, loaded.Runner.Result)));
    }

    // What the host writes into its own tables with a call (when a timer is due again, how far a subscription has come) is no effect of the
    // reducer, and a guest can read none of it. Of those tables only the timers that a guest sets are compared.
    private static bool IsPassedOver(LoadedModule loaded, in Mutation mutation)
    {
        if (!mutation.IsLogged) return true;
        if (mutation.Kind == MutationKind.Emit) return false;
        ReadOnlySpan<byte> table = loaded.TableName(mutation.Number);
        return table[0] == (byte)'_' && !(mutation.Kind == MutationKind.Insert && table.SequenceEqual(Timers));
    }

    private static bool IsPassedOver(in RecordedEvent recorded)
    {
        // A call with an idempotency key that changed nothing has an event that says no more than that, and a commit point tells of others.
        if (EventTypes.ChangesNothing(recorded.Type)) return true;
        ReadOnlySpan<byte> payload = recorded.Data.Span;
        if (payload.Length <= NameAt || payload[NameAt] != (byte)'_') return false;
        return recorded.Type != EventTypes.RowInserted
            || !RowEvent.TryRead(payload, out ReadOnlySpan<byte> name, out _)
            || !name.SequenceEqual(Timers);
    }

    private static bool IsEqual(LoadedModule loaded, in Mutation mutation, in RecordedEvent recorded)
    {
        if (recorded.Type != Types[(int)mutation.Kind]) return false;
        ReadOnlySpan<byte> name;
        ReadOnlySpan<byte> newRow;
        if (mutation.Kind == MutationKind.Update)
        {
            return RowEvent.TryReadUpdate(recorded.Data.Span, out name, out ReadOnlySpan<byte> oldRow, out newRow)
                && name.SequenceEqual(loaded.TableName(mutation.Number))
                && newRow.SequenceEqual(mutation.NewRow)
                && oldRow.SequenceEqual(mutation.OldRow);
        }

        ReadOnlySpan<byte> row = mutation.Kind == MutationKind.Delete ? mutation.OldRow : mutation.NewRow;
        ReadOnlySpan<byte> expected = mutation.Kind == MutationKind.Emit ? loaded.EventName(mutation.Number) : loaded.TableName(mutation.Number);
        return RowEvent.TryRead(recorded.Data.Span, out name, out newRow) && name.SequenceEqual(expected) && newRow.SequenceEqual(row);
    }
}
