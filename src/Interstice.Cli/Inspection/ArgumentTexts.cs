using System.Buffers;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Output;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Cli.Inspection;

/// <summary>Arguments from the command line, typed by the schema.</summary>
/// <remarks>Each is JSON. Where a text is wanted (string, uuid, timestamp, identity, bytes), the quotes may be left
/// out, since a shell takes them away.</remarks>
internal static class ArgumentTexts
{
    /// <summary>Encodes the arguments of a reducer or query.</summary>
    /// <param name="what">Begins the message, such as <c>bank.transfer</c>.</param>
    /// <param name="texts">The arguments.</param>
    /// <param name="parameters">The parameters.</param>
    /// <exception cref="CliException">Their number or a type is wrong.</exception>
    public static byte[] Encode(string what, IReadOnlyList<string> texts, RowCodec parameters)
    {
        var elements = new JsonElement[texts.Count];
        for (int i = 0; i < elements.Length; i++)
        {
            DataType? type = i < parameters.Fields.Length ? parameters.Fields[i].Type : null;
            elements[i] = Read(texts[i], type, $"{what}: argument {i + 1}");
        }

        var encoded = new ArrayBufferWriter<byte>();
        if (!JsonValues.TryReadArguments(elements, parameters, encoded, out ValueError error))
            throw new CliException(ExitCode.Usage, $"{what}: {error.Message}");
        return encoded.WrittenSpan.ToArray();
    }

    /// <summary>Encodes a key as comparable bytes.</summary>
    /// <param name="option">Begins the message, such as <c>--from</c>.</param>
    /// <param name="text">The first column's value, or a JSON array of the values of the leading columns.</param>
    /// <param name="key">The index.</param>
    /// <exception cref="CliException">It is no key of this index.</exception>
    public static byte[] EncodeKey(string option, string text, KeyCodec key)
    {
        JsonElement[] columns = text.StartsWith('[')
            ? [.. Read(text, null, option).EnumerateArray()]
            : [Read(text, key.TypeOf(0), option)];
        if (columns.Length == 0 || columns.Length > key.Columns.Length)
        {
            string known = $"{Count.Of(key.Columns.Length, "column")} ({ColumnsOf(key)})";
            throw new CliException(ExitCode.Usage, $"{option} {text}: the index has {known}, not {columns.Length}");
        }

        var guestKey = new ArrayBufferWriter<byte>();
        guestKey.Write([(byte)columns.Length]);
        for (int i = 0; i < columns.Length; i++)
        {
            if (!JsonValues.TryRead(columns[i], key.TypeOf(i), guestKey, out ValueError error))
                throw new CliException(ExitCode.Usage, $"{option}: column \"{key.NameOf(i)}\": {error.Message}");
        }

        byte[] comparable = new byte[key.ConvertedLengthMax(guestKey.WrittenSpan)];
        if (!key.TryConvert(guestKey.WrittenSpan, comparable, out _, out int length, out ValueError fault))
            throw new CliException(ExitCode.Usage, $"{option}: {fault.Message}");
        return comparable[..length];
    }

    private static string ColumnsOf(KeyCodec key) =>
        string.Join(", ", Enumerable.Range(0, key.Columns.Length).Select(key.NameOf));

    private static JsonElement Read(string text, DataType? type, string what)
    {
        if (type?.Resolved is ScalarType scalar && IsText(scalar.Kind) && !text.StartsWith('"'))
            return JsonSerializer.SerializeToElement(text);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, ValueLimits.Json);
            return document.RootElement.Clone();
        }
        catch (JsonException fault)
        {
            string wanted = type is null ? "JSON" : type.ToString();
            throw new CliException(ExitCode.Usage, $"{what}: expected {wanted}, found {text}, which is no JSON", fault);
        }
    }

    private static bool IsText(ScalarKind kind) => kind is ScalarKind.String or ScalarKind.Uuid or ScalarKind.Timestamp
        or ScalarKind.Identity or ScalarKind.Bytes;
}
