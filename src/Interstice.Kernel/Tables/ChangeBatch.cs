using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tables;

/// <summary>Recorded changes of one table, checked as far as that goes without the table, with the hashes of their keys: what
/// <see cref="TableReplay.Apply"/> applies. One thread may fill it while the table is at work elsewhere.</summary>
/// <param name="table">The table; only its declarations are used.</param>
public sealed class ChangeBatch(Table table)
{
    private readonly RowCodec _codec = table.Schema.Row;
    private readonly KeyCodec? _primary = table.Schema.PrimaryKey?.Key;
    private KeyScratch _oldKey;
    private KeyScratch _newKey;
    private TableChange[] _changes = [];
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Number of changes.</summary>
    public int Count { get; private set; }

    internal ReadOnlySpan<TableChange> Changes => _changes.AsSpan(0, Count);

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Adds a change.</summary>
    /// <param name="kind">What it does.</param>
    /// <param name="oldRow">The row before; empty for an insert. Copied before return.</param>
    /// <param name="newRow">The row after; empty for a deletion. Copied before return.</param>
    /// <param name="at">Number of its event, rising.</param>
    /// <param name="transactionEnd">Number of the last event of its transaction.</param>
    /// <returns><see langword="false"/>, and nothing is added, if a row is not canonical or the primary key changes.</returns>
    public bool TryAdd(RowChangeKind kind, ReadOnlySpan<byte> oldRow, ReadOnlySpan<byte> newRow, int at, int transactionEnd)
    {
        if (_primary is null) return false;
        bool hasOld = kind != RowChangeKind.Insert;
        bool hasNew = kind != RowChangeKind.Delete;
        if (hasOld && !_codec.TryValidate(oldRow, out _)) return false;
        if (hasNew && !_codec.TryValidate(newRow, out _)) return false;
        ReadOnlySpan<byte> key = _newKey.Write(_primary, hasNew ? newRow : oldRow);
        if (hasOld && hasNew && !_oldKey.Write(_primary, oldRow).SequenceEqual(key)) return false;
        Reserve(oldRow.Length + newRow.Length);
        oldRow.CopyTo(_bytes.AsSpan(_length));
        newRow.CopyTo(_bytes.AsSpan(_length + oldRow.Length));
        _changes[Count++] = new TableChange(kind, _length, oldRow.Length, newRow.Length, PrimaryHash.HashOf(key), at, transactionEnd);
        _length += oldRow.Length + newRow.Length;
        return true;
    }

    /// <summary>Takes the changes out again from an event on.</summary>
    /// <param name="at">Number of the event.</param>
    public void CutFrom(int at)
    {
        while (Count > 0 && _changes[Count - 1].At >= at) _length = _changes[--Count].Start;
    }

    /// <summary>Takes all changes out and keeps the memory.</summary>
    public void Clear() => (Count, _length) = (0, 0);

    private void Reserve(int bytes)
    {
        if (Count == _changes.Length) Array.Resize(ref _changes, Math.Max(256, Count * 2));
        if (_bytes.Length - _length < bytes) Array.Resize(ref _bytes, checked(Math.Max(_bytes.Length * 2, _length + bytes + 4096)));
    }
}
