using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Mutations;

/// <content>Scans over committed and own rows.</content>
public sealed partial class MutationOverlay
{
    private readonly List<OverlayScan> _openScans = [];
    private readonly Stack<OverlayScan> _closedScans = new();
    private long _scansOpened;

    /// <summary>Opens a scan over a range of an index. It sees the rows as they are now, whatever the transaction writes later.</summary>
    /// <param name="table">Number of the table.</param>
    /// <param name="index">Number of the index: 0 is the primary key, and the order of emission for an event table.</param>
    /// <param name="range">The range; copied. An event table has no keys, so that all of it is scanned.</param>
    /// <param name="descending">Whether the last row comes first.</param>
    /// <returns>The scan. Dispose of it to have it used again; it ends with the transaction anyway.</returns>
    /// <exception cref="ArgumentException">There is no such table or index, or a bound is given for an event table.</exception>
    public OverlayScan Scan(int table, int index, KeyRange range, bool descending)
    {
        OverlayTable scanned = Read(table);
        if (scanned.IsEvent) return ScanEmitted(scanned.Committed, range, descending);
        RowKeys keys = scanned.Committed.Index(index).Keys;
        BTree? tree = scanned.IsActive ? TreeOf(scanned, index) : null;
        OverlayScan scan = NewScan();
        scan.Open(scanned.Committed, index, keys, tree, range, descending, _sequence, _scansOpened++);
        return scan;
    }

    private OverlayScan NewScan()
    {
        if (!_closedScans.TryPop(out OverlayScan? scan)) scan = new OverlayScan(this);
        scan.Slot = _openScans.Count;
        _openScans.Add(scan);
        return scan;
    }

    internal OverlayRows Rows => _rows;

    /// <summary>Whether a scan shows a committed row: the transaction had not written to it when it was opened.</summary>
    internal bool ShowsCommitted(int table, uint reference, long sequence)
    {
        int entry = _committed.Find(table, reference);
        return entry < 0 || VersionAt(entry, sequence) < 0;
    }

    /// <summary>The version that stood in place of the one given when a scan was opened, or -1.</summary>
    internal int VersionShownFor(int version, long sequence) => VersionAt(_rows.Version(version).Entry, sequence);

    internal void Close(OverlayScan scan)
    {
        OverlayScan last = _openScans[^1];
        _openScans[scan.Slot] = last;
        last.Slot = scan.Slot;
        _openScans.RemoveAt(_openScans.Count - 1);
        _closedScans.Push(scan);
    }

    private void CloseScans(long since = 0)
    {
        for (int i = _openScans.Count - 1; i >= 0; i--)
        {
            if (_openScans[i].Number >= since) _openScans[i].Dispose();
        }
    }

    private int VersionAt(int entry, long sequence)
    {
        int version = Entry(entry).Version;
        while (version >= 0 && _rows.Version(version).Sequence > sequence) version = _rows.Version(version).Previous;
        return version;
    }

    private BTree TreeOf(OverlayTable table, int index)
    {
        if (table.BuiltTrees[index]) return table.Tree(index);
        BTree tree = table.BeginTree(index, _rows);
        RowKeys keys = table.Committed.Index(index).Keys;
        for (int i = 0; i < _rows.VersionCount; i++)
        {
            ref readonly OverlayVersion version = ref _rows.Version(i);
            if (!version.IsDeleted && Entry(version.Entry).Table == table.Number)
                tree.Insert(_newIndexKey.Write(keys, _rows[(uint)i]), (uint)i);
        }

        return tree;
    }
}
