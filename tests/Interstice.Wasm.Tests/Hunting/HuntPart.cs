using System.Diagnostics;
using System.Globalization;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Comparison;
using Interstice.Wasm.Tests.Determinism;
using Interstice.Wasm.Tests.Fuzzing;
using Interstice.Wasm.Tests.Reference;

namespace Interstice.Wasm.Tests.Hunting;

/// <summary>The command <c>hunt-part</c>: one job for some seconds, in a process that may end with it.</summary>
internal sealed class HuntPart
{
    private const int BatchModules = 50;
    private const int BatchBinaries = 2_000;

    private static readonly string[] Settings = ["DOTNET_TieredCompilation=1", "DOTNET_TieredPGO=0", "DOTNET_EnableAVX2=0", "DOTNET_EnableHWIntrinsic=0"];

    private readonly Random _random;
    private readonly TimeSpan _timeMax;
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _count;

    private HuntPart(HuntOptions options)
    {
        _random = new Random((int)options.Number("seed", 1));
        _timeMax = TimeSpan.FromSeconds(options.Number("seconds", 20));
    }

    private bool HasTime => Stopwatch.GetElapsedTime(_started) < _timeMax;

    /// <summary>Runs the part; prints the count on success, writes the input that found a fault otherwise.</summary>
    public static int Run(string[] arguments)
    {
        var options = new HuntOptions(arguments);
        var part = new HuntPart(options);
        try
        {
            HuntJob job = Enum.Parse<HuntJob>(options.Text("job", nameof(HuntJob.Fuzz)));
            GuardedThread.Run(options.Text("record", FlightRecorder.PathFor("hunt")), guarded => part.Do(job, guarded));
            Console.WriteLine($"count {part._count}");
            return 0;
        }
        catch (InputException e)
        {
            Console.WriteLine(e);
            if (options.Text("found", "") is { Length: > 0 } found) File.WriteAllBytes(found, e.Input);
            return 1;
        }
    }

    private void Do(HuntJob job, GuardedThread guarded)
    {
        var inputs = new FuzzInputs(SeedModules.Read());
        var v8 = new V8Side("node");
        while (HasTime)
        {
            switch (job)
            {
                case HuntJob.Fuzz: Fuzz(inputs, guarded); break;
                case HuntJob.Programs: RunProgram(guarded); break;
                case HuntJob.Settings: RunUnderSettings(); break;
                case HuntJob.Compare:
                    ComparedModule[] modules = [.. Enumerable.Range(0, BatchModules).Select(_ => ComparedModule.Generate(_random.Next()))];
                    Difference.Refuse(Difference.Of(v8, modules, guarded.Begin).Found);
                    _count += BatchModules;
                    break;
                default:
                    byte[][] binaries = [.. Enumerable.Range(0, BatchBinaries).Select(_ => inputs.Make(new Random(_random.Next())))];
                    Difference.Refuse(Difference.OfValidation(v8, binaries, guarded.Begin).Found);
                    _count += BatchBinaries;
                    break;
            }
        }
    }

    private void Fuzz(FuzzInputs inputs, GuardedThread guarded)
    {
        var random = new Random(_random.Next());
        byte[] input = inputs.Make(random);
        guarded.Begin(input);
        BoundedRun.Run(input, random);
        _count++;
    }

    private void RunProgram(GuardedThread guarded)
    {
        int seed = _random.Next();
        WasmModule module = RandomProgram.Make(seed).Load();
        guarded.Begin(module.Bytes.ToArray());
        ProgramComparison.Check(seed, module);
        _count++;
    }

    private void RunUnderSettings()
    {
        string seed = _random.Next(int.MaxValue / 2).ToString(CultureInfo.InvariantCulture);
        string[] outputs = [.. Settings.Select(setting => Digest(seed, setting))];
        if (outputs.Distinct().Count() > 1 || !outputs[0].EndsWith("(0)", StringComparison.Ordinal))
            throw new InputException($"digest --seed {seed}: {string.Join("; ", Settings.Zip(outputs))}", []);
        _count += 2 * Workload.Generated;
    }

    private static string Digest(string seed, string setting)
    {
        var environment = new Dictionary<string, string> { [setting.Split('=')[0]] = setting.Split('=')[1] };
        (int? exitCode, string output) = SelfProcess.Run(["digest", "--seed", seed], environment, TimeSpan.FromMinutes(3));
        return $"{output.Trim()} ({exitCode})";
    }
}
