using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;

namespace Interstice.Benchmarks.Engine;

/// <summary>What it takes to load a module: decoding and validation, emission of IL, machine code; and its first call when
/// nothing was prepared.</summary>
internal static class LoadMeasurement
{
    private const double BytesPerUnit = 100 * 1024;

    /// <summary>Loads the module of one kernel as the first thing that this process does with the engine.</summary>
    public static double FirstOfProcessMs()
    {
        long started = TimeProvider.System.GetTimestamp();
        using Guest guest = Guest.Load(EngineKernel.PathOf("objects"));
        guest.Run(1, 0);
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    public static void Measure(RunSettings settings, double firstOfProcessMs, Report report)
    {
        report.Heading($"Loading, on one thread (median of {settings.Rounds} rounds; a new module each time, in a process that has loaded others)");
        List<string[]> lines = [];
        foreach (string name in (string[])["codec", "objects", EngineKernel.Sqlite])
        {
            string path = EngineKernel.PathOf(name);
            if (File.Exists(path)) lines.Add(Line(name, File.ReadAllBytes(path), settings.Rounds));
        }

        report.Table(
            ["module", "code", "decode and validate, ms/100 KB", "emit", "machine code (Prepare)", "functions not optimised", "cold first call"],
            lines);
        report.Line(
            $"Cold first call: bytes to the result of run(16) without Prepare. First module of this process (objects, run(1)), the engine's own code cold too: {Report.Number(firstOfProcessMs)} ms.");
        report.Line();
    }

    private static string[] Line(string name, byte[] binary, int rounds)
    {
        List<double> loads = [], emits = [], prepares = [], colds = [];
        int unoptimized = 0;
        Load(binary, warmUp: true);
        for (int round = 0; round < rounds; round++)
        {
            (double load, double emit, double prepare, unoptimized) = Load(binary, warmUp: false);
            loads.Add(load);
            emits.Add(emit);
            prepares.Add(prepare);
            colds.Add(ColdFirstCallMs(binary));
        }

        double units = CodeBytes(WasmModule.Load(binary)) / BytesPerUnit;
        return
        [
            name,
            $"{units * 100:F1} KB",
            Report.Number(Ratio.MedianOf(loads) / units),
            Report.Number(Ratio.MedianOf(emits) / units),
            Report.Number(Ratio.MedianOf(prepares) / units),
            $"{unoptimized}",
            $"{Report.Number(Ratio.MedianOf(colds))} ms",
        ];
    }

    private static (double Load, double Emit, double Prepare, int Unoptimized) Load(byte[] binary, bool warmUp)
    {
        long started = TimeProvider.System.GetTimestamp();
        WasmModule module = WasmModule.Load(binary);
        double load = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        started = TimeProvider.System.GetTimestamp();
        using CompiledModule compiled = CompiledModule.Compile(module);
        double emit = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        if (warmUp) return default;
        started = TimeProvider.System.GetTimestamp();
        compiled.Prepare();
        double prepare = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        return (load, emit, prepare, compiled.UnoptimizedFunctions.Count);
    }

    private static double ColdFirstCallMs(byte[] binary)
    {
        long started = TimeProvider.System.GetTimestamp();
        using CompiledModule compiled = CompiledModule.Compile(WasmModule.Load(binary));
        using Instance instance = Guest.Instantiate(compiled);
        instance.GetFunction("run").Bind<Func<int, long>>()(16);
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    private static long CodeBytes(WasmModule module) => module.Functions.Sum(function => (long)(function.Body?.CodeLength ?? 0));
}
