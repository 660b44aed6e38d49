using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Events;

/// <summary>The host that owns an execution group is alive. JSON on every store (docs/formats/heartbeat.md). It proves nothing: who owns a
/// module's stream is what <see cref="OwnershipTaken"/> in it says.</summary>
/// <param name="Host">Id of the host.</param>
/// <param name="Name">Its name, for people; may be empty.</param>
/// <param name="Url">Where it takes calls; empty if it does not say.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="IntervalMs">Milliseconds to its next heartbeat, 1 or more.</param>
/// <param name="IsReleased">Whether it has stopped and gives the group up.</param>
public sealed record OwnerHeartbeat(Guid Host, string Name, string Url, ulong Epoch, int IntervalMs, bool IsReleased)
{
    /// <summary>Newest version of this payload that this program writes.</summary>
    public const int FormatVersion = 1;

    /// <summary>The payload.</summary>
    public byte[] ToBytes()
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(bytes, EventJson.WriterOptions);
        json.WriteStartObject();
        json.WriteNumber("version"u8, FormatVersion);
        json.WriteString("host"u8, Host);
        json.WriteString("name"u8, Name);
        json.WriteString("url"u8, Url);
        JsonFields.Write(json, "epoch"u8, Epoch);
        json.WriteNumber("intervalMs"u8, IntervalMs);
        json.WriteBoolean("released"u8, IsReleased);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads the payload.</summary>
    /// <param name="payload">The payload.</param>
    /// <exception cref="EventFormatException">The bytes are no such payload.</exception>
    public static OwnerHeartbeat Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, ValueLimits.Json);
            JsonElement json = document.RootElement;
            int version = JsonFields.Int32(json, "version");
            if (version != FormatVersion) throw new EventFormatException($"version {version} of a heartbeat is not known", 0);
            int interval = JsonFields.Int32(json, "intervalMs");
            if (interval < 1) throw new EventFormatException($"an interval of {interval} ms is none", 0);
            return new(
                JsonFields.Guid(json, "host"),
                JsonFields.String(json, "name"),
                JsonFields.String(json, "url"),
                JsonFields.UInt64(json, "epoch"),
                interval,
                JsonFields.Of(json, "released").ValueKind == JsonValueKind.True);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new EventFormatException($"a heartbeat is no JSON object: {fault.Message}", 0);
        }
    }
}
