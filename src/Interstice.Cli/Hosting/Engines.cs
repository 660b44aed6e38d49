using Interstice.Cli.Errors;
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
        string? variable = Environment.GetEnvironmentVariable(Variable);
        string name = option ?? (string.IsNullOrEmpty(variable) ? Default : variable);
        if (Built.TryGetValue(name, out Func<IModuleEngine>? make)) return make();
        string source = option is null ? $"the environment variable {Variable}" : "--engine";
        throw new CliException(ExitCode.Usage, name == Wasmtime
            ? $"{source} chooses {name}, which is not in this build: the package feed did not serve it; " +
                $"use {Default}, or build where the feed serves the package Wasmtime (docs/feeds.md)"
            : $"{source} takes one of {Default}, {Wasmtime}, not \"{name}\"");
    }
}
