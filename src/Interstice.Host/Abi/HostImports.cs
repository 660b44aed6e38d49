using System.Text;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Abi;

/// <summary>The functions that a guest imports, over one instance and the overlay of the running transaction.</summary>
/// <remarks>
/// Invariants: between <see cref="Begin"/> and <see cref="End"/> one call runs; outside of it only <c>table</c> and <c>index</c>
/// work. Whatever a guest passes is checked before it has an effect: an address by <see cref="IGuestMemory"/>, a handle, a row
/// and a key here. A misuse traps with <see cref="ModuleTrapKind.Abi"/>; what a correct guest can meet is a result below zero.
/// Used by the loop's thread only.
/// </remarks>
public sealed partial class HostImports : IDisposable
{
    // A handle is the table's number with the index's number above it; index 0 is the primary key, so that a table's
    // handle serves as its primary index.
    private const int IndexShift = 16;
    private const int TableMask = (1 << IndexShift) - 1;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ModuleSchema _schema;
    private readonly ModuleState _state;
    private readonly ModuleLimits _limits;
    private readonly IGuestLog _log;
    private readonly PayloadWriter _result = new();
    private readonly PayloadWriter _lastText = new();
    private IModuleInstance? _instance;
    private CallMode _mode = CallMode.Initializing;
    private string _function = "";
    private Identity _caller;
    private long _timeUs;
    private RandomSequence _random;
    private string? _failText;
    private int _needed;
    private int _logLines;

    /// <summary>Makes the imports of one instance.</summary>
    /// <param name="schema">Declarations of the build.</param>
    /// <param name="state">The module's tables.</param>
    /// <param name="limits">What a call may use.</param>
    /// <param name="log">Where log lines go.</param>
    public HostImports(ModuleSchema schema, ModuleState state, ModuleLimits limits, IGuestLog log)
    {
        _schema = schema;
        _state = state;
        _limits = limits;
        _log = log;
        Overlay = new MutationOverlay(state);
        _scans = new OpenScan[limits.IteratorsMax];
    }

    /// <summary>What the running transaction has changed.</summary>
    public MutationOverlay Overlay { get; }

    /// <summary>What <c>returns</c> was given last, valid until the next call begins.</summary>
    public ReadOnlySpan<byte> ReturnValue => _result.Written;

    /// <summary>The text that <c>fail</c> was given last, or null.</summary>
    public string? FailText => _failText;

    /// <summary>Connects the instance whose guest calls.</summary>
    public void Attach(IModuleInstance instance) => _instance = instance;

    /// <summary>Begins a call.</summary>
    /// <param name="function">Name of the reducer or query.</param>
    /// <param name="isQuery">Whether writes trap.</param>
    /// <param name="inputs">What the call may depend on.</param>
    public void Begin(string function, bool isQuery, in CallInputs inputs)
    {
        Overlay.Begin();
        _mode = isQuery ? CallMode.Query : CallMode.Reducer;
        _function = function;
        _caller = inputs.Caller;
        _timeUs = inputs.TimeUs;
        _random = new RandomSequence(inputs.Seed);
        _firing = inputs.Firing;
        _failText = null;
        _needed = 0;
        _logLines = 0;
        _result.Clear();
        _lastText.Clear();
        (_callerModule, _mutationsElsewhere, _bytesElsewhere) = ([], 0, 0);
    }

    /// <summary>Ends a call: its iterators close, its mutations stay in <see cref="Overlay"/> until the next begins.</summary>
    public void End()
    {
        CloseAllScans();
        _mode = CallMode.Idle;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseAllScans();
        _result.Dispose();
        _lastText.Dispose();
    }

    // Attached once the instance is made: only its start function can come here before.
    private IModuleInstance Guest => _instance
        ?? throw Misuse("the start function called the host; do it in interstice_init, which may call table and index");

    private void Charge(uint cost, int bytes = 0) =>
        Guest.ChargeFuel(cost + ((uint)bytes / HostCallCosts.BytesPerUnit));

    private void ExpectRunning(string name)
    {
        if (_mode is CallMode.Initializing or CallMode.Idle)
            throw Misuse($"{name} was called in interstice_init, which may call only table and index");
    }

    private void ExpectWritable(string name)
    {
        ExpectRunning(name);
        if (_mode == CallMode.Query) throw Misuse($"{name} was called in query {_function}; a query changes nothing");
    }

    private string ReadText(int address, int length, string what)
    {
        try
        {
            return StrictUtf8.GetString(Guest.Read(address, length));
        }
        catch (DecoderFallbackException)
        {
            throw Misuse($"{what} is not UTF-8");
        }
    }

    private static ModuleTrapException Misuse(string message) => new(ModuleTrapKind.Abi, message);

    private enum CallMode
    {
        Initializing,
        Idle,
        Reducer,
        Query,
    }
}
