using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <summary>Writes values as JSON straight into bytes: what <see cref="JsonValues"/> writes, byte for byte, without a writer that keeps track
/// of where it is.</summary>
/// <remarks>Takes validated values only. Says no to what stands in the way of a few lines (numbers that are none, values that stand too deep)
/// and may have written the beginning then: <see cref="JsonValues"/> writes everything.</remarks>
internal static class JsonBytes
{
    private const int NumberBytesMax = 48;
    private const int UuidBytes = 36;
    private const string EscapedText = "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\";

    private static readonly SearchValues<byte> Escaped = SearchValues.Create(Encoding.ASCII.GetBytes(EscapedText));

    /// <summary>Names of fields as they stand before their values: with brace or comma, quotation marks and colon.</summary>
    internal static byte[][] NamesOf(IEnumerable<string> names) =>
    [
        .. names.Select((name, index) => (byte[])
        [
            (byte)(index == 0 ? '{' : ','), (byte)'"', .. JsonEncodedText.Encode(name, MinimalJsonEncoder.Instance).EncodedUtf8Bytes, (byte)'"',
            (byte)':',
        ]),
    ];

    /// <summary>Writes a row, an argument list or a struct.</summary>
    internal static bool TryWriteRow(PayloadWriter destination, RowCodec row, ReadOnlySpan<byte> canonical)
    {
        int position = 0;
        return TryWriteFields(destination, row, canonical, ref position, 0);
    }

    /// <summary>Writes a value.</summary>
    internal static bool TryWrite(PayloadWriter destination, DataType type, ReadOnlySpan<byte> canonical)
    {
        int position = 0;
        return TryWrite(destination, type, canonical, ref position, 0);
    }

    /// <summary>Writes text, escaped where JSON demands it.</summary>
    /// <param name="destination">Takes it with its quotation marks.</param>
    /// <param name="utf8">The text, well-formed.</param>
    internal static void WriteText(PayloadWriter destination, ReadOnlySpan<byte> utf8)
    {
        destination.Byte((byte)'"');
        for (int end; (end = utf8.IndexOfAny(Escaped)) >= 0; utf8 = utf8[(end + 1)..])
        {
            destination.Raw(utf8[..end]);
            WriteEscaped(destination, utf8[end]);
        }

        destination.Raw(utf8);
        destination.Byte((byte)'"');
    }

    /// <summary>Writes hexadecimal digits as text.</summary>
    internal static void WriteHex(PayloadWriter destination, ReadOnlySpan<byte> bytes)
    {
        int length = 2 * bytes.Length;
        Span<byte> room = destination.GetSpan(length + 2);
        (room[0], room[length + 1]) = ((byte)'"', (byte)'"');
        Convert.TryToHexStringLower(bytes, room[1..], out _);
        destination.Advance(length + 2);
    }

    /// <summary>Writes a number as text, as numbers are that not every reader of JSON holds exactly.</summary>
    internal static void WriteNumberText<T>(PayloadWriter destination, T number)
        where T : IUtf8SpanFormattable
    {
        Span<byte> room = destination.GetSpan(NumberBytesMax);
        number.TryFormat(room[1..], out int written, [], CultureInfo.InvariantCulture);
        (room[0], room[written + 1]) = ((byte)'"', (byte)'"');
        destination.Advance(written + 2);
    }

    /// <summary>Writes a number.</summary>
    internal static void WriteNumber(PayloadWriter destination, long number)
    {
        Utf8Formatter.TryFormat(number, destination.GetSpan(NumberBytesMax), out int written);
        destination.Advance(written);
    }

    /// <summary>Writes a UUID as text.</summary>
    internal static void WriteUuid(PayloadWriter destination, Guid uuid)
    {
        Span<byte> room = destination.GetSpan(UuidBytes + 2);
        uuid.TryFormat(room[1..], out _);
        (room[0], room[UuidBytes + 1]) = ((byte)'"', (byte)'"');
        destination.Advance(UuidBytes + 2);
    }

    /// <summary>Writes a timestamp as text.</summary>
    internal static void WriteTime(PayloadWriter destination, long microseconds)
    {
        Span<byte> room = destination.GetSpan(NumberBytesMax);
        int written = TimestampText.Write(microseconds, room[1..]);
        (room[0], room[written + 1]) = ((byte)'"', (byte)'"');
        destination.Advance(written + 2);
    }

    private static void WriteEscaped(PayloadWriter destination, byte character)
    {
        switch (character)
        {
            case (byte)'"': destination.Raw("\\\""u8); break;
            case (byte)'\\': destination.Raw("\\\\"u8); break;
            case (byte)'\n': destination.Raw("\\n"u8); break;
            case (byte)'\r': destination.Raw("\\r"u8); break;
            case (byte)'\t': destination.Raw("\\t"u8); break;
            default:
                destination.Raw("\\u00"u8);
                Convert.TryToHexStringLower([character], destination.GetSpan(2), out _);
                destination.Advance(2);
                break;
        }
    }

    private static bool TryWriteFields(PayloadWriter destination, RowCodec row, ReadOnlySpan<byte> bytes, ref int position, int depth)
    {
        byte[][] names = row.JsonNames;
        if (names.Length == 0) destination.Byte((byte)'{');
        for (int i = 0; i < names.Length; i++)
        {
            destination.Raw(names[i]);
            if (!TryWrite(destination, row.Fields[i].Type, bytes, ref position, depth)) return false;
        }

        destination.Byte((byte)'}');
        return true;
    }

    private static bool TryWrite(PayloadWriter destination, DataType type, ReadOnlySpan<byte> bytes, ref int position, int depth)
    {
        type = type.Resolved;
        if (type is ScalarType scalar) return TryWriteScalar(destination, scalar, bytes, ref position);
        if (depth >= ValueLimits.DepthMax) return false;
        switch (type)
        {
            case StructType structure: return TryWriteFields(destination, structure.Codec, bytes, ref position, depth + 1);
            case OptionType option: return TryWriteOption(destination, option, bytes, ref position, depth + 1);
            case EnumType choice: return TryWriteEnum(destination, choice, bytes, ref position, depth + 1);
            case ListType list: return TryWriteItems(destination, list.Item, null, bytes, ref position, depth + 1);
            case MapType map: return TryWriteItems(destination, map.Key, map.Value, bytes, ref position, depth + 1);
            default: return false;
        }
    }

    private static bool TryWriteOption(PayloadWriter destination, OptionType type, ReadOnlySpan<byte> bytes, ref int position, int depth)
    {
        if (bytes[position++] == 0)
        {
            destination.Raw("null"u8);
            return true;
        }

        destination.Byte((byte)'[');
        bool isWritten = TryWrite(destination, type.Value, bytes, ref position, depth);
        destination.Byte((byte)']');
        return isWritten;
    }

    private static bool TryWriteEnum(PayloadWriter destination, EnumType type, ReadOnlySpan<byte> bytes, ref int position, int depth)
    {
        VariantSchema variant = type.Variants[bytes[position++]];
        destination.Byte((byte)'{');
        WriteText(destination, Encoding.UTF8.GetBytes(variant.Name));
        destination.Byte((byte)':');
        bool isWritten = true;
        if (variant.Payload is { } payload) isWritten = TryWrite(destination, payload, bytes, ref position, depth);
        else destination.Raw("null"u8);
        destination.Byte((byte)'}');
        return isWritten;
    }

    private static bool TryWriteItems(
        PayloadWriter destination, DataType first, DataType? second, ReadOnlySpan<byte> bytes, ref int position, int depth)
    {
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]);
        position += sizeof(uint);
        destination.Byte((byte)'[');
        for (uint i = 0; i < count; i++)
        {
            if (i > 0) destination.Byte((byte)',');
            if (second is not null) destination.Byte((byte)'[');
            if (!TryWrite(destination, first, bytes, ref position, depth)) return false;
            if (second is null) continue;
            destination.Byte((byte)',');
            if (!TryWrite(destination, second, bytes, ref position, depth)) return false;
            destination.Byte((byte)']');
        }

        destination.Byte((byte)']');
        return true;
    }

    private static bool TryWriteScalar(PayloadWriter destination, ScalarType type, ReadOnlySpan<byte> bytes, ref int position)
    {
        ReadOnlySpan<byte> value = bytes[position..];
        if (type.FixedLengthOrMinusOne < 0)
        {
            ReadOnlySpan<byte> content = value.Slice(sizeof(uint), (int)BinaryPrimitives.ReadUInt32LittleEndian(value));
            position += sizeof(uint) + content.Length;
            if (type.Kind == ScalarKind.String) WriteText(destination, content);
            else WriteBase64(destination, content);
            return true;
        }

        value = value[..type.FixedLengthOrMinusOne];
        position += value.Length;
        return type.IsInteger ? TryWriteInteger(destination, type.Kind, value) : TryWriteOther(destination, type.Kind, value);
    }

    private static bool TryWriteInteger(PayloadWriter destination, ScalarKind kind, ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case ScalarKind.I8: WriteNumber(destination, (sbyte)value[0]); break;
            case ScalarKind.U8: WriteNumber(destination, value[0]); break;
            case ScalarKind.I16: WriteNumber(destination, BinaryPrimitives.ReadInt16LittleEndian(value)); break;
            case ScalarKind.U16: WriteNumber(destination, BinaryPrimitives.ReadUInt16LittleEndian(value)); break;
            case ScalarKind.I32: WriteNumber(destination, BinaryPrimitives.ReadInt32LittleEndian(value)); break;
            case ScalarKind.U32: WriteNumber(destination, BinaryPrimitives.ReadUInt32LittleEndian(value)); break;
            case ScalarKind.I64: WriteNumberText(destination, BinaryPrimitives.ReadInt64LittleEndian(value)); break;
            case ScalarKind.U64: WriteNumberText(destination, BinaryPrimitives.ReadUInt64LittleEndian(value)); break;
            case ScalarKind.I128: WriteNumberText(destination, BinaryPrimitives.ReadInt128LittleEndian(value)); break;
            case ScalarKind.U128: WriteNumberText(destination, BinaryPrimitives.ReadUInt128LittleEndian(value)); break;
            default: return false;
        }

        return true;
    }

    private static bool TryWriteOther(PayloadWriter destination, ScalarKind kind, ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case ScalarKind.Bool: destination.Raw(value[0] != 0 ? "true"u8 : "false"u8); break;
            case ScalarKind.Uuid: WriteUuid(destination, new Guid(value, bigEndian: true)); break;
            case ScalarKind.Duration: WriteNumberText(destination, BinaryPrimitives.ReadInt64LittleEndian(value)); break;
            case ScalarKind.Timestamp: WriteTime(destination, BinaryPrimitives.ReadInt64LittleEndian(value)); break;
            case ScalarKind.Identity: WriteHex(destination, value); break;
            default: return false;
        }

        return true;
    }

    private static void WriteBase64(PayloadWriter destination, ReadOnlySpan<byte> content)
    {
        Span<byte> room = destination.GetSpan(Base64.GetMaxEncodedToUtf8Length(content.Length) + 2);
        room[0] = (byte)'"';
        Base64.EncodeToUtf8(content, room[1..], out _, out int written);
        room[written + 1] = (byte)'"';
        destination.Advance(written + 2);
    }
}
