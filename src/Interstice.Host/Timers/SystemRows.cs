using System.Buffers.Binary;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Host.Timers;

/// <summary>Reads and writes rows of the host's tables.</summary>
internal static class SystemRows
{
    private const int KeyBytes = sizeof(ulong);

    /// <summary>One of the host's tables of a module that is published.</summary>
    public static Table TableOf(ModuleProjection projection, string name) => projection.State!.FindTable(name)!;

    /// <summary>The timer that is tried first, if there is one.</summary>
    public static bool TryFindFirstTimer(ModuleProjection projection, out ReadOnlySpan<byte> row)
    {
        Table timers = TableOf(projection, SystemTables.Timers);
        row = default;
        if (timers.Count == 0) return false;
        foreach (ReadOnlySpan<byte> first in timers.Scan(TimerRow.ByNext, KeyRange.All, descending: false))
        {
            row = first;
            return true;
        }

        return false;
    }

    /// <summary>What is parked under a number, or null.</summary>
    public static ParkedRow? FindParked(ModuleProjection projection, ulong id)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt64BigEndian(key, id);
        return TableOf(projection, SystemTables.Parked).TryGet(0, key, out ReadOnlySpan<byte> row) ? ParkedRow.Read(row) : null;
    }

    /// <summary>Number of a table of the host's.</summary>
    public static int NumberOf(ModuleSchema schema, string name) => schema.FindTable(name)!.Number;

    /// <summary>Puts the timer that follows in the place of one, or takes it out where none follows.</summary>
    public static void Replace(MutationOverlay overlay, TimerRow timer, TimerRow? next)
    {
        int table = NumberOf(overlay.Schema, SystemTables.Timers);
        if (next is null)
        {
            Delete(overlay, SystemTables.Timers, timer.Id);
            return;
        }

        using var row = new PayloadWriter();
        next.Write(row);
        ExpectDone(overlay.Update(table, row.Written));
    }

    /// <summary>Parks.</summary>
    public static void Insert(MutationOverlay overlay, ParkedRow parked)
    {
        using var row = new PayloadWriter();
        parked.Write(row);
        Insert(overlay, SystemTables.Parked, row.Written);
    }

    /// <summary>Adds a row that is not there.</summary>
    public static void Insert(MutationOverlay overlay, string table, ReadOnlySpan<byte> row) =>
        ExpectDone(overlay.Insert(NumberOf(overlay.Schema, table), row, out _));

    /// <summary>Takes a row out.</summary>
    /// <returns>Whether it was there.</returns>
    public static bool Delete(MutationOverlay overlay, string table, ulong id)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt64BigEndian(key, id);
        return overlay.Delete(NumberOf(overlay.Schema, table), key);
    }

    private static void ExpectDone(WriteOutcome outcome)
    {
        if (!outcome.IsDone) throw new InvalidOperationException($"a row of the host could not be written: {outcome}");
    }
}
