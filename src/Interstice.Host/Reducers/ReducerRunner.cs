using Interstice.Host.Abi;
using Interstice.Host.Modules;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Reducers;

/// <summary>Runs one call at a time in an instance: inputs in, end and mutations out. Used by the loop's thread only.</summary>
/// <remarks>Every call begins from the initial image of the instance, whatever the one before it did.</remarks>
public sealed partial class ReducerRunner
{
    private const int Failed = 1;

    private readonly IModuleInstance _instance;
    private readonly HostImports _imports;
    private readonly ModuleLimits _limits;
    private readonly CallWatch _watch;
    private readonly Dictionary<string, int> _reducers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _queries = new(StringComparer.Ordinal);
    private bool _touched;

    /// <summary>Binds all reducers and queries of a schema and takes the initial image.</summary>
    /// <param name="schema">Declarations, known to be exported with the right types.</param>
    /// <param name="instance">A fresh instance.</param>
    /// <param name="imports">Its imports.</param>
    /// <param name="limits">What a call may use.</param>
    /// <param name="watch">Watches the calls by the clock.</param>
    /// <exception cref="ModuleTrapException">The guest's initialisation trapped.</exception>
    public ReducerRunner(
        ModuleSchema schema,
        IModuleInstance instance,
        HostImports imports,
        ModuleLimits limits,
        CallWatch watch)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(imports);
        ArgumentNullException.ThrowIfNull(watch);
        _instance = instance;
        _imports = imports;
        _limits = limits;
        _watch = watch;
        foreach (ReducerSchema reducer in schema.Reducers)
            _reducers[reducer.Name] = instance.Bind(ModuleExports.Reducer(reducer.Name));
        foreach (QuerySchema query in schema.Queries)
            _queries[query.Name] = instance.Bind(ModuleExports.Query(query.Name));
        Initialize();
        instance.CaptureImage();
        imports.End();
    }

    /// <summary>What the last call changed; frozen by the loop after a success.</summary>
    public MutationOverlay Overlay => _imports.Overlay;

    /// <summary>Fuel that the last call used.</summary>
    public ulong FuelUsed { get; private set; }

    /// <summary>What the last call returned; borrowed until the next one.</summary>
    internal ReadOnlySpan<byte> Result => _imports.ReturnValue;

    /// <summary>Whether each call begins from the initial image. It does, but where leaks are looked for.</summary>
    internal bool ResetsImage { get; set; } = true;

    /// <summary>Runs a reducer.</summary>
    /// <param name="reducer">Its declaration.</param>
    /// <param name="inputs">What it may depend on; the arguments fit the declaration.</param>
    internal CallEnd RunReducer(ReducerSchema reducer, in CallInputs inputs) => RunReducer(reducer, inputs, _limits.FuelPerCall);

    /// <summary>Runs a reducer with fuel of its own.</summary>
    /// <param name="reducer">Its declaration.</param>
    /// <param name="inputs">What it may depend on; the arguments fit the declaration.</param>
    /// <param name="fuel">What it may use.</param>
    internal CallEnd RunReducer(ReducerSchema reducer, in CallInputs inputs, ulong fuel) =>
        Run(reducer.Name, _reducers[reducer.Name], reducer.Result, isQuery: false, fuel, inputs);

    /// <summary>Puts the instance back to its initial image now.</summary>
    internal void ResetImage()
    {
        _instance.Reset();
        _touched = false;
    }

    /// <summary>Lets the host write rows of its tables in a transaction without a reducer.</summary>
    /// <param name="inputs">What is recorded, with the rows.</param>
    internal void RunHost(in CallInputs inputs)
    {
        _imports.Begin("", isQuery: false, inputs);
        if (inputs.Rows is not null) WriteHostRows(inputs.Rows);
        FuelUsed = 0;
        _imports.End();
    }

    /// <summary>Runs a query.</summary>
    /// <param name="query">Its declaration.</param>
    /// <param name="inputs">What it may depend on; the arguments fit the declaration.</param>
    internal CallEnd RunQuery(QuerySchema query, in CallInputs inputs) =>
        Run(query.Name, _queries[query.Name], query.Result, isQuery: true, _limits.FuelPerQuery, inputs);

    /// <summary>Runs the reducer of a migration.</summary>
    /// <param name="reducer">Its name, known to be exported.</param>
    /// <param name="inputs">What it may depend on.</param>
    internal CallEnd RunMigration(string reducer, in CallInputs inputs) =>
        Run(reducer, _instance.Bind(ModuleExports.Migration(reducer)), null, isQuery: false, _limits.FuelPerCall, inputs);

    /// <summary>A copy of the last call's return value.</summary>
    public ReadOnlyMemory<byte> TakeResult() =>
        _imports.ReturnValue.IsEmpty ? default : _imports.ReturnValue.ToArray();

    private void Initialize()
    {
        bool isAborted = false;
        _instance.Fuel = _limits.FuelPerCall;
        _watch.Begin(_instance);
        try
        {
            _instance.Initialize();
        }
        catch (ModuleTrapException trap) when (trap.Kind == ModuleTrapKind.Aborted)
        {
            isAborted = true;
        }
        finally
        {
            isAborted |= _watch.End();
        }

        if (isAborted) throw new ModuleTrapException(ModuleTrapKind.Aborted, TooLong(ModuleExports.Initialize));
    }

    private CallEnd Run(
        string name,
        int function,
        DataType? result,
        bool isQuery,
        ulong fuel,
        in CallInputs inputs)
    {
        if (_touched && ResetsImage) _instance.Reset();
        _touched = true;
        _imports.Begin(name, isQuery, inputs);
        if (inputs.Rows is not null) WriteHostRows(inputs.Rows);
        _instance.Fuel = fuel;
        CallEnd end;
        bool isAborted = false;
        _watch.Begin(_instance);
        try
        {
            end = Invoke(name, function, result, inputs.Arguments.Span);
        }
        finally
        {
            isAborted = _watch.End();
            FuelUsed = fuel - Math.Min(_instance.Fuel, fuel);
            _imports.End();
        }

        return isAborted ? new CallEnd.TimedOut(TooLong(name)) : end;
    }

    private void WriteHostRows(HostRows rows)
    {
        rows(Overlay);
        Overlay.EndHostRows();
    }

    private CallEnd Invoke(string name, int function, DataType? result, ReadOnlySpan<byte> arguments)
    {
        try
        {
            int code = Invoke(function, arguments);
            return code switch
            {
                0 => CheckResult(name, result),
                Failed => new CallEnd.Rejected(_imports.FailText ?? $"{name} failed and gave no reason"),
                _ => new CallEnd.Trapped(new(
                    ModuleTrapKind.Abi,
                    $"{name} returned {code}; a reducer or query returns 0 or 1")),
            };
        }
        catch (ModuleTrapException trap) when (trap is { Kind: ModuleTrapKind.Unreachable, IsOfCallee: false } && _imports.FailText is not null)
        {
            // A language without exceptions leaves from a depth by fail and unreachable (docs/abi.md).
            return new CallEnd.Rejected(_imports.FailText);
        }
        catch (ModuleTrapException trap)
        {
            return new CallEnd.Trapped(trap);
        }
    }

    private int Invoke(int function, ReadOnlySpan<byte> arguments)
    {
        int address = 0;
        if (arguments.Length > 0)
        {
            address = _instance.Allocate(arguments.Length);
            arguments.CopyTo(_instance.Write(address, arguments.Length));
        }

        return _instance.Invoke(function, address, arguments.Length);
    }

    private string TooLong(string name) =>
        $"{name} ran longer than {_limits.CallTimeMax.TotalSeconds:0.###} s and was stopped; nothing was changed, try again when " +
        "the machine has less to do, or let it do less in one call";

    private CallEnd CheckResult(string name, DataType? result)
    {
        if (result is null)
        {
            return _imports.ReturnValue.IsEmpty
                ? CallEnd.Succeeded.Instance
                : new CallEnd.Trapped(new(ModuleTrapKind.Abi, $"{name} returned a value but declares none"));
        }

        return CanonicalEncoding.TryValidate(result, _imports.ReturnValue, out ValueError error)
            ? CallEnd.Succeeded.Instance
            : new CallEnd.Trapped(new(ModuleTrapKind.Abi, $"the result of {name} is not canonical: {error}"));
    }
}
