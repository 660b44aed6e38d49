using Interstice.Cli.Errors;
using Interstice.Journal;
using Interstice.Journal.Settings;
using Interstice.Kernel.Schema;

namespace Interstice.Cli.Stores;

/// <summary>The settings of the journal: the command line before the environment before appsettings.json in the current directory
/// (docs/settings.md).</summary>
internal static class JournalConfiguration
{
    private const string Section = "Interstice:Journal";

    /// <summary>Applies what was set anywhere.</summary>
    /// <param name="options">What holds otherwise.</param>
    /// <param name="commandLine">Values of the options that were given, by their names.</param>
    /// <exception cref="CliException">Something that was set is no such value, out of range, or no setting at all.</exception>
    public static JournalOptions Apply(JournalOptions options, IReadOnlyDictionary<string, string> commandLine)
    {
        IReadOnlyDictionary<string, string> section = SettingsFile.ReadSection(Section);
        SettingsFile.ExpectKnown(Section, section.Keys, [.. JournalSettings.All.Select(setting => setting.Name)]);
        try
        {
            JournalOptions bound = JournalSettings.Bind(
                options,
                SettingSource.OfSection($"{SettingsFile.Name}, {Section}", key => section.GetValueOrDefault(key)),
                SettingSource.OfEnvironment(Environment.GetEnvironmentVariable),
                SettingSource.OfCommandLine(option => commandLine.GetValueOrDefault(option)));
            bound.Validate();
            return bound;
        }
        catch (ArgumentException fault)
        {
            throw new CliException(ExitCode.Usage, Sentence(fault), fault);
        }
    }

    // Without the name of the parameter, which the runtime appends.
    private static string Sentence(ArgumentException fault) => fault.Message.Split(" (Parameter", 2)[0];
}
