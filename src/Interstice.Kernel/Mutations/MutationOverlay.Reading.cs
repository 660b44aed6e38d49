using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Mutations;

/// <content>Reads, which see the transaction's own writes.</content>
public sealed partial class MutationOverlay
{
    /// <summary>The row with a key, if there is one.</summary>
    /// <param name="table">Number of the table.</param>
    /// <param name="index">Number of a unique index: 0 is the primary key.</param>
    /// <param name="comparableKey">The whole key of that index, as its codec makes it.</param>
    /// <param name="row">The row; borrowed until the transaction goes back to a savepoint or the next one begins.</param>
    /// <exception cref="ArgumentException">There is no such table or index, or the index is not unique.</exception>
    public bool TryGet(int table, int index, ReadOnlySpan<byte> comparableKey, out ReadOnlySpan<byte> row)
    {
        OverlayTable read = Read(table);
        if (index > 0) return TryGetUnique(read, index, comparableKey, out row);
        int entry = read.IsActive ? _keys.Find(table, comparableKey) : -1;
        if (entry >= 0 && Entry(entry).Version >= 0) return TryGetVersion(Entry(entry).Version, out row);
        return read.Committed.TryGet(0, comparableKey, out row);
    }

    /// <summary>Number of rows; of an event table, of those that the transaction has emitted.</summary>
    /// <param name="table">Number of the table.</param>
    /// <exception cref="ArgumentException">There is no such table.</exception>
    public long Count(int table)
    {
        OverlayTable read = Read(table);
        return read.IsEvent ? CountEmitted(table) : read.Committed.Count + read.CountDifference;
    }

    private bool TryGetUnique(OverlayTable table, int index, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> row)
    {
        int number = table.Number;
        uint reference = table.Committed.FindReference(index, key);
        if (table.IsActive)
        {
            int owner = OwnerOf(number, index, key);
            if (owner >= 0) return TryGetVersion(Entry(owner).Version, out row);
            if (reference != RowSource.NoRow && IsOverwritten(number, reference)) reference = RowSource.NoRow;
        }

        row = reference == RowSource.NoRow ? default : table.Committed.Rows[reference];
        return reference != RowSource.NoRow;
    }

    private bool TryGetVersion(int version, out ReadOnlySpan<byte> row)
    {
        bool isThere = !_rows.Version(version).IsDeleted;
        row = isThere ? _rows[(uint)version] : default;
        return isThere;
    }

    private OverlayTable Read(int number)
    {
        OverlayTable table = TableOf(number);
        NoteRead(table);
        return table;
    }

    private void NoteRead(OverlayTable table)
    {
        if (table.IsEphemeral) EphemeralRead ??= table.Committed.Schema;
    }

    /// <summary>The entry that holds a key of a unique index through one of its own versions, or -1.</summary>
    private int OwnerOf(int table, int index, ReadOnlySpan<byte> key)
    {
        int unique = _uniqueKeys.Find(UniqueScope(table, index), key);
        return unique < 0 ? -1 : _owners[unique];
    }

    /// <summary>Whether the transaction has written to a committed row.</summary>
    private bool IsOverwritten(int table, uint reference)
    {
        int entry = _committed.Find(table, reference);
        return entry >= 0 && Entry(entry).Version >= 0;
    }

    // No table has more than 65,536 indexes: it has 256 columns and a bounded number of declarations.
    private static int UniqueScope(int table, int index) => (table << 16) | index;
}
