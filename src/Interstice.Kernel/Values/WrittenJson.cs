using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <summary>Reads values from JSON straight from its bytes, if it stands as <see cref="JsonValues"/> writes it: fields and keys in their order,
/// integers without exponent.</summary>
/// <remarks>Says no to anything else, be it right or wrong, and may have written the beginning of a value then: <see cref="JsonValues"/> reads
/// what is right and has the words for what is wrong. What is read has the bytes that <see cref="JsonValues"/> gives. The reader stands on a
/// value's first token, and on its last one afterwards.</remarks>
internal static class WrittenJson
{
    private const int ShortDigitsMax = 18;

    /// <summary>Reads a row, an argument list or a struct.</summary>
    internal static bool TryReadRow(ref Utf8JsonReader json, RowCodec row, PayloadWriter destination, int depth = 0)
    {
        if (json.TokenType != JsonTokenType.StartObject) return false;
        byte[][] names = row.Utf8Names;
        for (int i = 0; i < names.Length; i++)
        {
            bool isNext = json.Read() && json.TokenType == JsonTokenType.PropertyName && !json.ValueIsEscaped
                && json.ValueSpan.SequenceEqual(names[i]);
            if (!isNext || !json.Read() || !TryRead(ref json, row.Fields[i].Type, destination, depth)) return false;
        }

        return json.Read() && json.TokenType == JsonTokenType.EndObject;
    }

    /// <summary>Reads a value.</summary>
    internal static bool TryRead(ref Utf8JsonReader json, DataType type, PayloadWriter destination, int depth = 0)
    {
        type = type.Resolved;
        if (type is ScalarType scalar) return TryReadScalar(ref json, scalar, destination);
        if (depth >= ValueLimits.DepthMax) return false;
        return type switch
        {
            StructType structure => TryReadRow(ref json, structure.Codec, destination, depth + 1),
            OptionType option => TryReadOption(ref json, option, destination, depth + 1),
            ListType list => TryReadList(ref json, list, destination, depth + 1),
            EnumType choice => TryReadEnum(ref json, choice, destination, depth + 1),
            MapType map => TryReadMap(ref json, map, destination, depth + 1),
            _ => false,
        };
    }

    /// <summary>Reads hexadecimal digits of so many bytes.</summary>
    internal static bool TryReadHex(in Utf8JsonReader json, scoped Span<byte> bytes) =>
        IsPlainText(json) && json.ValueSpan.Length == 2 * bytes.Length
        && Convert.FromHexString(json.ValueSpan, bytes, out _, out _) == OperationStatus.Done;

    /// <summary>Whether the token is text in which nothing is escaped, well-formed or not.</summary>
    internal static bool IsPlainText(in Utf8JsonReader json) => json.TokenType == JsonTokenType.String && !json.ValueIsEscaped;

    /// <summary>Reads text, escaped or not.</summary>
    internal static bool TryReadText(in Utf8JsonReader json, PayloadWriter destination)
    {
        if (json.TokenType != JsonTokenType.String) return false;
        if (json.ValueIsEscaped) return TryReadEscaped(json, destination);
        if (!Utf8.IsValid(json.ValueSpan)) return false;
        destination.Bytes(json.ValueSpan);
        return true;
    }

    private static bool TryReadEscaped(in Utf8JsonReader json, PayloadWriter destination)
    {
        int start = destination.Length;
        destination.UInt32(0);
        try
        {
            destination.Advance(json.CopyString(destination.GetSpan(json.ValueSpan.Length)));
        }
        catch (InvalidOperationException)
        {
            return false; // no text: half of a surrogate pair, or bytes that are no UTF-8
        }

        BinaryPrimitives.WriteInt32LittleEndian(destination.Part(start, sizeof(int)), destination.Length - start - sizeof(int));
        return true;
    }

    private static bool TryReadOption(ref Utf8JsonReader json, OptionType type, PayloadWriter destination, int depth)
    {
        destination.WriteBool(json.TokenType == JsonTokenType.StartArray);
        if (json.TokenType == JsonTokenType.Null) return true;
        return json.TokenType == JsonTokenType.StartArray && json.Read() && TryRead(ref json, type.Value, destination, depth)
            && json.Read() && json.TokenType == JsonTokenType.EndArray;
    }

    private static bool TryReadList(ref Utf8JsonReader json, ListType type, PayloadWriter destination, int depth)
    {
        if (json.TokenType != JsonTokenType.StartArray) return false;
        int start = destination.Length;
        destination.UInt32(0);
        uint count = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (!TryRead(ref json, type.Item, destination, depth)) return false;
            count++;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination.Part(start, sizeof(uint)), count);
        return json.TokenType == JsonTokenType.EndArray;
    }

    // Entries in the order of their keys, as they are written. Others are put into order, or found to stand twice, by the slow way.
    private static bool TryReadMap(ref Utf8JsonReader json, MapType type, PayloadWriter destination, int depth)
    {
        if (json.TokenType != JsonTokenType.StartArray) return false;
        int start = destination.Length;
        destination.UInt32(0);
        uint count = 0;
        for (int last = -1; json.Read() && json.TokenType != JsonTokenType.EndArray; count++)
        {
            int entry = destination.Length;
            if (json.TokenType != JsonTokenType.StartArray || !json.Read() || !TryRead(ref json, type.Key, destination, depth)) return false;
            if (last >= 0 && KeyEncoding.Compare(type.Key, destination.Written[last..], destination.Written[entry..]) >= 0) return false;
            if (!json.Read() || !TryRead(ref json, type.Value, destination, depth)) return false;
            if (!json.Read() || json.TokenType != JsonTokenType.EndArray) return false;
            last = entry;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination.Part(start, sizeof(uint)), count);
        return json.TokenType == JsonTokenType.EndArray;
    }

    private static bool TryReadEnum(ref Utf8JsonReader json, EnumType type, PayloadWriter destination, int depth)
    {
        if (json.TokenType != JsonTokenType.StartObject || !json.Read() || json.TokenType != JsonTokenType.PropertyName) return false;
        int number = 0;
        while (number < type.Variants.Length && !json.ValueTextEquals(type.Variants[number].Name)) number++;
        if (number == type.Variants.Length || !json.Read()) return false;
        destination.WriteU8((byte)number);
        bool isRead = type.Variants[number].Payload is { } payload
            ? TryRead(ref json, payload, destination, depth)
            : json.TokenType == JsonTokenType.Null;
        return isRead && json.Read() && json.TokenType == JsonTokenType.EndObject;
    }

    private static bool TryReadScalar(ref Utf8JsonReader json, ScalarType type, PayloadWriter destination)
    {
        switch (type.Kind)
        {
            case ScalarKind.Bool:
                destination.WriteBool(json.TokenType == JsonTokenType.True);
                return json.TokenType is JsonTokenType.True or JsonTokenType.False;
            case ScalarKind.String:
                return TryReadText(json, destination);
            case ScalarKind.Bytes:
                return IsPlainText(json) && TryReadBase64(json.ValueSpan, destination);
            case ScalarKind.F32:
                if (json.TokenType != JsonTokenType.Number || !json.TryGetSingle(out float single) || !float.IsFinite(single)) return false;
                destination.WriteF32(single);
                return true;
            case ScalarKind.F64:
                if (json.TokenType != JsonTokenType.Number || !json.TryGetDouble(out double number) || !double.IsFinite(number)) return false;
                destination.WriteF64(number);
                return true;
            case ScalarKind.Uuid:
                if (!IsPlainText(json) || !json.TryGetGuid(out Guid uuid)) return false;
                destination.Guid(uuid);
                return true;
            case ScalarKind.Identity:
                Span<byte> identity = stackalloc byte[Identity.Bytes];
                if (!TryReadHex(json, identity)) return false;
                destination.Raw(identity);
                return true;
            default:
                return TryReadInteger(ref json, type, destination);
        }
    }

    private static bool TryReadInteger(ref Utf8JsonReader json, ScalarType type, PayloadWriter destination)
    {
        int length = type.FixedLengthOrMinusOne;
        bool isExpected = length >= sizeof(long) ? IsPlainText(json) : json.TokenType == JsonTokenType.Number;
        if (!isExpected) return false;
        bool isTime = type.Kind == ScalarKind.Timestamp;
        if (!(isTime && TimestampText.TryParseFormatted(json.ValueSpan, out long number)) && !TryParseShort(json.ValueSpan, out number))
            return TryReadLong(json.ValueSpan, type.Kind, destination);
        (long min, long max) = type.Kind switch
        {
            ScalarKind.I8 => (sbyte.MinValue, sbyte.MaxValue),
            ScalarKind.I16 => (short.MinValue, short.MaxValue),
            ScalarKind.I32 => (int.MinValue, int.MaxValue),
            ScalarKind.U8 => (0, byte.MaxValue),
            ScalarKind.U16 => (0, ushort.MaxValue),
            ScalarKind.U32 => (0, uint.MaxValue),
            ScalarKind.U64 or ScalarKind.U128 => (0, long.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        if (number < min || number > max) return false;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        bytes[sizeof(long)..].Fill(number < 0 ? byte.MaxValue : (byte)0);
        destination.Raw(bytes[..length]);
        return true;
    }

    // Numbers of many digits. A leading plus, which the framework takes, is none of JSON's.
    private static bool TryReadLong(ReadOnlySpan<byte> text, ScalarKind kind, PayloadWriter destination)
    {
        const NumberStyles Signed = NumberStyles.AllowLeadingSign;
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (text.IsEmpty || text[0] == '+') return false;
        switch (kind)
        {
            case ScalarKind.U64 when ulong.TryParse(text, NumberStyles.None, invariant, out ulong number):
                destination.UInt64(number);
                return true;
            case ScalarKind.I64 or ScalarKind.Timestamp or ScalarKind.Duration when long.TryParse(text, Signed, invariant, out long number):
                destination.Int64(number);
                return true;
            case ScalarKind.U128 when UInt128.TryParse(text, NumberStyles.None, invariant, out UInt128 number):
                destination.UInt128(number);
                return true;
            case ScalarKind.I128 when Int128.TryParse(text, Signed, invariant, out Int128 number):
                destination.UInt128((UInt128)number);
                return true;
            default:
                return false;
        }
    }

    // What nearly every number is: a sign, and fewer digits than overflow.
    private static bool TryParseShort(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        bool isNegative = text.Length > 0 && text[0] == '-';
        if (isNegative) text = text[1..];
        if (text.IsEmpty || text.Length > ShortDigitsMax) return false;
        foreach (byte digit in text)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            number = (number * 10) + (digit - '0');
        }

        if (isNegative) number = -number;
        return true;
    }

    private static bool TryReadBase64(ReadOnlySpan<byte> text, PayloadWriter destination)
    {
        int start = destination.Length;
        destination.UInt32(0);
        Span<byte> room = destination.GetSpan(Base64.GetMaxDecodedFromUtf8Length(text.Length) + 1);
        if (Base64.DecodeFromUtf8(text, room, out int read, out int written) != OperationStatus.Done || read != text.Length) return false;
        destination.Advance(written);
        BinaryPrimitives.WriteInt32LittleEndian(destination.Part(start, sizeof(int)), written);
        return true;
    }
}
