using System.Globalization;
using Interstice.Cli.Errors;
using Interstice.Host.Snapshots;

namespace Interstice.Cli.Stores;

/// <summary>The snapshots of a store, and the settings for them (docs/settings.md).</summary>
internal static class SnapshotAccess
{
    /// <summary>The environment variable that <c>--state</c> goes before.</summary>
    public const string StateVariable = "INTERSTICE_STATE";

    private const string Section = "Interstice:Snapshots";

    /// <summary>Where the snapshots of a store are; null when there is no place for them.</summary>
    /// <param name="session">The session, for its settings.</param>
    /// <param name="directory">Directory of the store; null for one elsewhere.</param>
    public static string? PlaceOf(Session session, string? directory) =>
        Find(session, SnapshotSetting.Directory)?.Text
        ?? ((StateDirectoryOf(session) ?? directory) is { } parent ? Path.Join(parent, SnapshotDirectory.Name) : null);

    /// <summary>When snapshots are taken.</summary>
    /// <param name="session">The session, for its settings.</param>
    /// <param name="isReader">Whether the host only reads.</param>
    /// <exception cref="CliException">Something that was set is no number, out of its range, or no setting at all.</exception>
    public static SnapshotOptions Options(Session session, bool isReader)
    {
        var options = new SnapshotOptions();
        long intervalMs = Number(session, SnapshotSetting.Interval, (long)options.CheckInterval.TotalMilliseconds);
        return options with
        {
            EveryEvents = isReader ? 0 : Number(session, SnapshotSetting.Events, options.EveryEvents),
            Keep = Keep(session, null),
            CheckInterval = TimeSpan.FromMilliseconds(intervalMs),
        };
    }

    /// <summary>How many snapshots of a module are kept.</summary>
    /// <param name="session">The session, for its settings.</param>
    /// <param name="option">What an option of the command says, or null.</param>
    /// <exception cref="CliException">Something that was set is no number, out of its range, or no setting at all.</exception>
    public static int Keep(Session session, long? option) =>
        (int)(option ?? Number(session, SnapshotSetting.Keep, new SnapshotOptions().Keep));

    /// <summary>Says on standard error which snapshots are not used.</summary>
    public static void Report(IEnumerable<SnapshotRefusal> refused)
    {
        foreach (SnapshotRefusal refusal in refused) ErrorReport.WriteSentence($"warning: {refusal}");
    }

    // The command line before the environment. An empty text counts as absent.
    private static string? StateDirectoryOf(Session session) =>
        session.StateOption is { Length: > 0 } option ? option
        : Environment.GetEnvironmentVariable(StateVariable) is { Length: > 0 } variable ? variable
        : null;

    private static long Number(Session session, SnapshotSetting setting, long otherwise)
    {
        if (Find(session, setting) is not var (text, place)) return otherwise;
        bool isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        if (isNumber && number >= setting.Min && number <= setting.Max) return number;
        string range = setting.Max == long.MaxValue ? $"{setting.Min} or more" : setting.Range;
        throw new CliException(ExitCode.Usage, $"{place} takes a whole number, {range}, not \"{text}\"");
    }

    // The command line before the environment before appsettings.json. An empty text counts as absent.
    private static (string Text, string Place)? Find(Session session, SnapshotSetting setting)
    {
        IReadOnlyDictionary<string, string> section = SettingsFile.ReadSection(Section);
        SettingsFile.ExpectKnown(Section, section.Keys, [.. SnapshotSetting.All.Select(setting => setting.Name)]);
        if (session.SnapshotOptions.GetValueOrDefault(setting.Option) is { Length: > 0 } option) return (option, setting.Option);
        if (Environment.GetEnvironmentVariable(setting.Variable) is { Length: > 0 } variable)
            return (variable, $"the environment variable {setting.Variable}");
        return section.GetValueOrDefault(setting.Name) is { Length: > 0 } value
            ? (value, $"{SettingsFile.Name}, {Section}:{setting.Name}")
            : null;
    }
}
