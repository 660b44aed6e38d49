using Interstice.Host.Modules;
using Interstice.Wasm.Instrumentation;
using Wasmtime;

namespace Interstice.Wasmtime;

/// <summary>A store with the one instance in it, and its counters. Made anew at each reset: what a guest can do to memory size, tables
/// and segments cannot be taken back in place.</summary>
internal sealed class GuestStore : IDisposable
{
    private const ulong TicksToInterruption = 1;

    private readonly Store _store;
    private readonly MeteredModule _metered;
    private int _callDepthNext;
    private readonly Global.Accessor<long> _fuel;
    private readonly Global.Accessor<int> _depth;
    private readonly Global.Accessor<int> _overLimit;

    /// <summary>Instantiates; the start function has not run yet.</summary>
    /// <exception cref="WasmtimeException">A segment does not fit.</exception>
    public GuestStore(Engine engine, Linker linker, Module module, MeteredModule metered, ModuleLimits limits)
    {
        _metered = metered;
        _callDepthNext = limits.CallDepthMax;
        _store = new Store(engine);
        try
        {
            // The binary keeps the limits itself; this is for what it would let through by mistake.
            _store.SetLimits(
                memorySize: (long)limits.MemoryPagesMax * global::Wasmtime.Memory.PageSize,
                tableElements: (uint)limits.TableEntriesMax,
                instances: 1,
                memories: 1);
            _store.SetEpochDeadline(TicksToInterruption);
            Instance = linker.Instantiate(_store, module);
            _fuel = Counter<long>(metered.FuelExport);
            _depth = Counter<int>(metered.DepthExport);
            _overLimit = Counter<int>(metered.OverLimitExport);
            Counter<int>(metered.PagesMaxExport).SetValue(limits.MemoryPagesMax);
            Counter<int>(metered.EntriesMaxExport).SetValue(limits.TableEntriesMax);
        }
        catch
        {
            _store.Dispose();
            throw;
        }
    }

    /// <summary>The instance.</summary>
    public Instance Instance { get; }

    /// <summary>Fuel that is left.</summary>
    public long Fuel
    {
        get => Math.Max(0, _fuel.GetValue());
        set => _fuel.SetValue(value);
    }

    /// <summary>Call depth that the running guest has left; when set, what the calls after have.</summary>
    public int CallDepth
    {
        get => Math.Max(0, _depth.GetValue());
        set => _callDepthNext = value;
    }

    /// <summary>Runs the start function if there is one.</summary>
    public void Start()
    {
        if (_metered.StartExport is not { } start) return;
        Enter();
        Instance.GetAction(start)!();
    }

    /// <summary>Prepares a call from outside: the depth that it may have, and no interruption that was asked for before.</summary>
    public void Enter()
    {
        _depth.SetValue(_callDepthNext);
        _overLimit.SetValue(0);
        _store.SetEpochDeadline(TicksToInterruption);
    }

    /// <summary>What the counters say of a trap; null when it was none of theirs.</summary>
    public ModuleTrapKind? TakeCountersTrap()
    {
        if (_fuel.GetValue() < 0)
        {
            _fuel.SetValue(0);
            return ModuleTrapKind.Fuel;
        }

        if (_depth.GetValue() < 0) return ModuleTrapKind.Depth;
        return _overLimit.GetValue() != 0 ? ModuleTrapKind.Memory : null;
    }

    public void Dispose() => _store.Dispose();

    private Global.Accessor<T> Counter<T>(string export) => Instance.GetGlobal(export)!.Wrap<T>()!;
}
