using System.Runtime.ExceptionServices;
using Interstice.Host.Abi;
using Interstice.Host.Modules;
using Wasmtime;

namespace Interstice.Wasmtime;

/// <summary>One running copy of a module.</summary>
/// <remarks>Its image is not kept but made again: start function and initialisation depend on the binary and the schema alone
/// (the one may call no host function, the other only <c>table</c> and <c>index</c>), so a fresh instance that has run
/// them is the image.</remarks>
internal sealed class WasmtimeInstance : IModuleInstance
{
    private readonly WasmtimeCode _code;
    private readonly ModuleLimits _limits;
    private readonly Engine _engine;
    private readonly Module _module;
    private readonly Linker _linker;
    private readonly HostBindings _host = new();
    private readonly List<string> _bound = [];
    private readonly List<Func<int, int, int>?> _functions = [];
    private GuestStore _store;
    private Memory _memory;
    private Func<int, int>? _allocate;
    private bool _isInitialized;
    private bool _isDisposed;

    public WasmtimeInstance(WasmtimeCode code, HostImports imports, ModuleLimits limits)
    {
        _code = code;
        _limits = limits;
        _engine = EngineSettings.MakeEngine(limits.CallDepthMax);
        _linker = new Linker(_engine);
        Module? module = null;
        try
        {
            _module = module = code.LoadInto(_engine);
            _host.Define(_linker, imports);
            (_store, _memory) = MakeStore();
        }
        catch
        {
            module?.Dispose();
            _linker.Dispose();
            _engine.Dispose();
            throw;
        }
    }

    public ulong Fuel
    {
        get => (ulong)_store.Fuel;
        set => _store.Fuel = (long)Math.Min(value, long.MaxValue);
    }

    public int CallDepth
    {
        get => _store.CallDepth;
        set => _store.CallDepth = value;
    }

    public void ChargeFuel(ulong fuel)
    {
        long left = _store.Fuel;
        _store.Fuel = Math.Max(0, left - (long)Math.Min(fuel, (ulong)left));
        if (fuel > (ulong)left) throw new ModuleTrapException(ModuleTrapKind.Fuel, WasmtimeTraps.Describe(ModuleTrapKind.Fuel));
    }

    public int Bind(string export)
    {
        _bound.Add(export);
        _functions.Add(null);
        return _bound.Count - 1;
    }

    public int Invoke(int function, int address, int length)
    {
        Func<int, int, int> bound = _functions[function] ??= _store.Instance.GetFunction<int, int, int>(_bound[function])!;
        try
        {
            _store.Enter();
            return bound(address, length);
        }
        catch (WasmtimeException fault)
        {
            throw Translate(_store, fault);
        }
    }

    public void Abort() => _engine.IncrementEpoch();

    public int Allocate(int bytes)
    {
        _allocate ??= _store.Instance.GetFunction<int, int>(ModuleExports.Allocate)!;
        try
        {
            _store.Enter();
            return _allocate(bytes);
        }
        catch (WasmtimeException fault)
        {
            throw Translate(_store, fault);
        }
    }

    public void Initialize()
    {
        _isInitialized = true;
        if (_store.Instance.GetAction(ModuleExports.Initialize) is not { } initialize) return;
        try
        {
            _store.Enter();
            initialize();
        }
        catch (WasmtimeException fault)
        {
            throw Translate(_store, fault);
        }
    }

    public void CaptureImage()
    {
        // Nothing to keep: Reset makes the image again.
    }

    public void Reset()
    {
        long fuel = _store.Fuel;
        _store.Dispose();
        _allocate = null;
        for (int i = 0; i < _functions.Count; i++) _functions[i] = null;
        (_store, _memory) = MakeStore();
        if (_isInitialized)
        {
            Fuel = _limits.FuelPerCall;
            Initialize();
        }

        _store.Fuel = fuel;
    }

    public ReadOnlySpan<byte> Read(int address, int length) => Bytes(address, length);

    public Span<byte> Write(int address, int length) => Bytes(address, length);

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _store.Dispose();
        _linker.Dispose();
        _module.Dispose();
        _engine.Dispose();
    }

    private (GuestStore Store, Memory Memory) MakeStore()
    {
        GuestStore? store = null;
        try
        {
            store = new GuestStore(_engine, _linker, _module, _code.Metered, _limits)
            {
                Fuel = (long)Math.Min(_limits.FuelPerCall, long.MaxValue),
            };
            store.Start();
            return (store, store.Instance.GetMemory(ModuleExports.Memory)
                ?? throw new ModuleRefusedException(ModuleRefusalKind.Export, "the module exports no memory"));
        }
        catch (WasmtimeException fault)
        {
            ModuleTrapException trap = Translate(store, fault);
            store?.Dispose();
            throw trap;
        }
        catch
        {
            store?.Dispose();
            throw;
        }
    }

    private Span<byte> Bytes(int address, int length)
    {
        long bytes = _memory.GetLength();
        if ((long)(uint)address + (uint)length > bytes)
        {
            throw new ModuleTrapException(
                ModuleTrapKind.MemoryOutOfBounds,
                $"out of bounds memory access: {(uint)length} bytes at address {(uint)address} of a memory of {bytes} bytes");
        }

        return _memory.GetSpan((uint)address, length);
    }

    private ModuleTrapException Translate(GuestStore? store, WasmtimeException fault)
    {
        switch (_host.TakeFault())
        {
            case null: return WasmtimeTraps.Translate(_code, fault, store?.TakeCountersTrap());
            case ModuleTrapException trap: return WasmtimeTraps.Locate(_code, fault, trap);
            case Exception defect:
                ExceptionDispatchInfo.Throw(defect);
                throw defect;
        }
    }
}
