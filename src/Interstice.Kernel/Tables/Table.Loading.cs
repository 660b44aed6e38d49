namespace Interstice.Kernel.Tables;

/// <content>Building indexes at once: what <see cref="TableLoader"/> does, and putting indexes off.</content>
public sealed partial class Table
{
    private bool _defersIndexes;

    /// <summary>Puts off every index that is not unique until <see cref="BuildIndexes"/>: building one at once costs a fraction of entering
    /// rows one by one. Unique ones are kept up, since they say whether a change fits. For projections alone.</summary>
    /// <exception cref="InvalidOperationException">The table is not empty.</exception>
    public void DeferIndexes()
    {
        if (Count != 0) throw new InvalidOperationException($"Table \"{Schema.Name}\" is not empty.");
        _defersIndexes = true;
    }

    /// <summary>Builds the indexes that were put off. Takes up to 32 bytes a row for a while.</summary>
    public void BuildIndexes()
    {
        if (!_defersIndexes) return;
        _defersIndexes = false;
        if (!_indexes.Any(index => !index.Schema.IsUnique)) return;
        uint[] references = new uint[Count];
        RowScan rows = Scan(0, KeyRange.All, descending: false);
        for (int i = 0; rows.MoveNext(); i++) references[i] = rows.CurrentReference;
        foreach (TableIndex index in _indexes)
            if (!index.Schema.IsUnique && !index.Tree.TryBuild(references, areInOrder: false)) throw index.Damaged();
    }

    private bool IsDeferred(TableIndex index) => _defersIndexes && !index.Schema.IsUnique;

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
}
