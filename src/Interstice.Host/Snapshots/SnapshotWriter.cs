using System.Buffers.Binary;
using Interstice.Host.Idempotency;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Snapshots;

/// <summary>Writes one snapshot from its first byte to its last. Nothing is durable before the caller syncs the file.</summary>
internal sealed class SnapshotWriter : IDisposable
{
    private readonly ISnapshotFile _file;
    private readonly PayloadWriter _block = new(SnapshotFormat.BlockBytesFull * 2);
    private readonly CancellationToken _cancellation;
    private ulong _checksum;
    private long _offset;
    private long _blocks;
    private long _rows;

    private SnapshotWriter(ISnapshotFile file, CancellationToken cancellation)
    {
        _file = file;
        _cancellation = cancellation;
    }

    /// <summary>Writes a snapshot.</summary>
    /// <param name="file">An empty file.</param>
    /// <param name="header">What it says of itself.</param>
    /// <param name="tables">The tables.</param>
    /// <param name="keys">The calls with an idempotency key; null for none.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <returns>Bytes written.</returns>
    public static long Write(
        ISnapshotFile file, SnapshotHeader header, IEnumerable<Table> tables, KnownCalls? keys, CancellationToken cancellation)
    {
        using var writer = new SnapshotWriter(file, cancellation);
        writer.WritePreamble(keys is null or { Count: 0 } ? SnapshotFormat.VersionWithoutKeys : SnapshotFormat.Version);
        writer.Begin(SnapshotBlockKind.Header);
        header.Write(writer._block);
        writer.End();
        foreach (Table table in tables.Where(SnapshotTable.IsHeld)) writer.WriteTable(table);
        if (keys is not null) writer.WriteKeys(keys);
        writer.WriteFooter();
        return writer._offset;
    }

    /// <inheritdoc/>
    public void Dispose() => _block.Dispose();

    private void WritePreamble(ushort version)
    {
        Span<byte> preamble = stackalloc byte[SnapshotFormat.PreambleBytes];
        _checksum = SnapshotFormat.WritePreamble(preamble, version);
        _file.WriteAt(preamble, 0);
        _offset = preamble.Length;
    }

    private void WriteTable(Table table)
    {
        Begin(SnapshotBlockKind.Table);
        _block.String(table.Schema.Name);
        _block.UInt64(table.Counter);
        _block.Int64(table.Count);
        End();
        bool isOpen = false;
        foreach (ReadOnlySpan<byte> row in table.Scan(0, KeyRange.All, descending: false))
        {
            if (!isOpen) Begin(SnapshotBlockKind.Rows);
            _block.Bytes(row);
            _rows++;
            isOpen = _block.Length < SnapshotFormat.BlockBytesFull;
            if (!isOpen) End();
        }

        if (isOpen) End();
    }

    private void WriteKeys(KnownCalls keys)
    {
        bool isOpen = false;
        foreach ((UInt128 scope, KnownCall call) in keys.All())
        {
            if (!isOpen) Begin(SnapshotBlockKind.Keys);
            KnownCallFormat.Write(_block, scope, call);
            isOpen = _block.Length < SnapshotFormat.BlockBytesFull;
            if (!isOpen) End();
        }

        if (isOpen) End();
    }

    private void WriteFooter()
    {
        Begin(SnapshotBlockKind.Footer);
        _block.Int64(_blocks);
        _block.Int64(_rows);
        _block.Int64(_offset);
        End();
    }

    private void Begin(SnapshotBlockKind kind)
    {
        _cancellation.ThrowIfCancellationRequested();
        _block.Clear();
        _block.Byte((byte)kind);
    }

    private void End()
    {
        ReadOnlySpan<byte> payload = _block.Written;
        _checksum = SnapshotFormat.Checksum(payload, _checksum);
        Span<byte> head = stackalloc byte[SnapshotFormat.BlockHeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, payload.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(head[sizeof(uint)..], _checksum);
        _file.WriteAt(head, _offset);
        _file.WriteAt(payload, _offset + head.Length);
        _offset += head.Length + payload.Length;
        _blocks++;
    }
}
