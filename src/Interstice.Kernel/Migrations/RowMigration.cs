using System.Buffers;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Migrations;

/// <summary>Writes the rows of one table anew, each through all stages, into an empty one.</summary>
/// <param name="draft">The stages.</param>
/// <param name="source">The rows that are there.</param>
/// <param name="target">Takes the new ones.</param>
internal sealed class RowMigration(TableDraft draft, Table source, Table target)
{
    private readonly RowStage[] _stages = [.. draft.Stages.Where(stage => !stage.IsIdentity)];
    private readonly ArrayBufferWriter<byte>[] _rows = [new(), new()];

    // One that the column's new type has no place for is found out from the rows, which have one.
    private ulong CounterToKeep => draft.KeepsCounter && source.Counter <= target.AutoIncrement?.Max ? source.Counter : 0;

    internal void Run()
    {
        if (draft.KeepsOrder) Load();
        else Insert();
    }

    // Rows come in the order of the primary key, so that indexes are built at once.
    private void Load()
    {
        var loader = new TableLoader(target);
        foreach (ReadOnlySpan<byte> row in source.Scan(0, KeyRange.All, descending: false)) loader.Add(Convert(row));
        loader.Complete(Math.Max(CounterToKeep, loader.CounterMin));
    }

    private void Insert()
    {
        foreach (ReadOnlySpan<byte> row in source.Scan(0, KeyRange.All, descending: false)) target.Release(target.Insert(Convert(row)));
        if (CounterToKeep > target.Counter) target.SetReplayedCounter(CounterToKeep);
        target.ThrowIfDuplicate();
    }

    private ReadOnlySpan<byte> Convert(ReadOnlySpan<byte> row)
    {
        ReadOnlySpan<byte> converted = row;
        try
        {
            for (int i = 0; i < _stages.Length; i++)
            {
                ArrayBufferWriter<byte> destination = _rows[i & 1];
                destination.ResetWrittenCount();
                _stages[i].Write(converted, destination);
                converted = destination.WrittenSpan;
            }
        }
        catch (MigrationException fault)
        {
            throw new MigrationException(fault.Kind, $"{RowText.Name(source.Schema, row)}: {fault.Message}", fault);
        }

        if (target.Schema.Row.TryValidate(converted, out ValueError error)) return converted;
        throw new MigrationException(MigrationErrorKind.Row, $"{RowText.Name(source.Schema, row)}: {error}");
    }
}
