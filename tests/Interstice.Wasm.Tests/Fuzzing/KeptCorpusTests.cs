using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>What once found a fault finds none any more.</summary>
public sealed class KeptCorpusTests
{
    public static TheoryData<string> Names => [.. KeptCorpus.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kept_input_is_refused_or_runs_within_its_bounds(string name) => GuardedThread.Run(
        FlightRecorder.PathFor("corpus"),
        guarded =>
        {
            byte[] input = KeptCorpus.Read(name);
            guarded.Begin(input);
            for (int seed = 0; seed < 5; seed++) BoundedRun.Run(input, new Random(seed));
        });

    [Theory]
    [MemberData(nameof(Names))]
    public void The_calls_of_a_kept_input_give_what_they_must(string name)
    {
        CorpusCall[] calls = [.. KeptCorpus.Calls.Where(call => call.File == name)];
        if (calls.Length == 0) return;
        WasmModule module = WasmModule.Load(KeptCorpus.Read(name));
        using CompiledModule compiled = CompiledModule.Compile(module);
        using var stubs = new StubImports(module);
        using Instance instance = compiled.Instantiate(stubs.Imports);
        foreach (CorpusCall call in calls)
            Run(instance, call).ShouldBe(call.Expected, $"{call.Export}({CorpusCall.Text(call.Arguments)})");
    }

    [Fact]
    public void Every_call_of_the_list_is_of_a_kept_file() =>
        KeptCorpus.Calls.Select(call => call.File).Except(KeptCorpus.Names).ShouldBeEmpty();

    private static string Run(Instance instance, CorpusCall call)
    {
        try
        {
            return CorpusCall.Text(instance.GetFunction(call.Export).Invoke(call.Arguments));
        }
        catch (WasmTrapException trap)
        {
            return trap.Kind.ToString();
        }
    }
}
