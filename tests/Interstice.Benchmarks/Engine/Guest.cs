using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;

namespace Interstice.Benchmarks.Engine;

/// <summary>A module in the engine as the product runs it: metering and depth on, the host's default limits, an image
/// taken after the start.</summary>
internal sealed class Guest : IDisposable
{
    // Limits only say when a guest ends, not how fast it is; a reducer has less of this one.
    private const long Fuel = 1L << 52;

    private static readonly Host.Modules.ModuleLimits Limits = new();

    private readonly CompiledModule _code;
    private readonly HostSide _host = new();

    private Guest(CompiledModule code)
    {
        _code = code;
        Instance = Instantiate(code, _host, captureImage: true);
    }

    public Instance Instance { get; }

    /// <summary>Calls of the host by the guest so far.</summary>
    public int HostCalls => _host.Calls;

    public static int StackBytes => GuestStack.BytesFor(Limits.CallDepthMax);

    public static Guest Load(string path) => new(CompiledModule.Compile(WasmModule.Load(File.ReadAllBytes(path))));

    /// <summary>Makes an instance with limits and imports of the product.</summary>
    public static Instance Instantiate(CompiledModule code, bool captureImage = true) =>
        Instantiate(code, new HostSide(), captureImage);

    /// <summary>Runs the kernel for a time, at least once.</summary>
    public Run Run(int argument, double seconds)
    {
        Func<int, long> run = Instance.GetFunction("run").Bind<Func<int, long>>();
        List<double> times = [];
        long result;
        long started = TimeProvider.System.GetTimestamp();
        do
        {
            Instance.Fuel = Fuel;
            long before = TimeProvider.System.GetTimestamp();
            result = run(argument);
            times.Add(TimeProvider.System.GetElapsedTime(before).TotalMilliseconds);
        }
        while (TimeProvider.System.GetElapsedTime(started).TotalSeconds < seconds);
        return new Run(times, (ulong)result);
    }

    /// <summary>Gives the guest fuel for the next call.</summary>
    public void Refuel() => Instance.Fuel = Fuel;

    public void Dispose()
    {
        Instance.Dispose();
        _code.Dispose();
    }

    private static Instance Instantiate(CompiledModule code, HostSide host, bool captureImage)
    {
        var imports = new Imports();
        imports.Add("bench", "host", Function.FromDelegate(new Func<int, int, int>(host.Add)));
        Instance instance = code.Instantiate(imports, new InstanceOptions
        {
            FuelInitial = Fuel,
            CallDepthMax = Limits.CallDepthMax,
            MemoryPagesMax = (uint)Limits.MemoryPagesMax,
            TableEntriesMax = (uint)Limits.TableEntriesMax,
        });
        if (instance.GetExport("_initialize") is Function initialize) initialize.Bind<Action>()();
        if (captureImage) instance.CaptureImage();
        return instance;
    }

    private sealed class HostSide
    {
        public int Calls { get; private set; }

        // With state, as the product's host functions have it.
        public int Add(int a, int b)
        {
            Calls++;
            return a + b;
        }
    }
}
