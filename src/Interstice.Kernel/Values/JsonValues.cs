using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <summary>Values as JSON, one shape for each type (docs/formats/json.md). Exact both ways: writing and reading gives
/// the same canonical bytes.</summary>
public static partial class JsonValues
{
    /// <summary>Writes a value.</summary>
    /// <param name="writer">Takes the JSON; strings are escaped by its own encoder.</param>
    /// <param name="type">Type of the value.</param>
    /// <param name="canonical">The value, validated. Of other bytes some JSON is written or an exception is
    /// thrown.</param>
    /// <exception cref="ArgumentException">The bytes are no value of the type, if that is noticed.</exception>
    public static void Write(Utf8JsonWriter writer, DataType type, ReadOnlySpan<byte> canonical)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(type);
        Write(writer, type, canonical, 0, 0);
    }

    /// <summary>Writes a row, an argument list or a struct as an object with the names of its fields.</summary>
    /// <param name="writer">Takes the JSON.</param>
    /// <param name="row">Layout of the row.</param>
    /// <param name="canonical">The row, validated.</param>
    public static void WriteRow(Utf8JsonWriter writer, RowCodec row, ReadOnlySpan<byte> canonical)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(row);
        WriteFields(writer, row, canonical, 0, 0);
    }

    /// <summary>Writes a comparable key as an array of its columns.</summary>
    /// <param name="writer">Takes the JSON.</param>
    /// <param name="key">The index.</param>
    /// <param name="comparable">A key made by it, of all columns or of some leading ones.</param>
    /// <exception cref="ArgumentException">The bytes are no key of the index.</exception>
    public static void WriteKey(Utf8JsonWriter writer, KeyCodec key, ReadOnlySpan<byte> comparable)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(key);
        var columns = new System.Buffers.ArrayBufferWriter<byte>();
        if (!key.TryDecode(comparable, columns, out int count))
            throw new ArgumentException("the bytes are no key of this index", nameof(comparable));
        int position = 0;
        writer.WriteStartArray();
        for (int i = 0; i < count; i++) position = Write(writer, key.TypeOf(i), columns.WrittenSpan, position, 0);
        writer.WriteEndArray();
    }

    private static int Write(Utf8JsonWriter writer, DataType type, ReadOnlySpan<byte> bytes, int position, int depth)
    {
        type = type.Resolved;
        if (type is ScalarType scalar) return WriteScalar(writer, scalar, bytes, position);
        if (depth >= ValueLimits.DepthMax) throw new ArgumentException($"{type} stands too deep", nameof(bytes));
        switch (type.Shape)
        {
            case TypeShape.Option: return WriteOption(writer, (OptionType)type, bytes, position, depth + 1);
            case TypeShape.Enum: return WriteEnum(writer, (EnumType)type, bytes, position, depth + 1);
            case TypeShape.Struct: return WriteFields(writer, ((StructType)type).Codec, bytes, position, depth + 1);
            case TypeShape.List: return WriteItems(writer, ((ListType)type).Item, null, bytes, position, depth + 1);
            default:
                var map = (MapType)type;
                return WriteItems(writer, map.Key, map.Value, bytes, position, depth + 1);
        }
    }

    private static int WriteFields(
        Utf8JsonWriter writer, RowCodec row, ReadOnlySpan<byte> bytes, int position, int depth)
    {
        writer.WriteStartObject();
        foreach (FieldSchema field in row.Fields)
        {
            writer.WritePropertyName(field.Name);
            position = Write(writer, field.Type, bytes, position, depth);
        }

        writer.WriteEndObject();
        return position;
    }

    private static int WriteOption(
        Utf8JsonWriter writer, OptionType type, ReadOnlySpan<byte> bytes, int position, int depth)
    {
        if (bytes[position] == 0)
        {
            writer.WriteNullValue();
            return position + 1;
        }

        writer.WriteStartArray();
        position = Write(writer, type.Value, bytes, position + 1, depth);
        writer.WriteEndArray();
        return position;
    }

    private static int WriteEnum(
        Utf8JsonWriter writer, EnumType type, ReadOnlySpan<byte> bytes, int position, int depth)
    {
        VariantSchema variant = type.Variants[bytes[position++]];
        writer.WriteStartObject();
        writer.WritePropertyName(variant.Name);
        if (variant.Payload is null) writer.WriteNullValue();
        else position = Write(writer, variant.Payload, bytes, position, depth);
        writer.WriteEndObject();
        return position;
    }

    private static int WriteItems(
        Utf8JsonWriter writer, DataType first, DataType? second, ReadOnlySpan<byte> bytes, int position, int depth)
    {
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]);
        position += sizeof(uint);
        writer.WriteStartArray();
        for (uint i = 0; i < count; i++)
        {
            if (second is not null) writer.WriteStartArray();
            position = Write(writer, first, bytes, position, depth);
            if (second is null) continue;
            position = Write(writer, second, bytes, position, depth);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        return position;
    }

    private static int WriteScalar(Utf8JsonWriter writer, ScalarType type, ReadOnlySpan<byte> bytes, int position)
    {
        ReadOnlySpan<byte> value = bytes[position..];
        if (type.FixedLengthOrMinusOne < 0)
        {
            int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(value);
            ReadOnlySpan<byte> content = value.Slice(sizeof(uint), length);
            if (type.Kind == ScalarKind.String) writer.WriteStringValue(content);
            else writer.WriteBase64StringValue(content);
            return position + sizeof(uint) + length;
        }

        value = value[..type.FixedLengthOrMinusOne];
        if (type.IsInteger) WriteInteger(writer, type.Kind, value);
        else WriteOther(writer, type.Kind, value);
        return position + value.Length;
    }

    private static void WriteInteger(Utf8JsonWriter writer, ScalarKind kind, ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case ScalarKind.I8: writer.WriteNumberValue((sbyte)value[0]); break;
            case ScalarKind.U8: writer.WriteNumberValue(value[0]); break;
            case ScalarKind.I16: writer.WriteNumberValue(BinaryPrimitives.ReadInt16LittleEndian(value)); break;
            case ScalarKind.U16: writer.WriteNumberValue(BinaryPrimitives.ReadUInt16LittleEndian(value)); break;
            case ScalarKind.I32: writer.WriteNumberValue(BinaryPrimitives.ReadInt32LittleEndian(value)); break;
            case ScalarKind.U32: writer.WriteNumberValue(BinaryPrimitives.ReadUInt32LittleEndian(value)); break;
            case ScalarKind.I64: WriteText(writer, BinaryPrimitives.ReadInt64LittleEndian(value)); break;
            case ScalarKind.U64: WriteText(writer, BinaryPrimitives.ReadUInt64LittleEndian(value)); break;
            case ScalarKind.I128: WriteText(writer, BinaryPrimitives.ReadInt128LittleEndian(value)); break;
            default: WriteText(writer, BinaryPrimitives.ReadUInt128LittleEndian(value)); break;
        }
    }

    private static void WriteOther(Utf8JsonWriter writer, ScalarKind kind, ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case ScalarKind.Bool: writer.WriteBooleanValue(value[0] != 0); break;
            case ScalarKind.F32: WriteFloat(writer, BinaryPrimitives.ReadSingleLittleEndian(value)); break;
            case ScalarKind.F64: WriteDouble(writer, BinaryPrimitives.ReadDoubleLittleEndian(value)); break;
            case ScalarKind.Uuid: writer.WriteStringValue(new Guid(value, bigEndian: true)); break;
            case ScalarKind.Duration: WriteText(writer, BinaryPrimitives.ReadInt64LittleEndian(value)); break;
            case ScalarKind.Timestamp:
                writer.WriteStringValue(TimestampText.Format(BinaryPrimitives.ReadInt64LittleEndian(value)));
                break;
            default: writer.WriteStringValue(Convert.ToHexStringLower(value)); break;
        }
    }

    private static void WriteText<T>(Utf8JsonWriter writer, T number)
        where T : IUtf8SpanFormattable
    {
        Span<byte> text = stackalloc byte[48];
        number.TryFormat(text, out int written, [], CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..written]);
    }

    private static void WriteFloat(Utf8JsonWriter writer, float value)
    {
        if (!float.IsFinite(value) || (value == 0 && float.IsNegative(value))) WriteDouble(writer, value);
        else writer.WriteNumberValue(value);
    }

    private static void WriteDouble(Utf8JsonWriter writer, double value)
    {
        if (double.IsNaN(value)) writer.WriteStringValue("NaN"u8);
        else if (double.IsInfinity(value)) writer.WriteStringValue(value > 0 ? "Infinity"u8 : "-Infinity"u8);
        else if (value == 0 && double.IsNegative(value)) writer.WriteRawValue("-0.0"u8, skipInputValidation: true);
        else writer.WriteNumberValue(value);
    }
}
