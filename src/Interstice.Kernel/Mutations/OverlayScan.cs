using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Mutations;

/// <summary>Goes through the rows of a range of an index as a transaction saw them when the scan was opened, its own writes
/// included. Used again after <see cref="Dispose"/>, so that scans allocate nothing in steady state.</summary>
/// <remarks>Merges the committed rows, those left out that the transaction had written to, with the versions in the overlay's
/// tree. That tree may grow while the scan is open: then the scan looks its place up again.</remarks>
public sealed class OverlayScan : IDisposable
{
    private readonly MutationOverlay _overlay;
    private Table? _table;
    private RowKeys? _keys;
    private BTree? _tree;
    private bool _isDescending;
    private long _sequence;
    private RowScan _committed;
    private bool _hasCommitted;
    private KeyScratch _committedKey;
    private bool _hasOverlay;
    private uint _overlayVersion;
    private KeyScratch _overlayKey;
    private KeyScratch _shownKey;
    private bool _hasStarted;
    private long _treeVersion;
    private TreePosition _position;
    private TreePosition _end;
    private byte[] _bounds = [];
    private int _lowerLength;
    private int _upperLength;
    private bool _isLowerExclusive;
    private bool _isUpperExclusive;
    private bool _isCurrentCommitted;
    private uint _current;
    private bool _isEmitted;
    private int _nextStep;
    private int _endStep;

    internal OverlayScan(MutationOverlay overlay) => _overlay = overlay;

    /// <summary>The row; borrowed until the next call of <see cref="MoveNext"/> or the next savepoint that is undone.</summary>
    public ReadOnlySpan<byte> Current => _isEmitted ? _overlay.Emitted((int)_current) : _isCurrentCommitted ? _table!.Rows[_current] : _overlay.Rows[_current];

    internal long Number { get; private set; }

    internal int Slot { get; set; }

    /// <summary>Goes on to the next row.</summary>
    /// <returns><see langword="false"/> behind the last one.</returns>
    /// <exception cref="ObjectDisposedException">The scan, its transaction or its savepoint has ended.</exception>
    public bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_table is null, this);
        if (_isEmitted) return MoveEmitted();
        if (!_hasCommitted) _hasCommitted = MoveCommitted();
        if (_tree is not null && !_hasOverlay) _hasOverlay = MoveOverlay();
        if (!_hasCommitted && !_hasOverlay) return false;
        _isCurrentCommitted = !_hasOverlay || (_hasCommitted && IsCommittedNext());
        _current = _isCurrentCommitted ? _committed.CurrentReference : _overlayVersion;
        if (_isCurrentCommitted) _hasCommitted = false;
        else _hasOverlay = false;
        return true;
    }

    /// <summary>Closes the scan.</summary>
    public void Dispose()
    {
        if (_table is null) return;
        _table = null;
        _tree = null;
        _committed = default;
        _overlay.Close(this);
    }

    internal void Open(
        Table table, int index, RowKeys keys, BTree? tree, KeyRange range, bool descending, long sequence, long number)
    {
        _table = table;
        _isEmitted = false;
        _keys = keys;
        _isDescending = descending;
        _sequence = sequence;
        Number = number;
        _committed = table.Scan(index, range, descending);
        (_hasCommitted, _hasOverlay, _hasStarted) = (false, false, false);
        _tree = tree is null || tree.Count == 0 || range.IsInverted ? null : tree;
        if (_tree is null) return;
        KeepBounds(range);
        FindPlace();
    }

    /// <summary>Opens the scan over the rows of an event table that were emitted before a step.</summary>
    internal void OpenEmitted(Table table, int steps, bool descending, long number)
    {
        _table = table;
        _isEmitted = true;
        _isDescending = descending;
        Number = number;
        (_nextStep, _endStep) = descending ? (steps - 1, -1) : (0, steps);
    }

    private bool MoveEmitted()
    {
        int direction = _isDescending ? -1 : 1;
        if (!_overlay.TryFindEmitted(_table!.Schema.Number, ref _nextStep, _endStep, direction)) return false;
        _current = (uint)_nextStep;
        _nextStep += direction;
        return true;
    }

    private bool MoveCommitted()
    {
        while (_committed.MoveNext())
        {
            if (!_overlay.ShowsCommitted(_table!.Schema.Number, _committed.CurrentReference, _sequence)) continue;
            if (_tree is not null) _committedKey.Write(_keys!, _committed.Current);
            return true;
        }

        return false;
    }

    private bool MoveOverlay()
    {
        if (_tree!.Version != _treeVersion) FindPlace();
        while (_position != _end)
        {
            TreePosition at = _isDescending ? _tree.Previous(_position) : _position;
            _position = _isDescending ? at : _tree.Next(_position);
            uint version = _tree.ReferenceAt(at);
            int shown = _overlay.VersionShownFor((int)version, _sequence);
            if (shown < 0 || _overlay.Rows.Version(shown).IsDeleted) continue;
            ReadOnlySpan<byte> key = _overlayKey.Write(_keys!, _overlay.Rows[(uint)shown]);
            // Another version of the row is shown: here only if its key is the one that stands here.
            if (shown != version && !key.SequenceEqual(_shownKey.Write(_keys!, _overlay.Rows[version]))) continue;
            _overlayVersion = (uint)shown;
            _hasStarted = true;
            return true;
        }

        _tree = null;
        return false;
    }

    private bool IsCommittedNext()
    {
        int order = _committedKey.Key.SequenceCompareTo(_overlayKey.Key);
        return _isDescending ? order > 0 : order < 0;
    }

    private void FindPlace()
    {
        BTree tree = _tree!;
        ReadOnlySpan<byte> lower = _bounds.AsSpan(0, _lowerLength);
        ReadOnlySpan<byte> upper = _bounds.AsSpan(_lowerLength, _upperLength);
        TreePosition begin = lower.IsEmpty ? tree.Begin() : tree.Seek(lower, behind: _isLowerExclusive);
        TreePosition end = upper.IsEmpty ? TreePosition.End : tree.Seek(upper, behind: !_isUpperExclusive);
        if (_hasStarted && _isDescending) end = tree.Seek(_overlayKey.Key, behind: false);
        else if (_hasStarted) begin = tree.Seek(_overlayKey.Key, behind: true);
        (_position, _end) = _isDescending ? (end, begin) : (begin, end);
        _treeVersion = tree.Version;
    }

    private void KeepBounds(KeyRange range)
    {
        (_lowerLength, _upperLength) = (range.Lower.Length, range.Upper.Length);
        (_isLowerExclusive, _isUpperExclusive) = (range.IsLowerExclusive, range.IsUpperExclusive);
        if (_bounds.Length < _lowerLength + _upperLength) _bounds = new byte[_lowerLength + _upperLength];
        range.Lower.CopyTo(_bounds);
        range.Upper.CopyTo(_bounds.AsSpan(_lowerLength));
    }
}
