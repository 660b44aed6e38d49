using System.Buffers.Binary;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Expressions.Evaluation;

/// <summary>Something of a row, as opposed to what is computed.</summary>
internal interface IField
{
    /// <summary>Where it is.</summary>
    FieldPath Path { get; }
}

/// <summary>A list, map, struct or enum, of which only presence can be asked.</summary>
internal sealed class OpaqueField(FieldPath path) : Term, IField
{
    public FieldPath Path => path;

    internal override bool HasValue(ReadOnlySpan<byte> row) => path.Locate(row) >= 0;
}

/// <summary>A bool.</summary>
internal sealed class BoolField(FieldPath path) : Term<bool>, IField
{
    public FieldPath Path => path;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out bool value)
    {
        int position = path.Locate(row);
        value = position >= 0 && row[position] != 0;
        return position >= 0;
    }
}

/// <summary>An integer that fits into 64 bits with sign, or a time.</summary>
internal sealed class LongField(FieldPath path, ScalarKind kind) : Term<long>, IField
{
    public FieldPath Path => path;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out long value)
    {
        value = 0;
        int position = path.Locate(row);
        if (position < 0) return false;
        ReadOnlySpan<byte> bytes = row[position..];
        value = kind switch
        {
            ScalarKind.I8 => (sbyte)bytes[0],
            ScalarKind.U8 => bytes[0],
            ScalarKind.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            ScalarKind.U16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            ScalarKind.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            ScalarKind.U32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        };
        return true;
    }
}

/// <summary>A <c>u64</c>, <c>i128</c> or <c>u128</c>.</summary>
internal sealed class WideField(FieldPath path, ScalarKind kind) : Term<WideInteger>, IField
{
    public FieldPath Path => path;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out WideInteger value)
    {
        value = default;
        int position = path.Locate(row);
        if (position < 0) return false;
        ReadOnlySpan<byte> bytes = row[position..];
        value = kind switch
        {
            ScalarKind.U64 => WideInteger.From((UInt128)BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
            ScalarKind.I128 => WideInteger.From(BinaryPrimitives.ReadInt128LittleEndian(bytes)),
            _ => WideInteger.From(BinaryPrimitives.ReadUInt128LittleEndian(bytes)),
        };
        return true;
    }
}

/// <summary>A float.</summary>
internal sealed class FloatField(FieldPath path, bool isSingle) : Term<double>, IField
{
    public FieldPath Path => path;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out double value)
    {
        value = 0;
        int position = path.Locate(row);
        if (position < 0) return false;
        ReadOnlySpan<byte> bytes = row[position..];
        value = isSingle ? BinaryPrimitives.ReadSingleLittleEndian(bytes) : BinaryPrimitives.ReadDoubleLittleEndian(bytes);
        return true;
    }
}

/// <summary>The number of the variant that an enum has.</summary>
internal sealed class VariantField(FieldPath path) : Term<long>, IField
{
    public FieldPath Path => path;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out long value)
    {
        int position = path.Locate(row);
        value = position < 0 ? 0 : row[position];
        return position >= 0;
    }
}

/// <summary>A string or bytes, with their length before them, or a uuid or identity of fixed length.</summary>
internal sealed class BytesField(FieldPath path, int? fixedLength) : Term<ReadOnlySpan<byte>>, IField
{
    public FieldPath Path => path;

    internal override bool TryEvaluate(ReadOnlySpan<byte> row, out ReadOnlySpan<byte> value)
    {
        value = default;
        int position = path.Locate(row);
        if (position < 0) return false;
        int length = fixedLength ?? (int)BinaryPrimitives.ReadUInt32LittleEndian(row[position..]);
        value = row.Slice(fixedLength is null ? position + sizeof(uint) : position, length);
        return true;
    }
}
