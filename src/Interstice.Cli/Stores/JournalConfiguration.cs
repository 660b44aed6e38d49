using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Journal;
using Interstice.Journal.Settings;
using Interstice.Kernel.Schema;

namespace Interstice.Cli.Stores;

/// <summary>The settings of the journal: the command line before the environment before appsettings.json in the current directory
/// (docs/settings.md).</summary>
internal static class JournalConfiguration
{
    private const string File = "appsettings.json";
    private const string Section = "Interstice:Journal";

    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Applies what was set anywhere.</summary>
    /// <param name="options">What holds otherwise.</param>
    /// <param name="commandLine">Values of the options that were given, by their names.</param>
    /// <exception cref="CliException">Something that was set is no such value, out of range, or no setting at all.</exception>
    public static JournalOptions Apply(JournalOptions options, IReadOnlyDictionary<string, string> commandLine)
    {
        Dictionary<string, string> section = ReadSection();
        try
        {
            return JournalSettings.Bind(
                options,
                SettingSource.OfSection($"{File}, {Section}", key => section.GetValueOrDefault(key)),
                SettingSource.OfEnvironment(Environment.GetEnvironmentVariable),
                SettingSource.OfCommandLine(option => commandLine.GetValueOrDefault(option)));
        }
        catch (ArgumentException fault)
        {
            throw new CliException(ExitCode.Usage, Sentence(fault), fault);
        }
    }

    // Without the name of the parameter, which the runtime appends.
    private static string Sentence(ArgumentException fault) => fault.Message.Split(" (Parameter", 2)[0];

    private static Dictionary<string, string> ReadSection()
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        if (!System.IO.File.Exists(File)) return values;
        try
        {
            using JsonDocument document = JsonDocument.Parse(System.IO.File.ReadAllBytes(File), Lenient);
            JsonElement at = document.RootElement;
            foreach (string name in Section.Split(':'))
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return values;
            foreach (JsonProperty property in at.EnumerateObject()) values.Add(Known(property.Name), property.Value.ToString());
            return values;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException
            or IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"{File} in the current directory cannot be used: {fault.Message}", fault);
        }
    }

    private static string Known(string name)
    {
        IEnumerable<string> names = JournalSettings.All.Select(setting => setting.Name);
        if (names.Contains(name, StringComparer.Ordinal)) return name;
        string hint = NearestName.Suggest(name, names);
        throw new CliException(ExitCode.Usage, $"{File}, {Section} has no setting \"{name}\"{hint}; see docs/settings.md");
    }
}
