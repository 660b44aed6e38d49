namespace Interstice.Kernel.Tables;

/// <content>Undo, newest change first, and release, oldest first.</content>
public sealed partial class Table
{
    /// <summary>Undoes a change: rows, indexes, counter, count and hash are what they were before it. Every later change must have
    /// been undone already.</summary>
    /// <param name="change">What the writer returned; used up.</param>
    public void Undo(in RowChange change)
    {
        switch (change.Kind)
        {
            case RowChangeKind.Insert:
                UndoInsert(in change);
                break;
            case RowChangeKind.Update:
                UndoUpdate(in change);
                break;
            default:
                UndoDelete(in change);
                break;
        }

        SetCounter(change.CounterBefore);
    }

    /// <summary>Gives the memory free that only undo needed: the change is durable.</summary>
    /// <param name="change">What the writer returned; used up.</param>
    public void Release(in RowChange change)
    {
        if (change.Kind == RowChangeKind.Update) _rows.Free(change.Before);
        else if (change.Kind == RowChangeKind.Delete) _rows.Free(change.Row);
    }

    private void UndoInsert(in RowChange change)
    {
        ReadOnlySpan<byte> row = _rows[change.Row];
        Leave(row, change.Row);
        Subtract(row);
        _rows.Free(change.Row);
    }

    private void UndoDelete(in RowChange change)
    {
        ReadOnlySpan<byte> row = _rows[change.Row];
        _indexes[0].ReadKey(row);
        Enter(_indexes[0], _indexes[0].InsertOld(change.Row));
        EnterSecondary(row, change.Row);
        Add(row);
    }

    private void UndoUpdate(in RowChange change)
    {
        ReadOnlySpan<byte> undone = _rows[change.Row];
        ReadOnlySpan<byte> row = _rows[change.Before];
        Subtract(undone);
        Add(row);
        Span<bool> changed = stackalloc bool[_indexes.Length];
        for (int i = 1; i < changed.Length; i++)
        {
            changed[i] = _indexes[i].ReadKeys(undone, row);
            if (changed[i]) CountDuplicates(-_indexes[i].RemoveOld(change.Row));
        }

        uint restored = change.IsInPlace ? change.Row : change.Before;
        if (change.IsInPlace && !_rows.TryOverwrite(change.Row, undone.Length, row)) throw _indexes[0].Damaged();
        MoveEntries(changed, restored, change.IsInPlace, row);
        _rows.Free(change.IsInPlace ? change.Before : change.Row);
    }
}
