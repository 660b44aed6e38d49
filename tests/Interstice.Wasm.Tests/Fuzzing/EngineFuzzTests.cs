using Interstice.TestKit;
using Interstice.Wasm.Tests.Building;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>R15: whatever the bytes, they are refused or run within their bounds. What breaks the sandbox here ends the
/// process of the tests; the file <c>last-input-fuzz-PID</c> beside the tests then holds the input.</summary>
public sealed class EngineFuzzTests
{
    private const int WarmUp = 2_000;

    // Goal: no input ends the process, throws anything but the engine's own exceptions, runs on for ever, or leaves
    // something behind. Method: damaged, spliced and random binaries, one after the other in this process; what loads is
    // compiled, instantiated under small limits, and every export is called under fuel; what the process holds at the
    // end is compared with what it held after the first inputs.
    [Fact]
    public void Every_input_is_refused_or_runs_within_its_bounds_and_leaves_nothing_behind()
    {
        var share = new TimeShare("inputs", 100_000, seconds: 60);
        var inputs = new FuzzInputs(SeedModules.Read());
        int[] endings = new int[3];
        Footprint before = default;
        GuardedThread.Run(FlightRecorder.PathFor("fuzz"), guarded =>
        {
            while (share.HasMore)
            {
                var random = new Random(share.Random.Next());
                byte[] input = inputs.Make(random);
                guarded.Begin(input);
                endings[(int)BoundedRun.Run(input, random)]++;
                share.Add(1);
                if (share.Count == WarmUp) before = Footprint.Measure();
            }
        });

        Footprint after = Footprint.Measure();
        share.End($"{endings[0]} refused, {endings[1]} not started, {endings[2]} ran; {before}; {after}");
        endings[(int)RunEnding.Ran].ShouldBeInRange(share.Count / 50, share.Count / 2, "too few of one kind would show little");

        if (share.Count <= WarmUp) return;

        // Other tests run beside this one and hold something too; thousands of modules have been run here. UnloadingTests
        // measure closer.
        (after.GuestAssemblies - before.GuestAssemblies).ShouldBeLessThan(20);
        (after.ManagedBytes - before.ManagedBytes).ShouldBeLessThan(32 << 20);
        (after.ResidentBytes - before.ResidentBytes).ShouldBeLessThan(512 << 20);
    }

    [Fact]
    public void Generated_modules_load_compile_and_run()
    {
        Random random = RandomSource.Create();
        var generator = new GuestGenerator(random);
        GuardedThread.Run(FlightRecorder.PathFor("fuzz"), guarded =>
        {
            for (int i = 0; i < RandomSource.Scaled(150); i++)
            {
                byte[] binary = generator.Generate();
                guarded.Begin(binary);
                BoundedRun.Run(binary, random).ShouldNotBe(RunEnding.Refused);
            }
        });
    }
}
