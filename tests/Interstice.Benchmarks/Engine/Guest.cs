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

    private Guest(CompiledModule code)
    {
        _code = code;
        Instance = Instantiate(code);
    }

    public Instance Instance { get; }

    public static int StackBytes => GuestStack.BytesFor(Limits.CallDepthMax);

    public static Guest Load(string path) => new(CompiledModule.Compile(WasmModule.Load(File.ReadAllBytes(path))));

    public static Instance Instantiate(CompiledModule code)
    {
        var imports = new Imports();
        var host = new HostSide();
        imports.Add("bench", "host", Function.FromDelegate(new Func<int, int, int>(host.Add)));
        Instance instance = code.Instantiate(imports, new InstanceOptions
        {
            FuelInitial = Fuel,
            CallDepthMax = Limits.CallDepthMax,
            MemoryPagesMax = (uint)Limits.MemoryPagesMax,
            TableEntriesMax = (uint)Limits.TableEntriesMax,
        });
        if (instance.GetExport("_initialize") is Function initialize) initialize.Bind<Action>()();
        instance.CaptureImage();
        return instance;
    }

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
        return new Run(Ratio.MedianOf(times), (ulong)result);
    }

    /// <summary>Gives the guest fuel for the next call.</summary>
    public void Refuel() => Instance.Fuel = Fuel;

    public void Dispose()
    {
        Instance.Dispose();
        _code.Dispose();
    }

    private sealed class HostSide
    {
        private int _calls;

        // With state, as the product's host functions have it.
        public int Add(int a, int b)
        {
            _calls++;
            return a + b;
        }
    }
}
