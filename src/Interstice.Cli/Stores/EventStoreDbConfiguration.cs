using Interstice.Cli.Errors;
using Interstice.EventStoreDb;
using Interstice.EventStoreDb.Settings;

namespace Interstice.Cli.Stores;

/// <summary>The settings of a store elsewhere: the command line before the environment before appsettings.json in the current directory
/// (docs/settings.md).</summary>
internal static class EventStoreDbConfiguration
{
    /// <summary>The connection string of the file, which applications have there too (<see cref="EventStoreDbServices"/>); null where there is
    /// none.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static string? ReadConnectionString()
    {
        if (SettingsFile.ReadSection(EventStoreDbSettings.Section).GetValueOrDefault(EventStoreDbServices.ConnectionStringKey) is not { Length: > 0 } text)
            return null;
        return RemoteAddress.TryParse(text) is not null
            ? text
            : throw new CliException(
                ExitCode.Usage,
                $"{SettingsFile.Name}, {EventStoreDbSettings.Section}:{EventStoreDbServices.ConnectionStringKey} begins neither with esdb:// nor with "
                    + "esdb+discover://; write it such as esdb://localhost:2113");
    }

    /// <summary>Applies what was set anywhere.</summary>
    /// <param name="options">What holds otherwise.</param>
    /// <param name="commandLine">Values of the options that were given, by their names.</param>
    /// <exception cref="CliException">Something that was set is no such value, out of range, or no setting at all.</exception>
    public static EventStoreDbOptions Apply(EventStoreDbOptions options, IReadOnlyDictionary<string, string> commandLine)
    {
        IReadOnlyDictionary<string, string> section = SettingsFile.ReadSection(EventStoreDbSettings.Section);
        SettingsFile.ExpectKnown(
            EventStoreDbSettings.Section, section.Keys, [EventStoreDbServices.ConnectionStringKey, .. EventStoreDbSettings.All.Select(setting => setting.Name)]);
        try
        {
            return EventStoreDbSettings.Bind(options, setting =>
                commandLine.GetValueOrDefault(setting.Option) is { Length: > 0 } option ? (option, setting.Option)
                : Environment.GetEnvironmentVariable(setting.Variable) is { Length: > 0 } variable
                    ? (variable, $"the environment variable {setting.Variable}")
                : section.GetValueOrDefault(setting.Name) is { Length: > 0 } file
                    ? (file, $"{SettingsFile.Name}, {EventStoreDbSettings.Section}:{setting.Name}")
                : null);
        }
        catch (ArgumentException fault)
        {
            throw new CliException(ExitCode.Usage, fault.Message, fault);
        }
    }
}
