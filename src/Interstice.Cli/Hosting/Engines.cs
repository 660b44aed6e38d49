using Interstice.Cli.Errors;
using Interstice.Cli.Stores;
using Interstice.Host.Modules;
using Interstice.ManagedEngine;

namespace Interstice.Cli.Hosting;

/// <summary>The engines of this build, by the names that <c>--engine</c> takes.</summary>
internal static class Engines
{
    /// <summary>The environment variable that chooses where <c>--engine</c> is not given.</summary>
    public const string Variable = "INTERSTICE_ENGINE";

    /// <summary>The engine that runs modules where nothing is chosen.</summary>
    public const string Default = "managed";

    private const string Wasmtime = "wasmtime";
    private const string FileSection = "Interstice";
    private const string FileKey = "Engine";

    private static readonly OrderedDictionary<string, Func<IModuleEngine>> Built = new(StringComparer.Ordinal)
    {
        [Default] = () => new ManagedModuleEngine(),
#if WASMTIME
        [Wasmtime] = () => new Interstice.Wasmtime.WasmtimeModuleEngine(),
#endif
    };

    /// <summary>Names of the engines that this build has, the default first.</summary>
    public static IEnumerable<string> Names => Built.Keys;

    /// <summary>Makes the engine that was chosen.</summary>
    /// <param name="option">What <c>--engine</c> says; null when it was not given.</param>
    /// <exception cref="CliException">There is no such engine, or not in this build.</exception>
    public static IModuleEngine Create(string? option)
    {
        (string name, string place) = Choose(option);
        if (Built.TryGetValue(name, out Func<IModuleEngine>? make)) return make();
        throw new CliException(ExitCode.Usage, name == Wasmtime
            ? $"{place} chooses {name}, which this program was built without; use {Default}, or build it where the package " +
                "feed serves Wasmtime (docs/feeds.md)"
            : $"{place} takes one of {Default}, {Wasmtime}, not \"{name}\"");
    }

    // The command line before the environment before the file, as docs/settings.md says.
    private static (string Name, string Place) Choose(string? option)
    {
        if (option is not null) return (option, "--engine");
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable)
            return (variable, $"the environment variable {Variable}");
        return SettingsFile.ReadSection(FileSection).TryGetValue(FileKey, out string? value)
            ? (value, $"{SettingsFile.Name}, {FileSection}:{FileKey}")
            : (Default, "the default");
    }
}
