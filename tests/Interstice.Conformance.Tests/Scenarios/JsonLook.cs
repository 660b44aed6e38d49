using System.Text.Json;

namespace Interstice.Conformance.Tests.Scenarios;

/// <summary>Short looks into JSON that a scenario may leave things out of.</summary>
internal static class JsonLook
{
    /// <summary>A property, or null.</summary>
    public static JsonElement? Of(this JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement value) ? value : null;

    /// <summary>A text, or null.</summary>
    public static string? Text(this JsonElement element, string key) => element.Of(key)?.GetString();

    /// <summary>A whole number, or another one where there is none.</summary>
    public static int Number(this JsonElement element, string key, int otherwise = 0) => element.Of(key)?.GetInt32() ?? otherwise;

    /// <summary>The items of a list; none where there is none.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string key) =>
        element.Of(key) is { } list ? list.EnumerateArray() : [];

    /// <summary>Makes an element of a value.</summary>
    public static JsonElement From<T>(T value) => JsonSerializer.SerializeToElement(value);
}
