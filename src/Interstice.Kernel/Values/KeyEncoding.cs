using System.Buffers.Binary;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <summary>The order-preserving encoding of single values: comparing the bytes is comparing the values
/// (docs/formats/keys.md). Defined for key types and floats.</summary>
/// <remarks>No encoding is the beginning of another of the same type, so encodings may be put one behind the other.
/// Nothing allocates. All methods expect values that were validated.</remarks>
public static partial class KeyEncoding
{
    /// <summary>Flips the sign bit of a double's bits or, for negative ones, all bits, after which they order as u64.</summary>
    private const ulong Sign64 = 0x8000_0000_0000_0000;
    private const uint Sign32 = 0x8000_0000;

    /// <summary>Writes the encoding of the value that begins at a position.</summary>
    /// <param name="type">Its type; a key type or float.</param>
    /// <param name="source">Bytes that hold the value in the canonical encoding.</param>
    /// <param name="position">Where it begins; moved behind it.</param>
    /// <param name="destination">Takes the encoding; twice the value's length and 3 bytes are always enough.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The type has no such encoding, or the destination is too small.</exception>
    public static int Write(DataType type, ReadOnlySpan<byte> source, ref int position, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(type);
        int written = 0;
        type = type.Resolved;
        while (type is OptionType option)
        {
            byte tag = source[position++];
            destination[written++] = tag;
            if (tag == 0) return written;
            type = option.Value.Resolved;
        }

        if (type is ScalarType scalar)
            return written + WriteScalar(scalar, source, ref position, destination[written..]);
        if (type is not EnumType) throw NotAKey(type);
        destination[written++] = source[position++];
        return written;
    }

    /// <summary>Compares two values as their encodings compare, without writing these.</summary>
    /// <param name="type">Type of both; a key type or float.</param>
    /// <param name="left">Bytes that begin with a value in the canonical encoding.</param>
    /// <param name="right">Bytes that begin with another.</param>
    /// <returns>Below zero, zero or above zero.</returns>
    public static int Compare(DataType type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        ArgumentNullException.ThrowIfNull(type);
        type = type.Resolved;
        while (type is OptionType option)
        {
            if (left[0] != right[0] || left[0] == 0) return left[0].CompareTo(right[0]);
            left = left[1..];
            right = right[1..];
            type = option.Value.Resolved;
        }

        if (type is ScalarType { FixedLengthOrMinusOne: < 0 }) return Text(left).SequenceCompareTo(Text(right));
        if (type is not ScalarType and not EnumType) throw NotAKey(type);
        Span<byte> leftKey = stackalloc byte[32];
        Span<byte> rightKey = stackalloc byte[32];
        int position = 0;
        int leftLength = Write(type, left, ref position, leftKey);
        position = 0;
        int rightLength = Write(type, right, ref position, rightKey);
        return leftKey[..leftLength].SequenceCompareTo(rightKey[..rightLength]);
    }

    private static int WriteScalar(ScalarType type, ReadOnlySpan<byte> source, ref int position, Span<byte> destination)
    {
        ReadOnlySpan<byte> value = source[position..];
        int length = type.FixedLengthOrMinusOne;
        if (length < 0)
        {
            value = Text(value);
            position += sizeof(uint) + value.Length;
            return WriteEscaped(value, destination);
        }

        position += length;
        WriteFixed(type.Kind, value, destination);
        return length;
    }

    private static void WriteFixed(ScalarKind kind, ReadOnlySpan<byte> value, Span<byte> destination)
    {
        switch (kind)
        {
            case ScalarKind.Bool or ScalarKind.U8:
                destination[0] = value[0];
                break;
            case ScalarKind.I8:
                destination[0] = (byte)(value[0] ^ 0x80);
                break;
            case ScalarKind.U16:
                BinaryPrimitives.WriteUInt16BigEndian(destination, BinaryPrimitives.ReadUInt16LittleEndian(value));
                break;
            case ScalarKind.I16:
                ushort i16 = BinaryPrimitives.ReadUInt16LittleEndian(value);
                BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(i16 ^ 0x8000));
                break;
            case ScalarKind.U32:
                BinaryPrimitives.WriteUInt32BigEndian(destination, BinaryPrimitives.ReadUInt32LittleEndian(value));
                break;
            case ScalarKind.I32:
                BinaryPrimitives.WriteUInt32BigEndian(destination, BinaryPrimitives.ReadUInt32LittleEndian(value) ^ Sign32);
                break;
            case ScalarKind.U64:
                BinaryPrimitives.WriteUInt64BigEndian(destination, BinaryPrimitives.ReadUInt64LittleEndian(value));
                break;
            case ScalarKind.I64 or ScalarKind.Timestamp or ScalarKind.Duration:
                BinaryPrimitives.WriteUInt64BigEndian(destination, BinaryPrimitives.ReadUInt64LittleEndian(value) ^ Sign64);
                break;
            case ScalarKind.U128 or ScalarKind.I128:
                ulong flip = kind == ScalarKind.I128 ? Sign64 : 0;
                ulong high = BinaryPrimitives.ReadUInt64LittleEndian(value[sizeof(ulong)..]) ^ flip;
                BinaryPrimitives.WriteUInt64BigEndian(destination, high);
                BinaryPrimitives.WriteUInt64BigEndian(
                    destination[sizeof(ulong)..], BinaryPrimitives.ReadUInt64LittleEndian(value));
                break;
            case ScalarKind.F32:
                uint f32 = BinaryPrimitives.ReadUInt32LittleEndian(value);
                if (f32 == Sign32) f32 = 0;
                BinaryPrimitives.WriteUInt32BigEndian(destination, f32 >= Sign32 ? ~f32 : f32 ^ Sign32);
                break;
            case ScalarKind.F64:
                ulong f64 = BinaryPrimitives.ReadUInt64LittleEndian(value);
                if (f64 == Sign64) f64 = 0;
                BinaryPrimitives.WriteUInt64BigEndian(destination, f64 >= Sign64 ? ~f64 : f64 ^ Sign64);
                break;
            default:
                value[..(kind == ScalarKind.Uuid ? 16 : 32)].CopyTo(destination);
                break;
        }
    }

    private static int WriteEscaped(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        int written = 0;
        int zero;
        while ((zero = value.IndexOf((byte)0)) >= 0)
        {
            value[..(zero + 1)].CopyTo(destination[written..]);
            written += zero + 1;
            destination[written++] = 0xFF;
            value = value[(zero + 1)..];
        }

        value.CopyTo(destination[written..]);
        written += value.Length;
        destination[written + 1] = 0;
        destination[written] = 0;
        return written + 2;
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> value) =>
        value.Slice(sizeof(uint), (int)BinaryPrimitives.ReadUInt32LittleEndian(value));

    private static ArgumentException NotAKey(DataType type) => new($"{type} has no order-preserving encoding");
}
