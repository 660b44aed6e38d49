using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Interstice.Kernel.Expressions.Evaluation;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tables.Columnar;

/// <summary>How the values of a column become numbers that compare like the values (codes), or texts.</summary>
/// <remarks>A code is the value itself for unsigned integers, bools and variants; with the sign flipped for signed integers and
/// times; the bits in the order of numbers for floats, -0 as +0 and NaN last. Immutable.</remarks>
internal sealed class ColumnLayout
{
    private const ulong Sign = 1UL << 63;

    private readonly FieldPath _path;
    private readonly DataType _value;
    private readonly int _fixedLength;

    private ColumnLayout(ColumnSchema column, FieldPath path, DataType value, CodeKind kind, int optionDepth)
    {
        Column = column;
        _path = path;
        _value = value;
        _fixedLength = value.FixedLengthOrMinusOne;
        Kind = kind;
        OptionDepth = optionDepth;
    }

    internal ColumnSchema Column { get; }

    internal CodeKind Kind { get; }

    /// <summary>How many options stand around the value.</summary>
    internal int OptionDepth { get; }

    /// <summary>The type of the value within all options.</summary>
    internal DataType Value => _value;

    /// <summary>The layout of a column, or null for types that are no single number or text.</summary>
    internal static ColumnLayout? Of(TableSchema table, int column)
    {
        ColumnSchema declared = table.Columns[column];
        DataType type = declared.Type.Resolved;
        int depth = 0;
        for (; type is OptionType option; depth++) type = option.Value.Resolved;
        if (KindOf(type) is not { } kind) return null;
        PathStep[] steps = new PathStep[depth];
        Array.Fill(steps, new PathStep(null, 1));
        return new ColumnLayout(declared, new FieldPath(table.Row, column, steps), type, kind, depth);
    }

    /// <summary>Whether a field of an expression is the value of this column.</summary>
    internal bool Is(FieldPath path) => path.Column == Column.Number && path.StepCount == OptionDepth;

    /// <summary>Finds the code in a row; false for null. Not for texts.</summary>
    internal bool TryReadCode(ReadOnlySpan<byte> row, out ulong code)
    {
        int position = _path.Locate(row);
        code = position < 0 ? 0 : ReadCode(row[position..]);
        return position >= 0;
    }

    /// <summary>Finds the text in a row; false for null.</summary>
    internal bool TryReadText(ReadOnlySpan<byte> row, out ReadOnlySpan<byte> text)
    {
        text = default;
        int position = _path.Locate(row);
        if (position < 0) return false;
        text = _fixedLength >= 0
            ? row.Slice(position, _fixedLength)
            : row.Slice(position + sizeof(uint), (int)BinaryPrimitives.ReadUInt32LittleEndian(row[position..]));
        return true;
    }

    /// <summary>The canonical encoding of the value with a code.</summary>
    internal byte[] ToCanonical(ulong code)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        ulong value = Kind switch
        {
            CodeKind.Signed => code ^ Sign,
            CodeKind.Float when _fixedLength == sizeof(float) => BitConverter.SingleToUInt32Bits((float)ToDouble(code)),
            CodeKind.Float => BitConverter.DoubleToUInt64Bits(ToDouble(code)),
            _ => code,
        };
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes[..(_value is EnumType ? 1 : _fixedLength)].ToArray();
    }

    /// <summary>The canonical encoding of a text.</summary>
    internal byte[] ToCanonical(ReadOnlySpan<byte> text)
    {
        if (_fixedLength >= 0) return text.ToArray();
        byte[] bytes = new byte[sizeof(uint) + text.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, text.Length);
        text.CopyTo(bytes.AsSpan(sizeof(uint)));
        return bytes;
    }

    internal static ulong CodeOf(long value) => (ulong)value ^ Sign;

    internal static ulong CodeOf(double value)
    {
        // -0 is the same number as +0, and both have the code of +0.
        ulong bits = BitConverter.DoubleToUInt64Bits(value == 0 ? 0 : value);
        return (bits & Sign) != 0 ? ~bits : bits | Sign;
    }

    internal static double ToDouble(ulong code) =>
        BitConverter.UInt64BitsToDouble((code & Sign) != 0 ? code ^ Sign : ~code);

    private ulong ReadCode(ReadOnlySpan<byte> bytes)
    {
        if (_value is not ScalarType scalar) return bytes[0];
        return scalar.Kind switch
        {
            ScalarKind.Bool => bytes[0],
            ScalarKind.I8 => CodeOf((sbyte)bytes[0]),
            ScalarKind.U8 => CodeOf((long)bytes[0]),
            ScalarKind.I16 => CodeOf((long)BinaryPrimitives.ReadInt16LittleEndian(bytes)),
            ScalarKind.U16 => CodeOf((long)BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
            ScalarKind.I32 => CodeOf((long)BinaryPrimitives.ReadInt32LittleEndian(bytes)),
            ScalarKind.U32 => CodeOf((long)BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
            ScalarKind.U64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            ScalarKind.F32 => CodeOf((double)BinaryPrimitives.ReadSingleLittleEndian(bytes)),
            ScalarKind.F64 => CodeOf(BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
            _ => CodeOf(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        };
    }

    [SuppressMessage("Style", "IDE0072", Justification = "All other kinds are integers and times with a sign.")]
    private static CodeKind? KindOf(DataType type) => type switch
    {
        EnumType { IsUnit: true } => CodeKind.Unsigned,
        ScalarType scalar => scalar.Kind switch
        {
            ScalarKind.Bool or ScalarKind.U64 => CodeKind.Unsigned,
            ScalarKind.F32 or ScalarKind.F64 => CodeKind.Float,
            ScalarKind.String or ScalarKind.Bytes or ScalarKind.Uuid or ScalarKind.Identity => CodeKind.Text,
            ScalarKind.I128 or ScalarKind.U128 => null,
            _ => CodeKind.Signed,
        },
        _ => null,
    };
}

/// <summary>What a code stands for.</summary>
internal enum CodeKind
{
    /// <summary>The value.</summary>
    Unsigned,

    /// <summary>The value with its sign flipped.</summary>
    Signed,

    /// <summary>The bits of a double in the order of numbers.</summary>
    Float,

    /// <summary>The number of a text in a dictionary; no order.</summary>
    Text,
}
