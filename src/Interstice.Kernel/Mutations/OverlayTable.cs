using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Mutations;

/// <summary>What the transaction has done to one table.</summary>
internal sealed class OverlayTable
{
    private const long TreeBytesKept = 1 << 20;

    private readonly BTree?[] _trees;
    private readonly bool[] _isBuilt;

    internal OverlayTable(Table committed)
    {
        Committed = committed;
        int indexes = committed.Schema.PrimaryKey is null ? 0 : committed.Schema.Indexes.Length + 1;
        _trees = new BTree[indexes];
        _isBuilt = new bool[indexes];
        Unique = [.. committed.Schema.Indexes.Where(index => index.IsUnique).Select(index => committed.Index(index.Number))];
    }

    internal Table Committed { get; }

    /// <summary>The unique indexes without the primary key.</summary>
    internal TableIndex[] Unique { get; }

    internal int Number => Committed.Schema.Number;

    internal bool IsEphemeral => Committed.Schema.Kind == TableKind.Ephemeral;

    internal bool IsEvent => Committed.Schema.Kind == TableKind.Event;

    /// <summary>Whether the transaction has written to it.</summary>
    internal bool IsActive { get; private set; }

    internal ulong Counter { get; set; }

    /// <summary>Rows more than committed.</summary>
    internal long CountDifference { get; set; }

    internal ReadOnlySpan<bool> BuiltTrees => _isBuilt;

    internal void Activate()
    {
        IsActive = true;
        Counter = Committed.Counter;
    }

    internal void Reset()
    {
        IsActive = false;
        CountDifference = 0;
        _isBuilt.AsSpan().Clear();
        foreach (ref BTree? tree in _trees.AsSpan())
        {
            if (tree?.MemoryBytes > TreeBytesKept) tree = null;
        }
    }

    internal BTree Tree(int index) => _trees[index]!;

    /// <summary>An empty tree for the versions of rows in the order of one index.</summary>
    internal BTree BeginTree(int index, RowSource rows)
    {
        if (_trees[index] is { } tree) tree.Clear();
        else
        {
            TableSchema schema = Committed.Schema;
            IndexSchema indexSchema = index == 0 ? schema.PrimaryKey! : schema.Indexes[index - 1];
            var keys = new RowKeys(rows, indexSchema, schema.PrimaryKey!);
            tree = _trees[index] = BTree.Create(keys, keys.FixedLength);
        }

        _isBuilt[index] = true;
        return tree;
    }
}
