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

    internal void CompleteLoading(uint[] references, ulong counter, Action<int, Action<int>> runAll)
    {
        bool[] areBuilt = new bool[_indexes.Length];
        runAll(_indexes.Length, i => areBuilt[i] = _indexes[i].Tree.TryBuild(references, areInOrder: i == 0));
        for (int i = 0; i < areBuilt.Length; i++)
        {
            if (!areBuilt[i])
            {
                string problem = i == 0 ? "rows to be loaded do not stand in its order" : "a row is there twice";
                throw new ProjectionDivergedException(Schema, $"index \"{_indexes[i].Schema.Name}\"", [], [], [], problem);
            }

            ThrowIfDuplicate(_indexes[i]);
        }

        SetCounter(counter);
    }

    internal StateHash HashOf(ReadOnlySpan<byte> row) =>
        Schema.Kind == TableKind.Logged ? RowHash.Compute(_seed, row) : StateHash.Zero;

    internal void AddReplayedHash(StateHash difference) => AddHash(difference);

    /// <summary>Empties the indexes that a replay builds at its end, and takes the rows out of the hash, unless that is kept up.</summary>
    /// <returns>All rows, in the order of the primary key.</returns>
    internal uint[] BeginReplayed(bool keepsHash)
    {
        uint[] references = ReferencesInOrder();
        foreach (TableIndex index in _indexes)
            if (index.Schema.Number == 0 || !index.Schema.IsUnique) index.Tree.Clear();
        if (!keepsHash) AddHash(_counterHash - Hash);
        return references;
    }

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
