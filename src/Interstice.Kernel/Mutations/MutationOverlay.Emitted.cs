using System.Runtime.InteropServices;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Mutations;

/// <content>Rows of event tables: the transaction that emitted them reads them, in the order in which it did.</content>
public sealed partial class MutationOverlay
{
    /// <summary>Finds the next emitted row of an event table among the steps.</summary>
    /// <param name="table">Number of the table.</param>
    /// <param name="step">Where to begin; where it was found after.</param>
    /// <param name="end">The step to stop before.</param>
    /// <param name="direction">1, or -1 for backwards.</param>
    internal bool TryFindEmitted(int table, ref int step, int end, int direction)
    {
        ReadOnlySpan<Step> steps = CollectionsMarshal.AsSpan(_steps);
        for (; step != end; step += direction)
            if (steps[step].Kind == MutationKind.EmitRow && steps[step].Number == table) return true;
        return false;
    }

    internal ReadOnlySpan<byte> Emitted(int step) => _rows.Bytes.AsSpan(_steps[step].Offset, _steps[step].Length);

    private OverlayScan ScanEmitted(Table table, KeyRange range, bool descending)
    {
        if (!range.Lower.IsEmpty || !range.Upper.IsEmpty)
        {
            throw new ArgumentException(
                $"Event table \"{table.Schema.Name}\" has no keys; scan all of it.", nameof(range));
        }

        OverlayScan scan = NewScan();
        scan.OpenEmitted(table, _steps.Count, descending, _scansOpened++);
        return scan;
    }

    private long CountEmitted(int table)
    {
        long count = 0;
        for (int step = 0; TryFindEmitted(table, ref step, _steps.Count, direction: 1); step++) count++;
        return count;
    }
}
