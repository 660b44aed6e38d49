using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables;

/// <content>What <see cref="TableLoader"/> and <see cref="TableReplay"/> do: filling a table whose indexes are built at once.</content>
public sealed partial class Table
{
    internal RowHeap Heap => _rows;

    internal IEnumerable<TableIndex> SecondaryIndexes => _indexes.Skip(1);

    internal uint AddLoaded(ReadOnlySpan<byte> row)
    {
        _ = Index(0);
        uint reference = _rows.Add(row);
        Add(row);
        return reference;
    }

    internal void CompleteLoading(ReadOnlySpan<uint> references, ulong counter)
    {
        foreach (TableIndex index in _indexes)
        {
            bool isPrimary = index.Schema.Number == 0;
            if (!index.Tree.TryBuild(references, areInOrder: isPrimary))
            {
                string problem = isPrimary ? "rows to be loaded do not stand in its order" : "a row is there twice";
                throw new ProjectionDivergedException(Schema, $"index \"{index.Schema.Name}\"", [], [], [], problem);
            }

            ThrowIfDuplicate(index);
        }

        SetCounter(counter);
    }

    internal StateHash HashOf(ReadOnlySpan<byte> row) =>
        Schema.Kind == TableKind.Logged ? RowHash.Compute(_seed, row) : StateHash.Zero;

    internal void AddReplayedHash(StateHash difference) => AddHash(difference);

    internal void TakeReplayed(long count, long payloadBytes, ulong counter)
    {
        Count = count;
        PayloadBytes = payloadBytes;
        SetCounter(counter);
    }

    internal void SetReplayedCounter(ulong counter) => SetCounter(counter);

    internal uint[] ReferencesInOrder()
    {
        uint[] references = new uint[Count];
        RowScan rows = Scan(0, KeyRange.All, descending: false);
        for (int i = 0; rows.MoveNext(); i++) references[i] = rows.CurrentReference;
        return references;
    }
}
