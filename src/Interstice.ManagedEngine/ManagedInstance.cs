using Interstice.Host.Modules;
using Interstice.Wasm.Execution;

namespace Interstice.ManagedEngine;

/// <summary>One running copy of a module.</summary>
internal sealed class ManagedInstance : IModuleInstance
{
    private readonly Instance _instance;
    private readonly LinearMemory _memory;
    private readonly List<Func<int, int, int>> _functions = [];
    private readonly Func<int, int> _allocate;

    public ManagedInstance(Instance instance)
    {
        _instance = instance;
        _memory = instance.Memory
            ?? throw new ModuleRefusedException(ModuleRefusalKind.Export, "the module exports no memory");
        _allocate = instance.GetFunction(ModuleExports.Allocate).Bind<Func<int, int>>();
    }

    public ulong Fuel
    {
        get => (ulong)Math.Max(0, _instance.Fuel);
        set => _instance.Fuel = (long)Math.Min(value, long.MaxValue);
    }

    public int CallDepth
    {
        get => _instance.CallDepthRemaining;
        set => _instance.CallDepthRemaining = value;
    }

    public void ChargeFuel(ulong fuel)
    {
        try
        {
            _instance.ChargeFuel((long)Math.Min(fuel, long.MaxValue));
        }
        catch (WasmTrapException trap)
        {
            throw Traps.Translate(trap);
        }
    }

    public int Bind(string export)
    {
        _functions.Add(_instance.GetFunction(export).Bind<Func<int, int, int>>());
        return _functions.Count - 1;
    }

    public int Invoke(int function, int address, int length)
    {
        try
        {
            return _functions[function](address, length);
        }
        catch (WasmTrapException trap)
        {
            throw Traps.Translate(trap);
        }
        catch (ModuleTrapException trap) when (trap.Function is null && _instance.Locate(trap) is { } location)
        {
            throw Traps.Locate(trap, location);
        }
    }

    public void Abort() => _instance.Abort();

    public int Allocate(int bytes)
    {
        try
        {
            return _allocate(bytes);
        }
        catch (WasmTrapException trap)
        {
            throw Traps.Translate(trap);
        }
    }

    public void Initialize()
    {
        if (_instance.GetExport(ModuleExports.Initialize) is not Function initialize) return;
        try
        {
            initialize.Bind<Action>()();
        }
        catch (WasmTrapException trap)
        {
            throw Traps.Translate(trap);
        }
    }

    public void CaptureImage() => _instance.CaptureImage();

    public void Reset() => _instance.Reset();

    public ReadOnlySpan<byte> Read(int address, int length)
    {
        try
        {
            return _memory.Read((uint)address, (uint)length);
        }
        catch (WasmTrapException trap)
        {
            throw Traps.Translate(trap);
        }
    }

    public Span<byte> Write(int address, int length)
    {
        try
        {
            return _memory.Write((uint)address, (uint)length);
        }
        catch (WasmTrapException trap)
        {
            throw Traps.Translate(trap);
        }
    }

    public void Dispose() => _instance.Dispose();
}
