using System.Buffers;
using System.Text.Json;

namespace EventStore.Client;

/// <summary>Settings of a stream as JSON.</summary>
internal static class StreamMetadataJson
{
    private static readonly string[] Own = ["$maxCount", "$maxAge", "$tb", "$cacheControl", "$acl"];

    internal static byte[] Write(StreamMetadata metadata)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (metadata.MaxCount is { } count) json.WriteNumber("$maxCount", count);
            if (metadata.MaxAge is { } age) json.WriteNumber("$maxAge", (long)age.TotalSeconds);
            if (metadata.TruncateBefore is { } first)
                json.WriteNumber("$tb", first == StreamPosition.End ? long.MaxValue : first.ToInt64());
            if (metadata.CacheControl is { } cache) json.WriteNumber("$cacheControl", (long)cache.TotalSeconds);
            if (metadata.Acl is { } acl) Write(json, acl);
            if (metadata.CustomMetadata is { } custom)
                foreach (JsonProperty property in custom.RootElement.EnumerateObject()) property.WriteTo(json);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    internal static StreamMetadata Read(ReadOnlyMemory<byte> bytes)
    {
        using var json = JsonDocument.Parse(bytes);
        JsonElement root = json.RootElement;
        return new StreamMetadata(
            root.TryGetProperty("$maxCount", out JsonElement count) ? count.GetInt32() : null,
            root.TryGetProperty("$maxAge", out JsonElement age) ? TimeSpan.FromSeconds(age.GetInt64()) : null,
            root.TryGetProperty("$tb", out JsonElement first) ? PositionOf(first.GetInt64()) : null,
            root.TryGetProperty("$cacheControl", out JsonElement cache) ? TimeSpan.FromSeconds(cache.GetInt64()) : null,
            root.TryGetProperty("$acl", out JsonElement acl) ? AclOf(acl) : null,
            CustomOf(root));
    }

    private static StreamPosition PositionOf(long value) => value == long.MaxValue ? StreamPosition.End : StreamPosition.FromInt64(value);

    private static JsonDocument? CustomOf(JsonElement root)
    {
        JsonProperty[] custom = [.. root.EnumerateObject().Where(property => !Own.Contains(property.Name))];
        if (custom.Length == 0) return null;
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (JsonProperty property in custom) property.WriteTo(json);
            json.WriteEndObject();
        }

        return JsonDocument.Parse(bytes.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter json, StreamAcl acl)
    {
        json.WriteStartObject("$acl");
        Write(json, "$r", acl.ReadRoles);
        Write(json, "$w", acl.WriteRoles);
        Write(json, "$d", acl.DeleteRoles);
        Write(json, "$mr", acl.MetaReadRoles);
        Write(json, "$mw", acl.MetaWriteRoles);
        json.WriteEndObject();
    }

    // One role may stand alone.
    private static void Write(Utf8JsonWriter json, string name, string[]? roles)
    {
        if (roles is null) return;
        if (roles.Length == 1)
        {
            json.WriteString(name, roles[0]);
            return;
        }

        json.WriteStartArray(name);
        foreach (string role in roles) json.WriteStringValue(role);
        json.WriteEndArray();
    }

    private static StreamAcl AclOf(JsonElement acl) =>
        new(RolesOf(acl, "$r"), RolesOf(acl, "$w"), RolesOf(acl, "$d"), RolesOf(acl, "$mr"), RolesOf(acl, "$mw"));

    private static string[]? RolesOf(JsonElement acl, string name)
    {
        if (acl.ValueKind != JsonValueKind.Object || !acl.TryGetProperty(name, out JsonElement roles)) return null;
        return roles.ValueKind == JsonValueKind.Array ? [.. roles.EnumerateArray().Select(role => role.GetString()!)] : [roles.GetString()!];
    }
}
