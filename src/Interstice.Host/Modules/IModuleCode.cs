using System.Collections.Immutable;

namespace Interstice.Host.Modules;

/// <summary>A validated binary. Thread-safe; compiled once however often it is instantiated.</summary>
public interface IModuleCode : IDisposable
{
    /// <summary>Imported functions, in order; an import that is not a function has <see cref="FunctionShape.None"/>.</summary>
    ImmutableArray<ModuleImport> Imports { get; }

    /// <summary>Exports, in order; an export that is not a function has <see cref="FunctionShape.None"/>.</summary>
    ImmutableArray<ModuleExport> Exports { get; }

    /// <summary>What whoever publishes the code should know although it is accepted, a sentence each; empty for most. May
    /// compile.</summary>
    ImmutableArray<string> Warnings { get; }

    /// <summary>Contents of all custom sections of this name, concatenated in order; empty if there is none.</summary>
    /// <param name="name">Name of the sections.</param>
    byte[] ReadCustomSections(string name);

    /// <summary>Makes an instance with its own memory and runs its start function, under <see cref="ModuleLimits.FuelPerCall"/>.
    /// </summary>
    /// <param name="imports">The host's functions; the instance calls them for the length of its life.</param>
    /// <param name="limits">Caps of the instance.</param>
    /// <exception cref="ModuleRefusedException">An import does not fit.</exception>
    /// <exception cref="ModuleTrapException">The start function or a segment trapped.</exception>
    IModuleInstance Instantiate(Abi.HostImports imports, ModuleLimits limits);
}

/// <summary>An imported function.</summary>
/// <param name="Module">Module part of the name.</param>
/// <param name="Name">Field part of the name.</param>
/// <param name="Shape">Its type.</param>
public sealed record ModuleImport(string Module, string Name, FunctionShape Shape);

/// <summary>An export.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>function</c>, <c>memory</c>, <c>table</c> or <c>global</c>.</param>
/// <param name="Shape">Its type when it is a function.</param>
public sealed record ModuleExport(string Name, string Kind, FunctionShape Shape);
