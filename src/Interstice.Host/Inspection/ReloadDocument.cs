using System.Text.Json;
using Interstice.Host.Reloading;

namespace Interstice.Host.Inspection;

/// <summary>How a reload ended, as the stable object of docs/cli.md.</summary>
public static class ReloadDocument
{
    /// <summary>Writes the object.</summary>
    public static void Write(Utf8JsonWriter json, ReloadResult result)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        json.WriteStartObject();
        WriteMembers(json, result);
        json.WriteEndObject();
    }

    /// <summary>Writes the members of the object into one that is begun.</summary>
    public static void WriteMembers(Utf8JsonWriter json, ReloadResult result)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        json.WriteString("outcome", result.Published is null ? "refused" : result.Published.Changed ? "reloaded" : "unchanged");
        json.WritePropertyName("published");
        if (result.Published is { } published) PublishDocument.Write(json, published);
        else json.WriteNullValue();
        json.WritePropertyName("canary");
        if (result.Canary is { } canary) ReexecutionDocument.Write(json, canary);
        else json.WriteNullValue();
    }
}
