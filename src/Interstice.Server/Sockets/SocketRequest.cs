using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using Interstice.Server.Http;

namespace Interstice.Server.Sockets;

/// <summary>A message of a client (docs/formats/socket.md). Borrows the document that it was read from.</summary>
/// <param name="Id">What its answer names: a text of 1 to 64 characters, or a whole number.</param>
/// <param name="Type">What is wanted.</param>
/// <param name="Module">The module.</param>
/// <param name="Name">A reducer or query; null where the type has none.</param>
/// <param name="Arguments">Arguments of it; undefined for none.</param>
/// <param name="Key">An idempotency key; null for none.</param>
internal sealed record SocketRequest(JsonElement Id, string Type, string Module, string? Name, JsonElement Arguments, string? Key)
{
    /// <summary>The types that there are.</summary>
    public const string Connect = "connect", Disconnect = "disconnect", Call = "call", Query = "query";

    private const int IdLengthMax = 64;
    private const long NumberMax = 1L << 53;

    private static readonly string[] Types = [Connect, Disconnect, Call, Query];

    /// <summary>Finds the id of a message, whatever else is in it; undefined where there is none that an answer could name.</summary>
    /// <exception cref="ProblemException">It holds what is no text.</exception>
    public static JsonElement IdOf(JsonElement message) => Try(FindId, message);

    /// <summary>Reads a message.</summary>
    /// <exception cref="ProblemException">It is none.</exception>
    public static SocketRequest Read(JsonElement message) => Try(ReadMembers, message);

    private static JsonElement FindId(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("id", out JsonElement id)) return default;
        return id.ValueKind switch
        {
            JsonValueKind.String when id.GetString()!.Length is > 0 and <= IdLengthMax => id,
            JsonValueKind.Number when id.TryGetInt64(out long number) && number is >= -NumberMax and <= NumberMax => id,
            _ => default,
        };
    }

    private static SocketRequest ReadMembers(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object) throw Bad("a message is a JSON object such as {\"id\":1,\"type\":\"connect\",\"module\":\"bank\"}");
        JsonElement id = IdOf(message);
        if (id.ValueKind == JsonValueKind.Undefined)
            throw Bad($"a message has an id, a text of 1 to {IdLengthMax} characters or a whole number, so that its answer can name it");
        string type = Text(message, "type") ?? throw Bad($"the message has no type; there are {string.Join(", ", Types)}");
        if (!Types.Contains(type, StringComparer.Ordinal))
        {
            string hint = NearestName.Suggest(type, Types);
            throw Bad($"there is no type \"{type}\"{(hint.Length > 0 ? hint : $"; there are {string.Join(", ", Types)}")}");
        }

        bool isCall = type is Call or Query;
        string[] members = type switch
        {
            Call => ["id", "type", "module", "reducer", "arguments", "key"],
            Query => ["id", "type", "module", "query", "arguments"],
            _ => ["id", "type", "module"],
        };
        ExpectOnly(message, type, members);
        return new SocketRequest(
            id,
            type,
            Text(message, "module") ?? throw Missing(type, "module"),
            isCall ? Text(message, members[3]) ?? throw Missing(type, members[3]) : null,
            isCall && message.TryGetProperty("arguments", out JsonElement arguments) ? arguments : default,
            type == Call ? Text(message, "key") : null);
    }

    /// <summary>The arguments in the canonical encoding.</summary>
    /// <exception cref="ProblemException">They do not fit the declaration.</exception>
    public byte[] Encode(RowCodec parameters)
    {
        var encoded = new System.Buffers.ArrayBufferWriter<byte>();
        JsonElement given = Arguments.ValueKind == JsonValueKind.Undefined ? Nothing : Arguments;
        return JsonValues.TryReadArguments(given, parameters, encoded, out ValueError error)
            ? encoded.WrittenSpan.ToArray()
            : throw new ProblemException(ProblemKind.BadArguments, $"{Module}.{Name}: {error.Message}");
    }

    private static JsonElement Nothing { get; } = JsonSerializer.SerializeToElement(Array.Empty<int>());

    private static void ExpectOnly(JsonElement message, string type, string[] known)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty member in message.EnumerateObject())
        {
            if (!known.Contains(member.Name, StringComparer.Ordinal))
            {
                string hint = NearestName.Suggest(member.Name, known);
                throw Bad($"a {type} has no member \"{member.Name}\"{(hint.Length > 0 ? hint : $"; it has {string.Join(", ", known)}")}");
            }

            if (!seen.Add(member.Name)) throw Bad($"the member {member.Name} stands there twice; give it once");
        }
    }

    private static string? Text(JsonElement message, string name)
    {
        if (!message.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Bad($"{name} is a text, not {value.GetRawText()}");
    }

    // JSON can escape half a surrogate pair, which no text has; the element says so only when the text is taken.
    private static T Try<T>(Func<JsonElement, T> read, JsonElement message)
    {
        try
        {
            return read(message);
        }
        catch (InvalidOperationException fault)
        {
            throw new ProblemException(ProblemKind.BadRequest, "the message has an escaped half of a surrogate pair, which is no text", fault);
        }
    }

    private static ProblemException Missing(string type, string member) => Bad($"a {type} names a {member}");

    private static ProblemException Bad(string detail) => new(ProblemKind.BadRequest, detail);
}
