using System.Text.Json;
using Interstice.Cli.Errors;

namespace Interstice.Cli.Stores;

/// <summary>appsettings.json in the current directory (docs/settings.md).</summary>
internal static class SettingsFile
{
    /// <summary>Name of the file.</summary>
    public const string Name = "appsettings.json";

    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The values of a section by name; none where there is no such section or no file.</summary>
    /// <param name="section">Path of the section, such as <c>Interstice:Journal</c>.</param>
    /// <exception cref="CliException">The file cannot be read, is no JSON, or names a setting twice.</exception>
    public static IReadOnlyDictionary<string, string> ReadSection(string section)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        if (!File.Exists(Name)) return values;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Name), Lenient);
            JsonElement at = document.RootElement;
            foreach (string name in section.Split(':'))
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return values;
            foreach (JsonProperty property in at.EnumerateObject()) values.Add(property.Name, property.Value.ToString());
            return values;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException
            or IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"{Name} in the current directory cannot be used: {fault.Message}", fault);
        }
    }
}
