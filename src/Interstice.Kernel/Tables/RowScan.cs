namespace Interstice.Kernel.Tables;

/// <summary>Goes through the rows of a range of an index, in order or against it. Allocates nothing; a row is borrowed until the
/// table changes, and so is the scan. Made by <see cref="Table.Scan"/>; good for one <c>foreach</c>.</summary>
/// <remarks>Neighbours in an index lie anywhere in memory: the rows that come next are fetched while one is read.</remarks>
public struct RowScan
{
    private const int RowsAhead = 8;

    private readonly RowHeap _rows;
    private readonly BTree _tree;
    private readonly long _version;
    private readonly bool _isDescending;
    private readonly TreePosition _end;
    private TreePosition _position;
    private uint _current;
    private int _fetchedLeaf = -1;
    private int _fetchedBound;

    internal RowScan(RowHeap rows, BTree tree, KeyRange range, bool descending)
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
        TreePosition at = _isDescending ? _tree.Previous(_position) : _position;
        _current = _tree.ReferenceAt(at);
        FetchBehind(at);
        _position = _isDescending ? at : _tree.Next(at);
        return true;
    }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly RowScan GetEnumerator() => this;

    // One row, or at the beginning of a leaf as many as are to be on their way; none that the scan will not come to.
    private void FetchBehind(TreePosition at)
    {
        if (at.Leaf != _fetchedLeaf)
        {
            FetchFirst(at);
            return;
        }

        int index = _isDescending ? at.Index - RowsAhead : at.Index + RowsAhead;
        if (_isDescending ? index >= _fetchedBound : index < _fetchedBound) Fetch(at.Leaf, index);
    }

    private void FetchFirst(TreePosition at)
    {
        _fetchedLeaf = at.Leaf;
        _fetchedBound = _end.Leaf == at.Leaf ? _end.Index : _isDescending ? 0 : _tree.CountIn(at.Leaf);
        int ahead = Math.Min(RowsAhead, _isDescending ? at.Index - _fetchedBound : _fetchedBound - 1 - at.Index);
        for (int i = 1; i <= ahead; i++) Fetch(at.Leaf, _isDescending ? at.Index - i : at.Index + i);
    }

    private readonly void Fetch(int leaf, int index) => _rows.Prefetch(_tree.ReferenceAt(new TreePosition(leaf, index)));
}
