using Interstice.TestKit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;
using Interstice.Wasm.Tests.Fuzzing;
using Interstice.Wasm.Tests.Reference;

namespace Interstice.Wasm.Tests.Compilation;

public sealed class RandomProgramTests
{
    // Goal: keeping operands as trees never changes what a program does, in which order it does it, or what it costs.
    // Method: random programs in the engine and in the reference interpreter, call by call: results or trap, log of the
    // host's functions, memory, globals and remaining fuel must be the same. A failure prints the seed that replays it.
    [Theory]
    [InlineData(1)]
    [InlineData(1_000_001)]
    [InlineData(2_000_001)]
    [InlineData(3_000_001)]
    public void The_engine_does_what_the_reference_interpreter_does(int firstSeed)
    {
        const int programs = 60;
        Guest.OnLargeStack(() =>
        {
            for (int seed = firstSeed; seed < firstSeed + programs; seed++) ProgramComparison.Check(seed, RandomProgram.Make(seed).Load());
        });
    }

    [Fact]
    public void The_engine_does_what_the_reference_interpreter_does_with_programs_never_seen_before()
    {
        var share = new TimeShare("programs", 1_000, seconds: 20);
        GuardedThread.Run(FlightRecorder.PathFor("programs"), guarded =>
        {
            while (share.HasMore)
            {
                int seed = share.Random.Next();
                WasmModule module = RandomProgram.Make(seed).Load();
                guarded.Begin(module.Bytes.ToArray());
                ProgramComparison.Check(seed, module);
                share.Add(1);
            }
        });
        share.End("results, host calls, fuel, memory and globals compared");
    }
}
