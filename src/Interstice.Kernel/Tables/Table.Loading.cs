namespace Interstice.Kernel.Tables;

/// <content>What <see cref="TableLoader"/> does to a table.</content>
public sealed partial class Table
{
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
