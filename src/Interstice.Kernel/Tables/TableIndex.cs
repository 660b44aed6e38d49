using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables;

/// <summary>One index of a table: its tree, and room for the keys at hand.</summary>
/// <remarks>New rows of an index that is not unique wait until somebody looks at its tree or a bound is reached: sorted by their
/// keys they go in at a fraction of the cost, since each wait for memory serves several of them
/// (docs/decisions/0018-live-path.md). A row that waits is in the heap with the key that it will be entered by: whatever
/// changes or takes out keys looks at the tree first. Where keys are short enough to stand in the tree themselves, what waits
/// may be entered elsewhere (docs/decisions/0030-beside-the-loop.md): until that is done the tree is not touched
/// here.</remarks>
internal sealed class TableIndex
{
    /// <summary>So many waiting rows are worth being entered while nobody asks for them.</summary>
    internal const int WaitingMany = 512;

    private const int PendingMax = 8192;
    private const int PendingShareLog = 4;
    private const int PendingFew = 8;

    private readonly BTree _tree;
    private KeyScratch _old;
    private KeyScratch _new;
    private uint[] _pending = [];
    private int _pendingCount;
    private IIndexEntering? _elsewhere;
    private IndexBatch? _away;
    private bool _isHalfEntered;

    internal TableIndex(IndexSchema schema, RowSource rows, IndexSchema primary)
    {
        Schema = schema;
        Keys = new RowKeys(rows, schema, primary);
        // In a unique index the keys themselves tell rows apart, but for a moment within a transaction (Table.DuplicateKeys).
        _tree = BTree.Create(Keys, schema.IsUnique ? schema.Key.FixedLength : Keys.FixedLength);
    }

    /// <summary>An index with the entries of another one of the same columns over the same rows, of which only one is written to from
    /// now on.</summary>
    internal TableIndex(IndexSchema schema, RowSource rows, IndexSchema primary, TableIndex alike)
    {
        Schema = schema;
        Keys = new RowKeys(rows, schema, primary);
        _tree = alike.Tree;
    }

    internal IndexSchema Schema { get; }

    internal RowKeys Keys { get; }

    /// <summary>The tree, with everything in it.</summary>
    internal BTree Tree
    {
        get
        {
            if (_away is not null) Fetch(_away);
            if (_pendingCount > 0) EnterPending();
            return _tree;
        }
    }

    /// <summary>Bytes of all arrays, used or not.</summary>
    internal long MemoryBytes
    {
        get
        {
            if (_away is not null) Fetch(_away);
            return _tree.MemoryBytes + (_pending.Length * (long)sizeof(uint));
        }
    }

    /// <summary>Whether entries of new rows may wait: nothing depends on them but what is read through the index.</summary>
    internal bool CanWait => !Schema.IsUnique;

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

    /// <summary>Enters a new row before the tree is looked at next, if not now.</summary>
    internal void InsertLater(uint reference)
    {
        if (_pendingCount == _pending.Length && !TryGrowPending()) MakeRoom();
        _pending[_pendingCount++] = reference;
        NoteChange();
    }

    /// <summary>Takes the row out that was entered last, if it still waits.</summary>
    internal bool TryForget(uint reference)
    {
        if (_pendingCount == 0 || _isHalfEntered || _pending[_pendingCount - 1] != reference) return false;
        _pendingCount--;
        NoteChange();
        return true;
    }

    /// <summary>Enters what waits, if it is worth the trouble.</summary>
    /// <param name="rowsMin">Fewest rows that are.</param>
    internal void EnterWaiting(int rowsMin)
    {
        if (_pendingCount < rowsMin) return;
        if (_elsewhere is null) EnterPending();
        else HandWaiting(rowsMin);
    }

    /// <summary>Has what waits entered elsewhere, if that may be, nothing is under way and it is worth the trouble.</summary>
    /// <param name="rowsMin">Fewest rows that are.</param>
    internal void HandWaiting(int rowsMin)
    {
        if (_elsewhere is null || _pendingCount < rowsMin || _away is { IsDone: false }) return;
        if (_away is not null) Fetch(_away);
        HandPending(_elsewhere);
    }

    /// <summary>Lets what waits be entered elsewhere from now on, where keys allow it.</summary>
    internal void EnterElsewhere(IIndexEntering elsewhere)
    {
        if (CanWait && _tree.AreHeadsWhole) _elsewhere = elsewhere;
    }

    // What open scans would miss is not in the tree yet: they are told when the tree is handed over, or here.
    private void NoteChange()
    {
        if (_away is null) _tree.NoteChange();
    }

    private void MakeRoom()
    {
        if (_away is not null) Fetch(_away);
        if (_elsewhere is null || _pendingCount < WaitingMany) EnterPending();
        else HandPending(_elsewhere);
    }

    private void HandPending(IIndexEntering elsewhere)
    {
        _tree.NoteChange();
        _tree.Prepare(_pending.AsSpan(0, _pendingCount));
        _pendingCount = 0;
        _away = new IndexBatch(_tree);
        elsewhere.Begin(_away);
    }

    // Afterwards the tree is there again. If rows could not be entered, everybody who needs it is told so, not only the first.
    private void Fetch(IndexBatch away)
    {
        if (!away.IsDone) _elsewhere!.Wait(away);
        if (!away.AreNew()) throw Damaged();
        _away = null;
    }

    // What waits costs memory and, all at once, time: a small part of what the tree holds.
    private bool TryGrowPending()
    {
        long most = Math.Clamp((_away?.CountBefore ?? _tree.Count) >> PendingShareLog, PendingFew, PendingMax);
        if (_pending.Length >= most) return false;
        Array.Resize(ref _pending, (int)Math.Min(most, Math.Max(PendingFew, 2L * _pending.Length)));
        return true;
    }

    private void EnterPending()
    {
        if (_isHalfEntered) throw Damaged();
        _isHalfEntered = true;
        if (!_tree.TryInsertAll(_pending.AsSpan(0, _pendingCount))) throw Damaged();
        _pendingCount = 0;
        _isHalfEntered = false;
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
