using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables;

/// <summary>One index of a table: its tree, and room for the keys at hand.</summary>
internal sealed class TableIndex
{
    private KeyScratch _old;
    private KeyScratch _new;

    internal TableIndex(IndexSchema schema, RowSource rows, IndexSchema primary)
    {
        Schema = schema;
        Keys = new RowKeys(rows, schema, primary);
        // In a unique index the keys themselves tell rows apart, but for a moment within a transaction (Table.DuplicateKeys).
        Tree = BTree.Create(Keys, schema.IsUnique ? schema.Key.FixedLength : Keys.FixedLength);
    }

    internal IndexSchema Schema { get; }

    internal RowKeys Keys { get; }

    internal BTree Tree { get; }

    internal bool IsUniqueSecondary => Schema is { IsUnique: true, Number: > 0 };

    /// <summary>Whether the row's key changes; both keys are at hand afterwards.</summary>
    internal bool ReadKeys(ReadOnlySpan<byte> oldRow, ReadOnlySpan<byte> newRow) =>
        !_old.Write(Keys, oldRow).SequenceEqual(_new.Write(Keys, newRow));

    /// <summary>Whether the two keys at hand are the same but for the primary key.</summary>
    internal bool HasSameIndexKey => _old.IndexKey.SequenceEqual(_new.IndexKey);

    internal ReadOnlySpan<byte> ReadIndexKey(ReadOnlySpan<byte> row)
    {
        _new.Write(Keys, row);
        return _new.IndexKey;
    }

    internal ReadOnlySpan<byte> ReadKey(ReadOnlySpan<byte> row) => _old.Write(Keys, row);

    /// <summary>Enters the key at hand that <see cref="ReadKey"/> read.</summary>
    /// <returns>How much the number of duplicate keys rises: 0 or 1; -1 if the very entry is there already.</returns>
    internal int InsertOld(uint reference) => Insert(in _old, reference);

    internal int InsertNew(uint reference) => Insert(in _new, reference);

    /// <summary>Takes the key at hand out.</summary>
    /// <returns>How much the number of duplicate keys falls: 0 or 1.</returns>
    internal int RemoveOld(uint reference) => Remove(in _old, reference);

    internal int RemoveNew(uint reference) => Remove(in _new, reference);

    /// <summary>Gives the entry of the key at hand, the same before and after, another reference.</summary>
    internal void Replace(uint reference)
    {
        if (!Tree.Replace(_new.Key, reference)) throw Damaged();
    }

    private int Insert(in KeyScratch key, uint reference)
    {
        if (!Tree.Insert(key.Key, reference)) return -1;
        return IsUniqueSecondary && Tree.HasTwins(key.IndexKey) ? 1 : 0;
    }

    private int Remove(in KeyScratch key, uint reference)
    {
        int duplicates = IsUniqueSecondary && Tree.HasTwins(key.IndexKey) ? 1 : 0;
        if (Tree.Remove(key.Key) != reference) throw Damaged();
        return duplicates;
    }

    internal InvalidOperationException Damaged() =>
        new($"Index \"{Schema.Name}\" does not match the rows of its table: memory is damaged; restart, so that it is rebuilt.");
}
