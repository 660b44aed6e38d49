namespace Interstice.Kernel.Tables;

/// <content>Many changes at once: memory that one of them will need is fetched while others are made.</content>
public sealed partial class TableReplay
{
    private const int SlotsAhead = 16;
    private const int RowsAhead = 8;

    /// <summary>Makes the changes of a batch, in order.</summary>
    /// <param name="batch">Changes of this table, of whole transactions.</param>
    /// <returns>The first that does not fit, those before it made; or null.</returns>
    /// <exception cref="TableFullException">No address is left.</exception>
    public ChangeMisfit? Apply(ChangeBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ReadOnlySpan<TableChange> changes = batch.Changes;
        bool verifies = _unique.Length > 0;
        int i = 0;
        bool isInChange = true;
        try
        {
            for (; i < changes.Length; i++)
            {
                Prefetch(changes, i);
                Make(changes[i], batch.Bytes);
                bool ends = i + 1 == changes.Length || changes[i + 1].TransactionEnd != changes[i].TransactionEnd;
                if (!verifies || !ends || _table.DuplicateKeys == 0) continue;
                isInChange = false;
                _table.ThrowIfDuplicate();
            }
        }
        catch (ProjectionDivergedException cause)
        {
            return new(isInChange ? changes[i].At : changes[i].TransactionEnd, !isInChange, cause);
        }

        return null;
    }

    private void Prefetch(ReadOnlySpan<TableChange> changes, int i)
    {
        if (_hashed is null) return;
        if (i + SlotsAhead < changes.Length) _hashed.Prefetch(changes[i + SlotsAhead].KeyHash);
        if (i + RowsAhead >= changes.Length) return;
        uint reference = _hashed.Guess(changes[i + RowsAhead].KeyHash);
        if (reference != RowSource.NoRow) _rows.Prefetch(reference);
    }

    private void Make(in TableChange change, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> oldRow = bytes.Slice(change.Start, change.OldLength);
        ReadOnlySpan<byte> newRow = bytes.Slice(change.Start + change.OldLength, change.NewLength);
        switch (change.Kind)
        {
            case RowChangeKind.Insert:
                Insert(newRow, _primary.ReadKey(newRow), change.KeyHash);
                break;
            case RowChangeKind.Update:
                Update(Expect(oldRow, change.KeyHash, "a row to be updated"), change.KeyHash, oldRow, newRow);
                break;
            default:
                Delete(Expect(oldRow, change.KeyHash, "a row to be deleted"), change.KeyHash, oldRow);
                break;
        }
    }

    // A row with the same bytes has the same key: mostly no key is computed.
    private uint Expect(ReadOnlySpan<byte> row, uint hash, string what)
    {
        uint reference = _hashed?.FindRow(_rows, row, hash) ?? RowSource.NoRow;
        return reference != RowSource.NoRow ? reference : Expect(_primary.ReadKey(row), hash, row, what);
    }
}
