using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Migrations;

/// <summary>Writes the rows of one table anew, each through all stages, into an empty one.</summary>
/// <param name="draft">The stages.</param>
/// <param name="source">The rows that are there.</param>
/// <param name="target">Takes the new ones.</param>
internal sealed class RowMigration(TableDraft draft, Table source, Table target)
{
    private readonly RowConversion _conversion = new(draft, source.Schema, target.Schema);

    // One that the column's new type has no place for is found out from the rows, which have one.
    private ulong CounterToKeep => draft.KeepsCounter && source.Counter <= target.AutoIncrement?.Max ? source.Counter : 0;

    /// <summary>Writes them.</summary>
    /// <returns>The table that took them.</returns>
    internal Table Run()
    {
        if (draft.KeepsOrder) Load();
        else Insert();
        return target;
    }

    // Rows come in the order of the primary key, so that indexes are built at once.
    private void Load()
    {
        var loader = new TableLoader(target);
        foreach (ReadOnlySpan<byte> row in source.Scan(0, KeyRange.All, descending: false)) loader.Add(_conversion.Convert(row));
        loader.Complete(Math.Max(CounterToKeep, loader.CounterMin));
    }

    private void Insert()
    {
        foreach (ReadOnlySpan<byte> row in source.Scan(0, KeyRange.All, descending: false)) target.Release(target.Insert(_conversion.Convert(row)));
        if (CounterToKeep > target.Counter) target.SetReplayedCounter(CounterToKeep);
        target.ThrowIfDuplicate();
    }
}
