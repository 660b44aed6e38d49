using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Kernel.Schema;

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
            using FileStream file = File.OpenRead(Name);
            using JsonDocument document = JsonDocument.Parse(file, Lenient);
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

    /// <summary>Refuses a section that holds something else than settings.</summary>
    /// <param name="section">Path of the section.</param>
    /// <param name="given">Names that stand in it.</param>
    /// <param name="known">Names of the settings that it may hold.</param>
    /// <exception cref="CliException">There is another name; it says which one is nearest.</exception>
    public static void ExpectKnown(string section, IEnumerable<string> given, IReadOnlyCollection<string> known)
    {
        foreach (string name in given)
        {
            if (known.Contains(name, StringComparer.Ordinal)) continue;
            string hint = NearestName.Suggest(name, known);
            throw new CliException(ExitCode.Usage, $"{Name}, {section} has no setting \"{name}\"{hint}; see docs/settings.md");
        }
    }
}
