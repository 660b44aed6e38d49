using System.Text.Json;

namespace Interstice.Kernel.Events.Json;

/// <summary>A <see cref="GroupCommitted"/> as JSON: the names of the modules for readers, and the payload as it is. The parts stand in JSON in
/// the streams of their modules.</summary>
internal static class GroupJson
{
    /// <summary>Writes the payload.</summary>
    /// <exception cref="EventFormatException">It is none; nothing was written.</exception>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> payload)
    {
        var group = GroupCommitted.Read(payload);
        writer.WriteStartObject();
        writer.WriteStartArray("modules"u8);
        foreach (GroupPart part in group.Parts) writer.WriteStringValue(part.Module);
        writer.WriteEndArray();
        writer.WriteBase64String("parts"u8, payload);
        writer.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="EventFormatException">It is no such object.</exception>
    public static void Read(JsonElement json, PayloadWriter destination)
    {
        byte[] payload = JsonFields.Base64(json, "parts");
        GroupCommitted.Read(payload);
        destination.Raw(payload);
    }
}
