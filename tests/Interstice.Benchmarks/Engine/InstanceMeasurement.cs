using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;

namespace Interstice.Benchmarks.Engine;

/// <summary>Memory that one more instance of a compiled module takes.</summary>
internal static class InstanceMeasurement
{
    private const int Instances = 200;

    public static void Measure(Report report)
    {
        report.Heading($"Memory of an instance (mean of {Instances}; compiled code apart, which they share)");
        List<string[]> lines = [];
        foreach (string name in (string[])["border", "objects", EngineKernel.Sqlite])
        {
            string path = EngineKernel.PathOf(name);
            if (File.Exists(path)) lines.Add(Line(name, path));
        }

        report.Table(
            ["module", "linear memory at the start", "managed heap", "resident, instantiated", "resident, image captured"],
            lines);
        report.Line("Resident: growth of the process's resident set, managed heap included; some KiB are noise. Linear memory counts when it is touched.");
        report.Line();
    }

    private static string[] Line(string name, string path)
    {
        using CompiledModule code = CompiledModule.Compile(WasmModule.Load(File.ReadAllBytes(path)));
        code.Prepare();
        using Instance warmUp = Guest.Instantiate(code);
        var instances = new List<Instance>(Instances);
        long heapBefore = GC.GetTotalMemory(forceFullCollection: true);
        long residentBefore = Environment.WorkingSet;
        for (int i = 0; i < Instances; i++) instances.Add(Guest.Instantiate(code, captureImage: false));
        long heap = GC.GetTotalMemory(forceFullCollection: true) - heapBefore;
        long resident = Environment.WorkingSet - residentBefore;
        foreach (Instance instance in instances) instance.CaptureImage();
        long captured = Environment.WorkingSet - residentBefore;
        foreach (Instance instance in instances) instance.Dispose();
        return
        [
            name,
            Kilobytes(warmUp.Memory!.ByteLength),
            Kilobytes((double)heap / Instances),
            Kilobytes((double)resident / Instances),
            Kilobytes((double)captured / Instances),
        ];
    }

    private static string Kilobytes(double bytes) => $"{Report.Number(bytes / 1024)} KiB";
}
