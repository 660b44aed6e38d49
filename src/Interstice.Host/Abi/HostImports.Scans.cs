using System.Buffers.Binary;
using Interstice.Host.Modules;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Abi;

/// <summary>Iterators over ranges.</summary>
public sealed partial class HostImports
{
    private const int RowHeaderBytes = 4;

    private readonly OpenScan[] _scans;
    private byte[] _lowerScratch = new byte[256];
    private byte[] _upperScratch = new byte[256];
    private int _openScans;

    /// <summary>Opens an iterator over a range, with the flags of <see cref="AbiCodes"/>. Results: its handle. Traps: handle,
    /// key, unknown flags, too many iterators, address.</summary>
    public int Scan(int tableOrIndex, int lower, int lowerLength, int upper, int upperLength, int flags)
    {
        ExpectRunning("scan");
        Charge(HostCallCosts.Scan);
        ResolveScanned(tableOrIndex, lowerLength, upperLength, out TableSchema table, out IndexSchema? index);
        ExpectReads(table);
        if ((flags & ~(AbiCodes.LowerExclusive | AbiCodes.UpperExclusive | AbiCodes.Descending)) != 0)
            throw Misuse($"unknown scan flags {flags}");
        int handle = Array.FindIndex(_scans, scan => scan.Rows is null);
        if (handle < 0)
        {
            throw new ModuleTrapException(
                ModuleTrapKind.Limit,
                $"{_limits.IteratorsMax} iterators are open, which is the limit; close those that are done");
        }

        ReadOnlySpan<byte> from = index is null ? default : ReadBound(table, index, lower, lowerLength, ref _lowerScratch);
        ReadOnlySpan<byte> to = index is null ? default : ReadBound(table, index, upper, upperLength, ref _upperScratch);
        var range = new KeyRange(
            from,
            (flags & AbiCodes.LowerExclusive) != 0,
            to,
            (flags & AbiCodes.UpperExclusive) != 0);
        _scans[handle].Rows = Overlay.Scan(table.Number, index?.Number ?? 0, range, (flags & AbiCodes.Descending) != 0);
        _openScans++;
        return handle;
    }

    /// <summary>As many whole rows as fit, each a u32 length and the row. Results: bytes written, 0 = end,
    /// <see cref="AbiCodes.BufferTooSmall"/> when not even one fits. Traps: handle, address.</summary>
    public int Next(int iterator, int destination, int capacity)
    {
        ExpectRunning("next");
        ref OpenScan scan = ref ResolveScan(iterator);
        CheckBuffer(destination, capacity);
        int written = 0;
        while (scan.TryPeek(out ReadOnlySpan<byte> row))
        {
            int bytes = RowHeaderBytes + row.Length;
            if (capacity < written + bytes)
            {
                if (written > 0) break;
                Charge(HostCallCosts.Row);
                return TooSmall(bytes);
            }

            Charge(HostCallCosts.Row, bytes);
            Span<byte> room = Guest.Write(destination + written, bytes);
            BinaryPrimitives.WriteInt32LittleEndian(room, row.Length);
            row.CopyTo(room[RowHeaderBytes..]);
            written += bytes;
            scan.IsRowPending = false;
        }

        if (written == 0) Charge(HostCallCosts.Row);
        return written;
    }

    /// <summary>Closes an iterator. Traps: handle.</summary>
    public void Close(int iterator)
    {
        ExpectRunning("close");
        Charge(HostCallCosts.Small);
        ResolveScan(iterator).Close();
        _openScans--;
    }

    // An event table has no index: all of it is scanned, in the order of emission.
    private void ResolveScanned(int handle, int lowerLength, int upperLength, out TableSchema table, out IndexSchema? index)
    {
        table = ResolveTable(handle & TableMask);
        index = null;
        if (table.Kind != TableKind.Event) ResolveIndex(handle, out table, out index);
        else if (handle != table.Number) throw Misuse($"{handle} is no index handle");
        else if (lowerLength != 0 || upperLength != 0)
            throw Misuse($"scan of event table \"{table.Name}\" with a bound; it has no keys, scan all of it");
    }

    private ReadOnlySpan<byte> ReadBound(
        TableSchema table,
        IndexSchema index,
        int address,
        int length,
        ref byte[] scratch) =>
        length == 0 ? default : ReadKey(table, index, address, length, ref scratch, out _);

    private ref OpenScan ResolveScan(int handle)
    {
        if ((uint)handle >= (uint)_scans.Length || _scans[handle].Rows is null) throw Misuse($"{handle} is no open iterator");
        return ref _scans[handle];
    }

    private void CloseAllScans()
    {
        for (int i = 0; _openScans > 0 && i < _scans.Length; i++)
        {
            if (_scans[i].Rows is null) continue;
            _scans[i].Close();
            _openScans--;
        }
    }

    // A row that did not fit the guest's buffer stays pending: the next call begins with it.
    private struct OpenScan
    {
        public OverlayScan? Rows;
        public bool IsRowPending;

        public bool TryPeek(out ReadOnlySpan<byte> row)
        {
            if (!IsRowPending) IsRowPending = Rows!.MoveNext();
            row = IsRowPending ? Rows!.Current : default;
            return IsRowPending;
        }

        public void Close()
        {
            Rows?.Dispose();
            Rows = null;
            IsRowPending = false;
        }
    }
}
