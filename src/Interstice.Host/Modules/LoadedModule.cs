using System.Text;
using Interstice.Host.Abi;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Modules;

/// <summary>A build that runs: its code, one instance, and what calls need of its declarations.</summary>
/// <remarks>Declarations may be read by any thread; everything else belongs to the loop's.</remarks>
public sealed class LoadedModule : IDisposable
{
    private readonly IModuleInstance _instance;
    private readonly HostImports _imports;
    private readonly byte[][] _tableNames;
    private readonly byte[][] _eventNames;

    private LoadedModule(
        PublicationCandidate build,
        IModuleInstance instance,
        HostImports imports,
        ReducerRunner runner,
        ModuleLimits limits)
    {
        _imports = imports;
        Code = build.Code;
        _instance = instance;
        Hash = build.Hash;
        Schema = build.Schema;
        Runner = runner;
        Limits = limits;
        JsonBound = new EventJsonBound(build.Schema);
        _tableNames = [.. Schema.AllTables.Select(table => Encoding.UTF8.GetBytes(table.Name))];
        _eventNames = [.. Schema.Events.Select(declared => Encoding.UTF8.GetBytes(declared.Name))];
    }

    /// <summary>The code; its owner disposes it after the last instance.</summary>
    public IModuleCode Code { get; }

    /// <summary>Hash of the binary.</summary>
    public CodeHash Hash { get; }

    /// <summary>Declarations of the build.</summary>
    public ModuleSchema Schema { get; }

    /// <summary>How large its transactions may be as JSON.</summary>
    public EventJsonBound JsonBound { get; }

    /// <summary>Runs its calls.</summary>
    public ReducerRunner Runner { get; }

    /// <summary>What a call may use.</summary>
    public ModuleLimits Limits { get; }

    /// <summary>Makes an instance and initialises it. Call on the thread that will run it.</summary>
    /// <param name="build">The build.</param>
    /// <param name="state">The tables.</param>
    /// <param name="limits">What a call may use.</param>
    /// <param name="log">Where log lines go.</param>
    /// <param name="watch">Watches the calls by the clock.</param>
    /// <param name="calls">Runs its calls of other modules; null for a module that runs alone.</param>
    /// <exception cref="ModuleRefusedException">It cannot be linked or its initialisation trapped.</exception>
    internal static LoadedModule Create(
        PublicationCandidate build,
        ModuleState state,
        ModuleLimits limits,
        IGuestLog log,
        CallWatch watch,
        IModuleCalls? calls = null)
    {
        ArgumentNullException.ThrowIfNull(build);
        var imports = new HostImports(build.Schema, state, limits, log) { Calls = calls };
        IModuleInstance? instance = null;
        try
        {
            instance = build.Code.Instantiate(imports, limits);
            imports.Attach(instance);
            var runner = new ReducerRunner(build.Schema, instance, imports, limits, watch);
            return new(build, instance, imports, runner, limits);
        }
        catch (ModuleTrapException trap)
        {
            instance?.Dispose();
            imports.Dispose();
            throw new ModuleRefusedException(
                ModuleRefusalKind.Initialization,
                $"module {build.Schema.Name}: its initialisation trapped: {trap.Message}",
                trap);
        }
    }

    /// <summary>Whether imports are those of its instance.</summary>
    internal bool Has(HostImports imports) => ReferenceEquals(_imports, imports);

    /// <summary>UTF-8 name of a table.</summary>
    /// <param name="number">Its number.</param>
    public ReadOnlySpan<byte> TableName(int number) => _tableNames[number];

    /// <summary>UTF-8 name of an event.</summary>
    /// <param name="number">Its number.</param>
    public ReadOnlySpan<byte> EventName(int number) => _eventNames[number];

    /// <summary>A sentence for an unknown reducer, with the nearest name.</summary>
    public string DescribeUnknownReducer(string name) =>
        Describe("reducer", name, Schema.Reducers.Select(reducer => reducer.Name));

    /// <summary>A sentence for an unknown query, with the nearest name.</summary>
    public string DescribeUnknownQuery(string name) =>
        Describe("query", name, Schema.Queries.Select(query => query.Name));

    /// <summary>Ends the instance; the code stays.</summary>
    public void Dispose()
    {
        _instance.Dispose();
        _imports.Dispose();
    }

    private string Describe(string what, string name, IEnumerable<string> known) =>
        UnknownName.Describe($"module {Schema.Name} has no {what}", name, known);
}
