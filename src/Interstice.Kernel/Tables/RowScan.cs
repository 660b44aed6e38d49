namespace Interstice.Kernel.Tables;

/// <summary>Goes through the rows of a range of an index, in order or against it. Allocates nothing; a row is borrowed until the
/// table changes, and so is the scan. Made by <see cref="Table.Scan"/>; good for one <c>foreach</c>.</summary>
public struct RowScan
{
    private readonly RowSource _rows;
    private readonly BTree _tree;
    private readonly long _version;
    private readonly bool _isDescending;
    private readonly TreePosition _end;
    private TreePosition _position;
    private uint _current;

    internal RowScan(RowSource rows, BTree tree, KeyRange range, bool descending)
    {
        _rows = rows;
        _tree = tree;
        _version = tree.Version;
        _isDescending = descending;
        _current = RowSource.NoRow;
        if (range.IsInverted) return;
        TreePosition begin = range.Lower.IsEmpty ? tree.Begin() : tree.Seek(range.Lower, behind: range.IsLowerExclusive);
        TreePosition end = range.Upper.IsEmpty ? TreePosition.End : tree.Seek(range.Upper, behind: !range.IsUpperExclusive);
        (_position, _end) = descending ? (end, begin) : (begin, end);
    }

    /// <summary>The row; borrowed until the table changes.</summary>
    public readonly ReadOnlySpan<byte> Current => _rows[_current];

    internal readonly uint CurrentReference => _current;

    /// <summary>Goes on to the next row.</summary>
    /// <returns><see langword="false"/> behind the last one.</returns>
    /// <exception cref="InvalidOperationException">The table was changed since the scan was opened.</exception>
    public bool MoveNext()
    {
        if (_tree.Version != _version) throw new InvalidOperationException("The table was changed during a scan; open a new one.");
        if (_position == _end) return false;
        if (_isDescending)
        {
            _position = _tree.Previous(_position);
            _current = _tree.ReferenceAt(_position);
        }
        else
        {
            _current = _tree.ReferenceAt(_position);
            _position = _tree.Next(_position);
        }

        return true;
    }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly RowScan GetEnumerator() => this;
}
