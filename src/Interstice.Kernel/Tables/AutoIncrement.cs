using System.Buffers.Binary;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tables;

/// <summary>Reads and writes the column of a row that a table's counter fills: an integer of 32 or 64 bits.</summary>
internal sealed class AutoIncrement
{
    private readonly RowCodec _row;
    private readonly int _column;
    private readonly bool _isSigned;
    private readonly bool _is32Bits;

    private AutoIncrement(RowCodec row, int column, ScalarKind kind)
    {
        _row = row;
        _column = column;
        _isSigned = kind is ScalarKind.I32 or ScalarKind.I64;
        _is32Bits = kind is ScalarKind.I32 or ScalarKind.U32;
        Max = kind switch
        {
            ScalarKind.I32 => int.MaxValue,
            ScalarKind.U32 => uint.MaxValue,
            ScalarKind.I64 => long.MaxValue,
            ScalarKind.U64 => ulong.MaxValue,
            _ => throw new ArgumentException($"A counter cannot fill a column of type {kind}.", nameof(kind)),
        };
    }

    /// <summary>The largest value of the column's type.</summary>
    internal ulong Max { get; }

    internal static AutoIncrement? Of(TableSchema table) =>
        table.AutoIncColumn is not { } column || table.Columns[column].Type.Resolved is not ScalarType scalar
            ? null : new AutoIncrement(table.Row, column, scalar.Kind);

    /// <summary>Whether the row leaves the value to the counter.</summary>
    internal bool IsZero(ReadOnlySpan<byte> row) => ReadBits(row) == 0;

    /// <summary>The value that the counter has to remember: the column's, or 0 if it is negative.</summary>
    internal ulong Read(ReadOnlySpan<byte> row)
    {
        ulong bits = ReadBits(row);
        if (!_isSigned) return bits;
        long value = _is32Bits ? (int)bits : (long)bits;
        return value < 0 ? 0 : (ulong)value;
    }

    internal void Write(Span<byte> row, ulong value)
    {
        Span<byte> column = row[_row.Offset(row, _column)..];
        if (_is32Bits) BinaryPrimitives.WriteUInt32LittleEndian(column, (uint)value);
        else BinaryPrimitives.WriteUInt64LittleEndian(column, value);
    }

    private ulong ReadBits(ReadOnlySpan<byte> row)
    {
        ReadOnlySpan<byte> column = row[_row.Offset(row, _column)..];
        return _is32Bits ? BinaryPrimitives.ReadUInt32LittleEndian(column) : BinaryPrimitives.ReadUInt64LittleEndian(column);
    }
}
