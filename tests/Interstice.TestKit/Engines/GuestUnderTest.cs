using Interstice.Host.Abi;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.TestKit.Engines;

/// <summary>One instance of a module of tests/modules/engine, with the host's functions behind it.</summary>
public sealed class GuestUnderTest : IDisposable
{
    /// <summary>What <c>now()</c> gives.</summary>
    public const long Now = 1_234_567_890_123;

    private readonly HostImports _imports;
    private readonly ModuleLimits _limits;
    private readonly Dictionary<string, int> _bound = new(StringComparer.Ordinal);

    /// <summary>Instantiates code; nothing is initialised.</summary>
    public GuestUnderTest(IModuleCode code, ModuleLimits limits)
    {
        _limits = limits;
        _imports = new HostImports(Schema, new ModuleState(Schema), limits, new Silence());
        try
        {
            Instance = code.Instantiate(_imports, limits);
        }
        catch
        {
            _imports.Dispose();
            throw;
        }

        _imports.Attach(Instance);
    }

    /// <summary>Who calls.</summary>
    public static Identity Caller { get; } = Identity.Of("tests", "caller");

    public IModuleInstance Instance { get; }

    /// <summary>What the guest gave to <c>returns</c> last.</summary>
    public byte[] ReturnValue => _imports.ReturnValue.ToArray();

    private static ModuleSchema Schema { get; } = ModuleSchema.Parse(
        """
        {"module":{"name":"contract","version":"1.0.0","abi":1}}
        {"table":{"name":"rows","columns":[{"name":"id","type":"u64","primaryKey":true}]}}

        """u8.ToArray());

    /// <summary>Runs the initialisation and takes the image, as the host does.</summary>
    public void Begin()
    {
        Instance.Fuel = _limits.FuelPerCall;
        Instance.Initialize();
        Instance.CaptureImage();
        _imports.End();
    }

    /// <summary>Calls a function with full fuel, without a reset before it.</summary>
    public int Call(string function, int first = 0, int second = 0) =>
        CallWith(_limits.FuelPerCall, function, first, second);

    /// <summary>Calls a function with some fuel.</summary>
    public int CallWith(ulong fuel, string function, int first = 0, int second = 0)
    {
        if (!_bound.TryGetValue(function, out int handle)) _bound.Add(function, handle = Instance.Bind(function));
        _imports.Begin(function, isQuery: false, new CallInputs(default, Caller, Now, 1));
        Instance.Fuel = fuel;
        try
        {
            return Instance.Invoke(handle, first, second);
        }
        finally
        {
            _imports.End();
        }
    }

    /// <summary>Calls a function that must trap, and gives the trap.</summary>
    public ModuleTrapException Trap(string function, int first = 0, int second = 0) =>
        Should.Throw<ModuleTrapException>(() => Call(function, first, second));

    /// <summary>The fuel that a call takes.</summary>
    public ulong FuelOf(string function, int first = 0, int second = 0)
    {
        Call(function, first, second);
        return _limits.FuelPerCall - Instance.Fuel;
    }

    public void Dispose()
    {
        Instance.Dispose();
        _imports.Dispose();
    }

    private sealed class Silence : IGuestLog
    {
        public void Write(int level, string function, string text)
        {
        }
    }
}
