using System.Buffers.Binary;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <summary>The order-preserving encoding of single values: comparing the bytes is comparing the values
/// (docs/formats/keys.md). Defined for key types and floats.</summary>
/// <remarks>No encoding is the beginning of another of the same type, so encodings may be put one behind the other.
/// Nothing allocates. All methods expect values that were validated.</remarks>
public static partial class KeyEncoding
{
    internal const ulong Sign64 = 0x8000_0000_0000_0000;
    private const uint Sign32 = 0x8000_0000;
    private const int FixedLengthMax = 32;

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

        ScalarKind kind = KindOf(type);
        if (kind is ScalarKind.String or ScalarKind.Bytes)
            return written + WriteText(source, ref position, destination[written..]);
        WriteFixed(kind, source[position..], destination[written..]);
        position += type.FixedLengthOrMinusOne;
        return written + type.FixedLengthOrMinusOne;
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

        // The escape of text does not change its order, so that it may be compared as it stands.
        ScalarKind kind = KindOf(type);
        if (kind is ScalarKind.String or ScalarKind.Bytes) return Text(left).SequenceCompareTo(Text(right));
        int length = type.FixedLengthOrMinusOne;
        Span<byte> leftKey = stackalloc byte[FixedLengthMax];
        Span<byte> rightKey = stackalloc byte[FixedLengthMax];
        WriteFixed(kind, left, leftKey);
        WriteFixed(kind, right, rightKey);
        return leftKey[..length].SequenceCompareTo(rightKey[..length]);
    }

    /// <summary>Writes a string or bytes that begin at a position.</summary>
    internal static int WriteText(ReadOnlySpan<byte> source, ref int position, Span<byte> destination)
    {
        ReadOnlySpan<byte> value = Text(source[position..]);
        position += sizeof(uint) + value.Length;
        return WriteEscaped(value, destination);
    }

    /// <summary>Writes the value of fixed length that the bytes begin with, in the same number of bytes.</summary>
    internal static void WriteFixed(ScalarKind kind, ReadOnlySpan<byte> value, Span<byte> destination)
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
                BinaryPrimitives.WriteUInt32BigEndian(
                    destination, BinaryPrimitives.ReadUInt32LittleEndian(value) ^ Sign32);
                break;
            case ScalarKind.U64:
                BinaryPrimitives.WriteUInt64BigEndian(destination, BinaryPrimitives.ReadUInt64LittleEndian(value));
                break;
            case ScalarKind.I64 or ScalarKind.Timestamp or ScalarKind.Duration:
                BinaryPrimitives.WriteUInt64BigEndian(
                    destination, BinaryPrimitives.ReadUInt64LittleEndian(value) ^ Sign64);
                break;
            case ScalarKind.U128 or ScalarKind.I128:
                ulong flip = kind == ScalarKind.I128 ? Sign64 : 0;
                ulong high = BinaryPrimitives.ReadUInt64LittleEndian(value[sizeof(ulong)..]) ^ flip;
                BinaryPrimitives.WriteUInt64BigEndian(destination, high);
                BinaryPrimitives.WriteUInt64BigEndian(
                    destination[sizeof(ulong)..], BinaryPrimitives.ReadUInt64LittleEndian(value));
                break;
            // Of floats the sign is flipped, and of negative ones all other bits too: the smaller their bits, the
            // larger they are.
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

    /// <summary>How to treat a type that is neither wrapped nor optional; the number of a variant is a u8.</summary>
    internal static ScalarKind KindOf(DataType type) => type switch
    {
        ScalarType scalar => scalar.Kind,
        EnumType { IsUnit: true } => ScalarKind.U8,
        _ => throw new ArgumentException($"{type} has no order-preserving encoding", nameof(type)),
    };

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> value) =>
        value.Slice(sizeof(uint), (int)BinaryPrimitives.ReadUInt32LittleEndian(value));
}
