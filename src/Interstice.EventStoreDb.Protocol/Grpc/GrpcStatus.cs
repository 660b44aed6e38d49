using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Interstice.EventStoreDb.Protocol.Grpc;

/// <summary>The status of a call as headers carry it.</summary>
public static class GrpcStatus
{
    /// <summary>Name of the trailer with the number.</summary>
    public const string CodeHeader = "grpc-status";

    /// <summary>Name of the trailer with the text.</summary>
    public const string MessageHeader = "grpc-message";

    /// <summary>Escapes a text: bytes of its UTF-8 that are not printable ASCII, and the percent sign, as % and two hexadecimal
    /// digits.</summary>
    /// <param name="text">The text.</param>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= (byte)' ' and <= (byte)'~' and not (byte)'%') escaped.Append((char)b);
            else escaped.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return escaped.ToString();
    }

    /// <summary>The text that was escaped; what is not escaped rightly stays as it is.</summary>
    /// <param name="escaped">The header's value.</param>
    public static string Unescape(string escaped)
    {
        ArgumentNullException.ThrowIfNull(escaped);
        Span<byte> bytes = Encoding.UTF8.GetBytes(escaped);
        int length = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%' && i + 2 < bytes.Length && TryReadHex(bytes.Slice(i + 1, 2), out byte escapedByte))
            {
                bytes[length++] = escapedByte;
                i += 2;
            }
            else
            {
                bytes[length++] = bytes[i];
            }
        }

        return Encoding.UTF8.GetString(bytes[..length]);
    }

    /// <summary>The failure that headers tell of; null if they say that all is well, or say nothing.</summary>
    internal static GrpcException? FailureIn(HttpHeaders headers)
    {
        if (!TryGetCode(headers, out GrpcStatusCode code) || code == GrpcStatusCode.Ok) return null;
        Dictionary<string, string> trailers = [];
        foreach ((string name, IEnumerable<string> values) in headers)
            trailers[name.ToLowerInvariant()] = string.Join(", ", values);
        string message = trailers.TryGetValue(MessageHeader, out string? text) ? Unescape(text) : $"the server answered {code}";
        return new GrpcException(code, message, trailers);
    }

    internal static bool TryGetCode(HttpHeaders headers, out GrpcStatusCode code)
    {
        code = GrpcStatusCode.Unknown;
        if (!headers.TryGetValues(CodeHeader, out IEnumerable<string>? values)) return false;
        if (int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && Enum.IsDefined((GrpcStatusCode)number))
        {
            code = (GrpcStatusCode)number;
        }

        return true;
    }

    private static bool TryReadHex(ReadOnlySpan<byte> digits, out byte value) =>
        byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
