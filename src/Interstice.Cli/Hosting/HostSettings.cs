using Interstice.Cli.Errors;
using Interstice.Cli.Stores;
using Interstice.Host.Modules;
using Interstice.Server.Hosting;

namespace Interstice.Cli.Hosting;

/// <summary>The settings of <c>run</c>: the command line before the environment before appsettings.json (docs/settings.md).</summary>
internal static class HostSettings
{
    /// <summary>What is set, in the environment or the file, of limits of calls and of idempotency keys: commands that run modules without
    /// serving them keep it too.</summary>
    /// <exception cref="CliException">Something that was set is no such value, out of range, or no setting at all.</exception>
    public static ModuleHostOptions OfModules() => Apply(new IntersticeOptions(), new Dictionary<string, string>()).Host;

    /// <summary>Applies what was set anywhere.</summary>
    /// <param name="options">What holds otherwise.</param>
    /// <param name="commandLine">Values of the options that were given, by their names.</param>
    /// <exception cref="CliException">Something that was set is no such value, out of range, or no setting at all.</exception>
    public static IntersticeOptions Apply(IntersticeOptions options, IReadOnlyDictionary<string, string> commandLine)
    {
        IReadOnlyDictionary<string, string> section = SettingsFile.ReadSection(ServerSettings.Section);
        SettingsFile.ExpectKnown(ServerSettings.Section, section.Keys, [.. ServerSettings.All.Select(setting => setting.Name)]);
        try
        {
            return ServerSettings.Bind(options, setting =>
                commandLine.GetValueOrDefault(setting.Option) is { Length: > 0 } option ? (option, setting.Option)
                : Environment.GetEnvironmentVariable(setting.Variable) is { Length: > 0 } variable
                    ? (variable, $"the environment variable {setting.Variable}")
                : section.GetValueOrDefault(setting.Name) is { Length: > 0 } file
                    ? (file, $"{SettingsFile.Name}, {ServerSettings.Section}:{setting.Name}")
                : null);
        }
        catch (ArgumentException fault)
        {
            throw new CliException(ExitCode.Usage, fault.Message, fault);
        }
    }
}
