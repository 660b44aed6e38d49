using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Interstice.Kernel.Events;
using Interstice.Kernel.Expressions.Evaluation;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Expressions.Binding;

/// <summary>Reads values out of texts: as in JSON, and what is easier to write by hand.</summary>
internal static class LiteralReader
{
    private const int UuidLength = 36;
    private const int DateLength = 10;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly (string Unit, long Microseconds)[] Units =
    [
        ("us", 1), ("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000),
    ];

    /// <summary>How values of a kind are written, for messages.</summary>
    internal static string Example(ValueKind kind) => kind switch
    {
        ValueKind.Condition => "true or false",
        ValueKind.Integer => "digits that fit",
        ValueKind.F32 or ValueKind.F64 => "as 1.5, NaN or -Infinity",
        ValueKind.String => "well-formed Unicode",
        ValueKind.Bytes => "base64 with padding",
        ValueKind.Uuid => "as 01234567-89ab-cdef-0123-456789abcdef",
        ValueKind.Identity => "64 hexadecimal digits",
        ValueKind.Timestamp => "as 2026-01-31T12:00:00Z, 2026-01-31 or microseconds",
        _ => "as 1h30m, -250ms or microseconds; units are d, h, m, s, ms and us",
    };

    internal static byte[]? TryReadBytes(string text, ValueKind kind) => kind switch
    {
        ValueKind.String => TryReadString(text),
        ValueKind.Bytes => TryReadBase64(text),
        ValueKind.Uuid => text.Length == UuidLength && Guid.TryParseExact(text, "D", out Guid uuid)
            ? uuid.ToByteArray(bigEndian: true) : null,
        _ => TryReadIdentity(text),
    };

    /// <summary>Reads a float, rounded once to its precision; a finite number does not become infinite.</summary>
    internal static bool TryReadFloat(string text, bool isSingle, out double value)
    {
        switch (text)
        {
            case "NaN": value = double.NaN; return true;
            case "Infinity": value = double.PositiveInfinity; return true;
            case "-Infinity": value = double.NegativeInfinity; return true;
        }

        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        value = 0;
        if (text.Length == 0 || !(char.IsAsciiDigit(text[0]) || text[0] == '-')) return false;
        bool isNumber;
        if (isSingle)
        {
            isNumber = float.TryParse(text, style, CultureInfo.InvariantCulture, out float single);
            value = single;
        }
        else
        {
            isNumber = double.TryParse(text, style, CultureInfo.InvariantCulture, out value);
        }

        return isNumber && double.IsFinite(value);
    }

    internal static bool TryReadInteger(string text, out WideInteger value)
    {
        bool isNegative = text.StartsWith('-');
        return WideInteger.TryParse(text.AsSpan(isNegative ? 1 : 0), isNegative, out value);
    }

    /// <summary>Whether a text is an integer that a type holds.</summary>
    internal static bool FitsInteger(string text, ScalarType type) => JsonIntegers.TryParse(text, type.Kind, out _);

    internal static bool TryReadTime(string text, ValueKind kind, out long microseconds)
    {
        if (TryReadInteger(text, out WideInteger wide) && wide.TryToLong(out microseconds)) return true;
        if (kind == ValueKind.Duration) return TryReadDuration(text, out microseconds);
        return TimestampText.TryParse(text.Length == DateLength ? text + "T00:00:00Z" : text, out microseconds);
    }

    private static bool TryReadDuration(string text, out long microseconds)
    {
        microseconds = 0;
        ReadOnlySpan<char> rest = text;
        bool isNegative = rest.StartsWith("-");
        if (isNegative) rest = rest[1..];
        if (rest.IsEmpty) return false;
        WideInteger total = default;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !WideInteger.TryParse(rest[..digits], isNegative, out WideInteger number)) return false;
            rest = rest[digits..];
            int letters = rest.IndexOfAnyInRange('0', '9');
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            rest = rest[unit.Length..];
            long factor = 0;
            foreach ((string name, long length) in Units)
                if (unit.SequenceEqual(name)) factor = length;
            bool isRead = factor != 0 && WideInteger.TryMultiply(number, WideInteger.From(factor), out number)
                && WideInteger.TryAdd(total, number, out total);
            if (!isRead) return false;
        }

        return total.TryToLong(out microseconds);
    }

    private static byte[]? TryReadString(string text)
    {
        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    private static byte[]? TryReadBase64(string text)
    {
        // The decoder would pass over white space.
        if (!Ascii.IsValid(text) || text.AsSpan().ContainsAny(" \t\r\n")) return null;
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Convert.TryFromBase64String(text, bytes, out int written) ? bytes[..written] : null;
    }

    private static byte[]? TryReadIdentity(string text)
    {
        byte[] bytes = new byte[Identity.Bytes];
        bool isHex = text.Length == 2 * Identity.Bytes
            && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        return isHex ? bytes : null;
    }
}
