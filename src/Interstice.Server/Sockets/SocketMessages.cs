using System.Text.Json;
using Interstice.Host.Inspection;
using Interstice.Server.Http;

namespace Interstice.Server.Sockets;

/// <summary>What a host says over a socket (docs/formats/socket.md): each message one JSON object.</summary>
internal static class SocketMessages
{
    /// <summary>The first message.</summary>
    public static byte[] Welcome(Guid socket, SocketBounds bounds) => Build(json =>
    {
        json.WriteString("type", "welcome");
        json.WriteString("protocol", SocketEndpoint.Protocol);
        json.WriteString("socket", socket);
        json.WriteNumber("requestsMax", bounds.RequestsMax);
        json.WriteNumber("messageBytesMax", bounds.MessageBytesMax);
        json.WriteNumber("pingMs", (long)bounds.Ping.TotalMilliseconds);
    });

    /// <summary>What was wanted.</summary>
    public static byte[] Answer(JsonElement id, Action<Utf8JsonWriter> members) => Build(json =>
    {
        Write(json, id);
        json.WriteString("type", "answer");
        members(json);
    });

    /// <summary>What was wrong with a request; of no known one where <paramref name="id"/> is undefined.</summary>
    public static byte[] Failure(JsonElement id, Problem problem) => Build(json =>
    {
        Write(json, id);
        json.WriteString("type", "problem");
        if (problem.Kind.RetryAfterSeconds is { } seconds) json.WriteNumber("retryAfter", seconds);
        json.WritePropertyName("problem");
        problem.Write(json);
    });

    /// <summary>That the client is no longer connected to a module, and why.</summary>
    public static byte[] Disconnected(string module, Problem problem) => Build(json =>
    {
        json.WriteString("type", "disconnected");
        json.WriteString("module", module);
        json.WritePropertyName("problem");
        problem.Write(json);
    });

    private static void Write(Utf8JsonWriter json, JsonElement id)
    {
        json.WritePropertyName("id");
        if (id.ValueKind == JsonValueKind.Undefined) json.WriteNullValue();
        else id.WriteTo(json);
    }

    private static byte[] Build(Action<Utf8JsonWriter> members)
    {
        using var buffer = new JsonBuffer(isIndented: false);
        return buffer.Build(json =>
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }).ToArray();
    }
}
