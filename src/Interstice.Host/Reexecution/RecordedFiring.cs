using Interstice.Host.Reducers;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reexecution;

/// <summary>What a timer gave a recorded call: it follows from the timer's row, which the host wrote in front of the call's own effects, and
/// from the time of the call.</summary>
internal static class RecordedFiring
{
    /// <summary>Looks for a firing.</summary>
    /// <param name="call">The record.</param>
    /// <param name="first">The transaction's first event.</param>
    /// <returns>What the host wrote before the call, and what the call may ask; nulls for a call that no timer made.</returns>
    public static (HostRows? Rows, TimerFiring? Firing) Find(in RecordedCall call, in RecordedEvent first)
    {
        if (call.Caller != HostIdentity.Value || !TryReadOldRow(first, out ReadOnlySpan<byte> table, out ReadOnlySpan<byte> row)) return default;
        if (table.SequenceEqual("_timers"u8))
        {
            var timer = TimerRow.Read(row);
            ulong ticks = TimerRules.TicksOf(timer, call.TimeUs);
            TimerRow? next = TimerRules.Behind(timer, ticks);
            return (overlay => SystemRows.Replace(overlay, timer, next), new(timer.Id, timer.DueUs, ticks, timer.Attempts + 1));
        }

        if (!table.SequenceEqual("_parked"u8)) return default;
        var parked = ParkedRow.Read(row);
        HostRows takeOut = overlay => SystemRows.Delete(overlay, SystemTables.Parked, parked.Id);
        return (takeOut, parked.Timer == 0 ? null : new(parked.Timer, parked.DueUs, parked.Ticks, parked.Attempts + 1));
    }

    private static bool TryReadOldRow(in RecordedEvent recorded, out ReadOnlySpan<byte> table, out ReadOnlySpan<byte> row)
    {
        table = row = default;
        return recorded.Type switch
        {
            EventTypes.RowUpdated => RowEvent.TryReadUpdate(recorded.Data.Span, out table, out row, out _),
            EventTypes.RowDeleted => RowEvent.TryRead(recorded.Data.Span, out table, out row),
            _ => false,
        };
    }
}
