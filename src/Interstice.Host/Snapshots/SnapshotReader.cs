using System.Buffers;
using System.Buffers.Binary;
using Interstice.Host.Idempotency;
using Interstice.Kernel.Events;

namespace Interstice.Host.Snapshots;

/// <summary>Reads one snapshot from its first byte to its last; every byte is checked before it is used.</summary>
internal sealed class SnapshotReader : IDisposable
{
    private readonly ISnapshotFile _file;
    private byte[] _block = [];
    private int _length;
    private int _at;
    private ulong _checksum;
    private long _offset;
    private long _blocks;
    private long _rows;
    private int _tables;
    private long _rowsLeft;

    private SnapshotReader(ISnapshotFile file) => _file = file;

    /// <summary>What the snapshot says of itself.</summary>
    public SnapshotHeader Header { get; private set; } = null!;

    /// <summary>The calls with an idempotency key, oldest first; whole when <see cref="NextTable"/> gave null.</summary>
    public List<KeyValuePair<UInt128, KnownCall>> Keys { get; } = [];

    /// <summary>Reads preamble and header. Disposing the reader closes the file.</summary>
    /// <param name="file">The file; closed if this fails.</param>
    /// <exception cref="SnapshotException">It is no snapshot or is damaged.</exception>
    public static SnapshotReader Open(ISnapshotFile file)
    {
        var reader = new SnapshotReader(file);
        try
        {
            reader.ReadHeader();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Goes on to the next table; all rows of the one before must have been read.</summary>
    /// <returns>Its head, or null behind the last one: then the footer was right, and the file ends with it.</returns>
    /// <exception cref="SnapshotException">The file is damaged.</exception>
    public SnapshotTable? NextTable()
    {
        if (_tables == Header.TableCount)
        {
            ReadFooter();
            return null;
        }

        PayloadReader payload = NextBlock(SnapshotBlockKind.Table);
        SnapshotTable table = ReadOrDamaged(payload, static (ref PayloadReader reader) =>
        {
            var read = new SnapshotTable(reader.String(), reader.UInt64(), reader.Int64());
            reader.ExpectEnd();
            return read;
        });
        if (table.RowCount < 0) throw Damaged($"table \"{table.Name}\" has {table.RowCount} rows");
        _tables++;
        _rowsLeft = table.RowCount;
        _at = _length;
        return table;
    }

    /// <summary>The next row of the table.</summary>
    /// <param name="row">The row; borrowed until the next call.</param>
    /// <returns><see langword="false"/> behind the last one.</returns>
    /// <exception cref="SnapshotException">The file is damaged.</exception>
    public bool TryReadRow(out ReadOnlySpan<byte> row)
    {
        row = default;
        if (_at == _length)
        {
            if (_rowsLeft == 0) return false;
            _at = NextBlock(SnapshotBlockKind.Rows).Offset;
        }

        if (_rowsLeft-- == 0) throw Damaged("a table has more rows than it says");
        ReadOnlySpan<byte> left = _block.AsSpan(_at, _length - _at);
        if (left.Length < sizeof(uint)) throw Damaged("a block ends inside a row");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(left);
        if (length > left.Length - sizeof(uint)) throw Damaged("a block ends inside a row");
        row = left.Slice(sizeof(uint), (int)length);
        _at += sizeof(uint) + (int)length;
        _rows++;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_block.Length > 0) ArrayPool<byte>.Shared.Return(_block);
        _block = [];
        _file.Dispose();
    }

    private void ReadHeader()
    {
        Span<byte> preamble = stackalloc byte[SnapshotFormat.PreambleBytes];
        if (_file.ReadAt(preamble, 0) < preamble.Length) throw Damaged("the file ends in its first bytes");
        _checksum = SnapshotFormat.ReadPreamble(preamble);
        _offset = preamble.Length;
        Header = ReadOrDamaged(NextBlock(SnapshotBlockKind.Header), SnapshotHeader.Read);
    }

    // Behind the tables: blocks of keys, if there are any, and the footer.
    private void ReadFooter()
    {
        (long blocks, long start) = (_blocks, _offset);
        PayloadReader payload = NextBlock(out byte kind);
        while (kind == (byte)SnapshotBlockKind.Keys)
        {
            ReadOrDamaged(payload, (ref PayloadReader reader) =>
            {
                while (!reader.IsAtEnd) Keys.Add(KnownCallFormat.Read(ref reader));
                return true;
            });
            (blocks, start) = (_blocks, _offset);
            payload = NextBlock(out kind);
        }

        Expect(SnapshotBlockKind.Footer, kind);
        bool isRight = ReadOrDamaged(payload, (ref PayloadReader reader) =>
        {
            bool matches = reader.Int64() == blocks & reader.Int64() == _rows & reader.Int64() == start;
            reader.ExpectEnd();
            return matches;
        });
        if (!isRight) throw Damaged("the footer counts something else");
        if (_file.Length != _offset) throw Damaged($"{_file.Length - _offset} bytes follow the footer");
    }

    private PayloadReader NextBlock(SnapshotBlockKind expected)
    {
        PayloadReader reader = NextBlock(out byte kind);
        Expect(expected, kind);
        return reader;
    }

    private void Expect(SnapshotBlockKind expected, byte kind)
    {
        if (kind != (byte)expected) throw Damaged($"a block of kind {kind} stands where {expected} should");
    }

    private PayloadReader NextBlock(out byte kind)
    {
        Span<byte> head = stackalloc byte[SnapshotFormat.BlockHeadBytes];
        if (_file.ReadAt(head, _offset) < head.Length) throw Damaged("the file ends before its footer");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(head);
        long left = _file.Length - _offset - head.Length;
        if (length == 0 || length > SnapshotFormat.BlockBytesMax || length > left)
            throw Damaged($"a block of {length} bytes is announced where {left} are left");
        Reserve((int)length);
        Span<byte> payload = _block.AsSpan(0, (int)length);
        if (_file.ReadAt(payload, _offset + head.Length) < payload.Length) throw Damaged("the file ends inside a block");
        _checksum = SnapshotFormat.Checksum(payload, _checksum);
        if (BinaryPrimitives.ReadUInt64LittleEndian(head[sizeof(uint)..]) != _checksum) throw Damaged("a checksum is wrong");
        _offset += head.Length + payload.Length;
        _blocks++;
        _length = payload.Length;
        var reader = new PayloadReader(payload);
        kind = reader.Byte();
        return reader;
    }

    private void Reserve(int length)
    {
        if (_block.Length >= length) return;
        if (_block.Length > 0) ArrayPool<byte>.Shared.Return(_block);
        _block = [];
        _block = ArrayPool<byte>.Shared.Rent(length);
    }

    private T ReadOrDamaged<T>(PayloadReader payload, Decode<T> decode)
    {
        try
        {
            return decode(ref payload);
        }
        catch (EventFormatException fault)
        {
            throw new SnapshotException(SnapshotFault.Damaged, $"before byte {_offset}: {fault.Message}", fault);
        }
    }

    private SnapshotException Damaged(string what) => new(SnapshotFault.Damaged, $"{what} (at byte {_offset})");

    private delegate T Decode<out T>(ref PayloadReader reader);
}
