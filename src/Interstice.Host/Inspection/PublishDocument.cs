using System.Text.Json;
using Interstice.Host.Commands;

namespace Interstice.Host.Inspection;

/// <summary>How a publication ended, as the stable object of docs/cli.md.</summary>
public static class PublishDocument
{
    /// <summary>Writes the object.</summary>
    public static void Write(Utf8JsonWriter json, PublishResult result)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        json.WriteStartObject();
        json.WriteString("module", result.Module);
        json.WriteNumber("version", result.Version);
        json.WriteString("codeHash", result.Code.ToString());
        json.WriteBoolean("changed", result.Changed);
        json.WriteNumber("revision", result.Revision.Value);
        json.WriteStartArray("warnings");
        foreach (string warning in result.Warnings) json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteStartArray("steps");
        foreach (string step in result.Steps) json.WriteRawValue(step);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
