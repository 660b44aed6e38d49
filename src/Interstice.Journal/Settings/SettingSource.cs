namespace Interstice.Journal.Settings;

/// <summary>A place where settings may stand.</summary>
/// <param name="Describe">What messages call a setting there, for instance the name of a variable.</param>
/// <param name="Find">The text of a setting, null where it is not set.</param>
public sealed record SettingSource(Func<JournalSetting, string> Describe, Func<JournalSetting, string?> Find)
{
    /// <summary>The environment of a process.</summary>
    /// <param name="variable">Gives the value of a variable.</param>
    public static SettingSource OfEnvironment(Func<string, string?> variable) => new(
        setting => $"the environment variable {setting.Variable}",
        setting => variable(setting.Variable) is { Length: > 0 } value ? value : null);

    /// <summary>A section of configuration, such as <c>Interstice:Journal</c> of appsettings.json.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="section">Gives the value of a key of the section.</param>
    public static SettingSource OfSection(string name, Func<string, string?> section) => new(
        setting => $"{name}:{setting.Name}",
        setting => section(setting.Name));

    /// <summary>The command line.</summary>
    /// <param name="option">Gives the value of an option.</param>
    public static SettingSource OfCommandLine(Func<string, string?> option) => new(
        setting => setting.Option,
        setting => option(setting.Option));
}
