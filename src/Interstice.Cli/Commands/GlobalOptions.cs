using System.CommandLine;
using System.CommandLine.Completions;
using Interstice.Cli.Hosting;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.EventStoreDb.Settings;
using Interstice.Journal.Settings;
using Interstice.Server.Hosting;

namespace Interstice.Cli.Commands;

/// <summary>Options that every command has.</summary>
internal static class GlobalOptions
{
    private static readonly OrderedDictionary<string, OutputFormat> Formats = new(StringComparer.Ordinal)
    {
        ["text"] = OutputFormat.Text,
        ["json"] = OutputFormat.Json,
        ["yaml"] = OutputFormat.Yaml,
        ["ndjson"] = OutputFormat.Ndjson,
    };

    /// <summary>Which store.</summary>
    public static Option<string?> Store { get; } = new("--store")
    {
        Description = "Directory of the store, or esdb://... (default: INTERSTICE_STORE, else ./.interstice)",
        HelpName = "DIR|ADDRESS",
        Recursive = true,
    };

    /// <summary>Where snapshots are when the store is elsewhere.</summary>
    public static Option<string?> State { get; } = new("--state")
    {
        Description = "Folder for snapshots of a store elsewhere; may be thrown away (default: INTERSTICE_STATE, else none)",
        HelpName = "DIR",
        Recursive = true,
    };

    /// <summary>How results are written.</summary>
    public static Option<OutputFormat> Output { get; } = new("--output", "-o")
    {
        Description = "How results are written: text (for people), json, yaml or ndjson (stable, documented)",
        HelpName = "text|json|yaml|ndjson",
        Recursive = true,
        CustomParser = result =>
        {
            string word = result.Tokens[0].Value;
            if (Formats.TryGetValue(word, out OutputFormat format)) return format;
            result.AddError($"--output takes one of {string.Join(", ", Formats.Keys)}, not \"{word}\"");
            return default;
        },
    };

    /// <summary>Settings of the journal: docs/settings.md. Left out of the help of commands, which they would fill.</summary>
    public static IReadOnlyList<Option<string?>> Journal { get; } =
    [
        .. JournalSettings.All.Select(setting => new Option<string?>(setting.Option)
        {
            Description = setting.Meaning,
            Recursive = true,
            Hidden = true,
        }),
    ];

    /// <summary>Settings of a store elsewhere: docs/settings.md. Left out of the help as well.</summary>
    public static IReadOnlyList<Option<string?>> EventStoreDb { get; } =
    [
        .. EventStoreDbSettings.All.Select(setting => new Option<string?>(setting.Option)
        {
            Description = setting.Meaning,
            Recursive = true,
            Hidden = true,
        }),
    ];

    /// <summary>Settings for snapshots: docs/settings.md. Left out of the help as well.</summary>
    public static IReadOnlyList<Option<string?>> Snapshots { get; } =
    [
        .. SnapshotSetting.All.Select(setting => new Option<string?>(setting.Option)
        {
            Description = setting.Meaning,
            Recursive = true,
            Hidden = true,
        }),
    ];

    /// <summary>Settings of a running host: docs/settings.md. Left out of the help as well; the one with an option of its own, insecure,
    /// is not among them.</summary>
    public static IReadOnlyList<Option<string?>> Server { get; } =
    [
        .. ServerSettings.All.Where(setting => setting.Option != "--insecure").Select(setting => new Option<string?>(setting.Option)
        {
            Description = setting.Meaning,
            Hidden = true,
        }),
    ];

    /// <summary>Where the API key is; for the host and for commands that talk to one.</summary>
    public static Option<string?> ApiKeyFile { get; } = new("--api-key-file")
    {
        Description = $"File with the API key (default: the key in {HostSecrets.KeyVariable}, else the file in {HostSecrets.KeyFileVariable})",
        HelpName = "FILE",
    };

    /// <summary>Which running host; for commands that can talk to one.</summary>
    public static Option<string?> ServerUrl { get; } = new("--server")
    {
        Description = "Talk to a running host instead of opening the store",
        HelpName = "URL",
    };

    /// <summary>Whether what others could see or reach is accepted.</summary>
    public static Option<bool> Insecure { get; } = new("--insecure")
    {
        Description = "Do without TLS and an API key where others could listen or call",
    };

    /// <summary>Which engine; for commands that run modules.</summary>
    public static Option<string?> Engine { get; } = new("--engine")
    {
        Description = "Engine that runs the modules (default: managed)",
        HelpName = "managed|wasmtime",
        CompletionSources = { _ => Engines.Names.Select(name => new CompletionItem(name)) },
    };

    /// <summary>Whether details are wanted.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Log lines of host and modules, and stack traces of errors, on standard error",
        Recursive = true,
    };

    /// <summary>The settings that a command line gives, by the names of their options.</summary>
    public static Dictionary<string, string> Values(ParseResult parsed, IReadOnlyList<Option<string?>> options)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (Option<string?> option in options)
            if (parsed.GetValue(option) is { } value) values.Add(option.Name, value);
        return values;
    }
}
