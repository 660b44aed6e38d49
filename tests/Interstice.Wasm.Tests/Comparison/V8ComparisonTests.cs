using Interstice.TestKit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Fuzzing;

namespace Interstice.Wasm.Tests.Comparison;

/// <summary>R16: the engine and V8 (node) agree: on results, traps, globals, the sequence of host calls and every byte of
/// memory, and on what a module is.</summary>
public sealed class V8ComparisonTests
{
    private const int BatchModules = 100;
    private const int BatchBinaries = 2_000;

    // They show the bits of a NaN that was computed, which V8 leaves to the processor.
    private static readonly string[] ShowNaN = ["nan_bits"];

    [Fact]
    public void Generated_modules_do_what_they_do_in_V8()
    {
        var v8 = new V8Side(Requirement.Command("node"));
        var share = new TimeShare("modules", 10_000, seconds: 75);
        int lines = 0, traps = 0;
        GuardedThread.Run(FlightRecorder.PathFor("v8"), guarded =>
        {
            while (share.HasMore)
            {
                ComparedModule[] modules =
                    [.. Enumerable.Range(0, BatchModules).Select(_ => ComparedModule.Generate(share.Random.Next()))];
                (int seen, int trapped, Difference? found) = Difference.Of(v8, modules, guarded.Begin);
                Difference.Refuse(found);
                lines += seen;
                traps += trapped;
                share.Add(BatchModules);
            }
        });
        share.End($"{lines} observations, {traps} of them traps");
        traps.ShouldBeInRange(1, lines / 2, "a test of traps alone would show little");
    }

    [Fact]
    public void Shipped_modules_do_what_they_do_in_V8()
    {
        var v8 = new V8Side(Requirement.Command("node"));
        var random = new Random(20_261_121);
        ComparedModule[] modules =
        [
            .. ShippedModules.All.Concat(KeptCorpus.Names.Select(name => (name, KeptCorpus.Read(name))))
                .Select(shipped => (shipped.Item1, Module: TryLoad(shipped.Item2)))
                .Where(shipped => shipped.Module is not null && OnlyFunctions(shipped.Module))
                .Select(shipped => ComparedModule.Of(shipped.Item1, shipped.Module!, random))
                .Select(module => module with { Calls = [.. module.Calls.Where(call => !ShowNaN.Contains(call.Name))] }),
        ];
        int lines = 0, all = 0, left = 0;
        GuardedThread.Run(FlightRecorder.PathFor("shipped"), guarded =>
        {
            ComparedModule[] ending = [.. modules.Select(EngineSide.WithoutEndless)];
            (all, left) = (modules.Sum(module => module.Calls.Count), ending.Sum(module => module.Calls.Count));
            (lines, _, Difference? found) = Difference.Of(v8, ending, guarded.Begin);
            Difference.Refuse(found);
        });
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{modules.Length} modules, {left} of {all} calls (the others only a limit ends), {lines} observations");
        modules.Length.ShouldBeGreaterThan(50);
        left.ShouldBeGreaterThan(all / 2);
    }

    // Goal: the validator takes no more and no less than the specification allows. Method: damaged and spliced modules, which
    // are nearly valid, are shown to V8's validator too.
    [Fact]
    public void The_validator_accepts_what_V8_accepts()
    {
        var v8 = new V8Side(Requirement.Command("node"));
        var share = new TimeShare("binaries", 40_000, seconds: 20);
        var inputs = new FuzzInputs(SeedModules.Read());
        int accepted = 0, newer = 0;
        while (share.HasMore)
        {
            byte[][] binaries =
                [.. Enumerable.Range(0, BatchBinaries).Select(_ => inputs.Make(new Random(share.Random.Next())))];
            (int valid, int unknown, Difference? found) = Difference.OfValidation(v8, binaries, _ => { });
            Difference.Refuse(found);
            accepted += valid;
            newer += unknown;
            share.Add(BatchBinaries);
        }

        share.End($"{accepted} accepted by both, {newer} of newer proposals or past a limit");
        accepted.ShouldBeGreaterThan(share.Count / 50);
    }

    private static WasmModule? TryLoad(byte[] binary)
    {
        try
        {
            return WasmModule.Load(binary);
        }
        catch (WasmFormatException)
        {
            return null;
        }
    }

    private static bool OnlyFunctions(WasmModule module) =>
        module.Imports.All(import => import.Kind == ExternKind.Function);
}
