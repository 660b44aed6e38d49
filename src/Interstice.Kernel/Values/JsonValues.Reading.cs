using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <content>JSON to values.</content>
public static partial class JsonValues
{
    /// <summary>Reads a value.</summary>
    /// <param name="json">The JSON; parse it with <see cref="ValueLimits.Json"/>, since values may be deep.</param>
    /// <param name="type">Type of the value.</param>
    /// <param name="destination">Takes the canonical encoding. After a failure it may hold the beginning of
    /// one.</param>
    /// <param name="error">Where and what was expected and found, when the answer is no.</param>
    public static bool TryRead(JsonElement json, DataType type, IBufferWriter<byte> destination, out ValueError error)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(destination);
        var fault = default(ValueFault);
        bool isRead = Read(json, type, destination, 0, ref fault);
        error = isRead ? default : fault.ToError();
        return isRead;
    }

    /// <summary>Reads a row from an object with the names of its fields, each exactly once.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="row">Layout of the row.</param>
    /// <param name="destination">Takes the canonical encoding. After a failure it may hold the beginning of
    /// one.</param>
    /// <param name="error">Where and what was expected and found, when the answer is no.</param>
    public static bool TryReadRow(JsonElement json, RowCodec row, IBufferWriter<byte> destination, out ValueError error)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(destination);
        var fault = default(ValueFault);
        bool isRead = ReadFields(json, "a row", row, destination, 0, ref fault);
        error = isRead ? default : fault.ToError();
        return isRead;
    }

    /// <summary>Reads a key from an array of the values of some leading columns; anything but an array is the value of
    /// the first column.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="key">The index.</param>
    /// <param name="comparable">Takes the comparable key; nothing after a failure.</param>
    /// <param name="columns">How many columns the key has.</param>
    /// <param name="error">Where and what was expected and found, when the answer is no.</param>
    public static bool TryReadKey(
        JsonElement json, KeyCodec key, IBufferWriter<byte> comparable, out int columns, out ValueError error)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(comparable);
        JsonElement[] values = json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray()] : [json];
        var guestKey = new ArrayBufferWriter<byte>();
        guestKey.WriteU8((byte)Math.Min(values.Length, byte.MaxValue));
        var fault = default(ValueFault);
        for (int i = 0; i < Math.Min(values.Length, key.Columns.Length); i++)
        {
            if (Read(values[i], key.TypeOf(i), guestKey, 0, ref fault)) continue;
            fault.Within(key.NameOf(i));
            (columns, error) = (0, fault.ToError());
            return false;
        }

        byte[] converted = new byte[key.ConvertedLengthMax(guestKey.WrittenSpan)];
        bool isKey = key.TryConvert(guestKey.WrittenSpan, converted, out columns, out int written, out error);
        comparable.Write(converted.AsSpan(0, written));
        return isKey;
    }

    private static bool Read(
        JsonElement json, DataType type, IBufferWriter<byte> destination, int depth, ref ValueFault fault)
    {
        DataType resolved = type.Resolved;
        if (resolved is ScalarType scalar) return ReadScalar(json, scalar, destination, ref fault);
        if (depth >= ValueLimits.DepthMax)
        {
            fault.Set(ValueErrorKind.TooDeep, 0, $"{type} stands deeper than {ValueLimits.DepthMax} levels");
            return false;
        }

        return resolved.Shape switch
        {
            TypeShape.Option => ReadOption(json, (OptionType)resolved, destination, depth + 1, ref fault),
            TypeShape.Enum => ReadEnum(json, (EnumType)resolved, destination, depth + 1, ref fault),
            TypeShape.List => ReadList(json, (ListType)resolved, destination, depth + 1, ref fault),
            TypeShape.Map => ReadMap(json, (MapType)resolved, destination, depth + 1, ref fault),
            _ => ReadFields(json, type.ToString(), ((StructType)resolved).Codec, destination, depth + 1, ref fault),
        };
    }

    private static bool ReadFields(
        JsonElement json, string what, RowCodec row, IBufferWriter<byte> destination, int depth, ref ValueFault fault)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return Wrong(json, $"{what} (an object with its fields)", ref fault);
        if (!TryMatchFields(json, row, "field", out JsonElement[] values, ref fault)) return false;
        for (int i = 0; i < values.Length; i++)
        {
            if (Read(values[i], row.Fields[i].Type, destination, depth, ref fault)) continue;
            fault.Within($".{row.Fields[i].Name}");
            return false;
        }

        return true;
    }

    /// <summary>Puts the properties of an object into the order of the fields; each must be there once.</summary>
    private static bool TryMatchFields(
        JsonElement json, RowCodec row, string what, out JsonElement[] values, ref ValueFault fault)
    {
        values = new JsonElement[row.Fields.Length];
        int next = 0;
        foreach (JsonProperty property in json.EnumerateObject())
        {
            // In the order of the fields, as they are written, no name becomes a string.
            if (next < values.Length && values[next].ValueKind == JsonValueKind.Undefined && JsonText.IsNamed(property, row.Fields[next].Name))
            {
                values[next++] = property.Value;
                continue;
            }

            string? name = JsonText.NameOf(property);
            int index = -1;
            for (int i = 0; i < values.Length && index < 0; i++)
                if (row.Fields[i].Name == name) index = i;
            if (index >= 0 && values[index].ValueKind == JsonValueKind.Undefined)
            {
                values[index] = property.Value;
                continue;
            }

            if (index >= 0) fault.Set(ValueErrorKind.DuplicateField, 0, $"{what} \"{name}\" stands twice");
            else
            {
                string suggestion = NearestName.Suggest(name ?? "", row.Fields.Select(field => field.Name));
                fault.Set(ValueErrorKind.UnknownField, 0, $"unknown {what} \"{name}\"{suggestion}");
            }

            return false;
        }

        int missing = Array.FindIndex(values, value => value.ValueKind == JsonValueKind.Undefined);
        if (missing < 0) return true;
        fault.Set(ValueErrorKind.MissingField, 0,
            $"{what} \"{row.Fields[missing].Name}\" of type {row.Fields[missing].Type} is missing");
        return false;
    }

    private static bool ReadOption(
        JsonElement json, OptionType type, IBufferWriter<byte> destination, int depth, ref ValueFault fault)
    {
        bool hasValue = json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 1;
        if (!hasValue && json.ValueKind != JsonValueKind.Null)
            return Wrong(json, $"{type} (null or an array of one value)", ref fault);
        destination.WriteBool(hasValue);
        return !hasValue || Read(json[0], type.Value, destination, depth, ref fault);
    }

    private static bool ReadEnum(
        JsonElement json, EnumType type, IBufferWriter<byte> destination, int depth, ref ValueFault fault)
    {
        string? name = JsonText.TextOf(json);
        JsonElement payload = default;
        if (json.ValueKind == JsonValueKind.Object && json.GetPropertyCount() == 1)
        {
            JsonProperty property = json.EnumerateObject().First();
            (name, payload) = (JsonText.NameOf(property), property.Value);
        }

        if (name is null) return Wrong(json, $"{type} (an object with one variant)", ref fault);
        int number = 0;
        while (number < type.Variants.Length && type.Variants[number].Name != name) number++;
        if (number == type.Variants.Length)
        {
            string suggestion = NearestName.Suggest(name, type.Variants.Select(variant => variant.Name));
            fault.Set(ValueErrorKind.UnknownField, 0, $"{type} has no variant \"{name}\"{suggestion}");
            return false;
        }

        destination.WriteU8((byte)number);
        if (ReadPayload(payload, type.Variants[number].Payload, destination, depth, ref fault)) return true;
        fault.Within($".{name}");
        return false;
    }

    private static bool ReadPayload(
        JsonElement json, DataType? type, IBufferWriter<byte> destination, int depth, ref ValueFault fault)
    {
        if (type is not null) return Read(json, type, destination, depth, ref fault);
        if (json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) return true;
        return Wrong(json, "null, since this variant has no payload", ref fault);
    }

    private static bool Wrong(JsonElement json, string expected, ref ValueFault fault)
    {
        fault.Set(ValueErrorKind.WrongJson, 0, $"expected {expected}, found {JsonText.Describe(json)}");
        return false;
    }
}
