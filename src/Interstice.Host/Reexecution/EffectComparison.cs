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

    /// <summary>Whether the effects are those of the events, in their order, and the return value is the same.</summary>
    /// <param name="loaded">The build that ran.</param>
    /// <param name="mutations">What it did.</param>
    /// <param name="reducer">The reducer.</param>
    /// <param name="call">The record.</param>
    /// <param name="events">The events.</param>
    public static bool AreEqual(
        LoadedModule loaded,
        MutationSet mutations,
        ReducerSchema reducer,
        in RecordedCall call,
        ReadOnlySpan<RecordedEvent> events)
    {
        if (mutations.LoggedCount != CountEffects(events)) return false;
        int at = 0;
        foreach (Mutation mutation in mutations)
            if (mutation.IsLogged && !IsEqual(loaded, mutation, events[at++])) return false;
        return call.HasResult == reducer.Result is not null && call.Result.SequenceEqual(loaded.Runner.Result);
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
        int effects = CountEffects(events);
        foreach (Mutation mutation in mutations)
        {
            if (!mutation.IsLogged) continue;
            bool isRecorded = at < effects;
            if (!isRecorded || !IsEqual(loaded, mutation, events[at]))
            {
                differences.Add(new(
                    events[isRecorded ? at : 0].Revision,
                    reducer.Name,
                    text,
                    EffectKind.Event,
                    isRecorded ? EffectText.OfEvent(recordedSchema, events[at]) : "no further event",
                    EffectText.OfMutation(loaded.Schema, mutation)));
            }

            at++;
        }

        for (; at < effects; at++)
        {
            differences.Add(new(
                events[at].Revision,
                reducer.Name,
                text,
                EffectKind.Event,
                EffectText.OfEvent(recordedSchema, events[at]),
                "no further event"));
        }

        bool hasResult = reducer.Result is not null;
        if (hasResult == call.HasResult && call.Result.SequenceEqual(loaded.Runner.Result)) return;
        DataType? recordedType = recordedSchema.FindReducer(reducer.Name)?.Result;
        differences.Add(new(
            events[0].Revision,
            reducer.Name,
            text,
            EffectKind.Result,
            EffectText.OfResult(recordedType, call.HasResult, call.Result),
            EffectText.OfResult(reducer.Result, hasResult, loaded.Runner.Result)));
    }

    // A call with an idempotency key that changed nothing has an event that says no more than that.
    private static int CountEffects(ReadOnlySpan<RecordedEvent> events) =>
        events.Length == 1 && events[0].Type == EventTypes.CallRecorded ? 0 : events.Length;

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
