using System.Buffers.Binary;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <summary>The canonical encoding of values: Borsh's rules, one encoding for one value
/// (docs/formats/values.md).</summary>
public static class CanonicalEncoding
{
    /// <summary>Whether the bytes are exactly one value of the type. Never throws, whatever the bytes.</summary>
    /// <param name="type">The type.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="error">What is wrong, and where, when the answer is no.</param>
    public static bool TryValidate(DataType type, ReadOnlySpan<byte> bytes, out ValueError error)
    {
        ArgumentNullException.ThrowIfNull(type);
        var fault = default(ValueFault);
        int end = ValueValidator.Validate(type, bytes, 0, 0, ref fault);
        if (end >= 0 && end != bytes.Length)
            fault.Set(ValueErrorKind.TrailingBytes, end, Trailing(type, bytes.Length - end));
        error = fault.Kind == ValueErrorKind.None ? default : fault.ToError();
        return fault.Kind == ValueErrorKind.None;
    }

    /// <summary>Length of the value that the bytes begin with.</summary>
    /// <param name="type">The type.</param>
    /// <param name="bytes">Bytes that begin with a value that was validated; of others the answer means nothing, or an
    /// exception is thrown.</param>
    public static int Skip(DataType type, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Skip(type, bytes, 0);
    }

    internal static int Skip(DataType type, ReadOnlySpan<byte> bytes, int position)
    {
        type = type.Resolved;
        if (type.FixedLengthOrMinusOne >= 0) return position + type.FixedLengthOrMinusOne;
        switch (type.Shape)
        {
            case TypeShape.Scalar:
                return position + sizeof(uint) + ReadLength(bytes, position);
            case TypeShape.Option:
                return bytes[position] == 0 ? position + 1 : Skip(((OptionType)type).Value, bytes, position + 1);
            case TypeShape.Enum:
                DataType? payload = ((EnumType)type).Variants[bytes[position]].Payload;
                return payload is null ? position + 1 : Skip(payload, bytes, position + 1);
            case TypeShape.Struct:
                foreach (FieldSchema field in ((StructType)type).Fields) position = Skip(field.Type, bytes, position);
                return position;
            case TypeShape.List:
                return SkipItems(((ListType)type).Item, null, bytes, position);
            default:
                return SkipItems(((MapType)type).Key, ((MapType)type).Value, bytes, position);
        }
    }

    internal static string Trailing(object type, int bytes) =>
        $"expected {type}, found {bytes} more {(bytes == 1 ? "byte" : "bytes")} after it";

    private static int SkipItems(DataType first, DataType? second, ReadOnlySpan<byte> bytes, int position)
    {
        int count = ReadLength(bytes, position);
        position += sizeof(uint);
        int length = first.FixedLengthOrMinusOne;
        if (length >= 0 && second is null) return position + (count * length);
        for (int i = 0; i < count; i++)
        {
            position = Skip(first, bytes, position);
            if (second is not null) position = Skip(second, bytes, position);
        }

        return position;
    }

    private static int ReadLength(ReadOnlySpan<byte> bytes, int position) =>
        (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]);
}
