using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <content>Types without parts.</content>
public static partial class JsonValues
{
    private const int IdentityLength = 32;

    private static bool ReadScalar(
        JsonElement json, ScalarType type, IBufferWriter<byte> destination, ref ValueFault fault)
    {
        switch (type.Kind)
        {
            case ScalarKind.Bool:
                if (json.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                    return Wrong(json, "bool (true or false)", ref fault);
                destination.WriteBool(json.ValueKind == JsonValueKind.True);
                return true;
            case ScalarKind.String:
                if (JsonText.TextOf(json) is not { } text) return Wrong(json, "string", ref fault);
                destination.WriteString(text);
                return true;
            case ScalarKind.Bytes:
                if (!TryReadBase64(json, out byte[]? content))
                    return Wrong(json, "bytes (base64 with padding)", ref fault);
                destination.WriteBytes(content);
                return true;
            case ScalarKind.F32 or ScalarKind.F64:
                return ReadFloat(json, type, destination, ref fault);
            case ScalarKind.Uuid:
                if (!Guid.TryParseExact(JsonText.TextOf(json), "D", out Guid uuid))
                    return Wrong(json, "uuid (as 01234567-89ab-cdef-0123-456789abcdef)", ref fault);
                uuid.TryWriteBytes(destination.GetSpan(16), bigEndian: true, out _);
                destination.Advance(16);
                return true;
            case ScalarKind.Identity:
                return ReadIdentity(json, destination, ref fault);
            default:
                return ReadInteger(json, type, destination, ref fault);
        }
    }

    private static bool ReadInteger(
        JsonElement json, ScalarType type, IBufferWriter<byte> destination, ref ValueFault fault)
    {
        int length = type.FixedLengthOrMinusOne;
        bool isText = length >= sizeof(long) && json.ValueKind == JsonValueKind.String;
        bool isNumber = json.ValueKind == JsonValueKind.Number;
        string? text = isText ? JsonText.TextOf(json) : isNumber ? json.GetRawText() : null;
        UInt128 bits = 0;
        if (type.Kind == ScalarKind.Timestamp && TimestampText.TryParse(text, out long microseconds))
            bits = (UInt128)microseconds;
        else if (text is null || !JsonIntegers.TryParse(text, type.Kind, out bits))
            return Wrong(json, ExpectedInteger(type, isNumber), ref fault);
        Span<byte> buffer = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(buffer, bits);
        destination.Write(buffer[..length]);
        return true;
    }

    private static string ExpectedInteger(ScalarType type, bool isNumber) => type.Kind switch
    {
        ScalarKind.Timestamp => "timestamp (as 2026-01-31T12:00:00.000000Z, or microseconds)",
        ScalarKind.Duration => "duration (microseconds)",
        _ when isNumber => $"{type} ({JsonIntegers.Range(type.Kind)})",
        _ => type.Name,
    };

    private static bool ReadFloat(
        JsonElement json, ScalarType type, IBufferWriter<byte> destination, ref ValueFault fault)
    {
        double? special = JsonText.TextOf(json) switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => null,
        };
        if (type.Kind == ScalarKind.F32)
        {
            // Read as a float at once: rounding to a double first could round twice.
            float single = (float)(special ?? 0);
            bool isSingle = special is not null
                || (json.ValueKind == JsonValueKind.Number && json.TryGetSingle(out single) && float.IsFinite(single));
            if (!isSingle) return Wrong(json, type.Name, ref fault);
            destination.WriteF32(single);
            return true;
        }

        double value = special ?? 0;
        bool isDouble = special is not null
            || (json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out value) && double.IsFinite(value));
        if (!isDouble) return Wrong(json, type.Name, ref fault);
        destination.WriteF64(value);
        return true;
    }

    private static bool TryReadBase64(JsonElement json, [NotNullWhen(true)] out byte[]? content)
    {
        content = null;
        return json.ValueKind == JsonValueKind.String && json.TryGetBytesFromBase64(out content);
    }

    private static bool ReadIdentity(JsonElement json, IBufferWriter<byte> destination, ref ValueFault fault)
    {
        Span<byte> identity = stackalloc byte[IdentityLength];
        string? text = JsonText.TextOf(json);
        bool isHex = text?.Length == 2 * IdentityLength
            && Convert.FromHexString(text, identity, out _, out _) == OperationStatus.Done;
        if (!isHex) return Wrong(json, $"identity ({2 * IdentityLength} hexadecimal digits)", ref fault);
        destination.Write(identity);
        return true;
    }
}
