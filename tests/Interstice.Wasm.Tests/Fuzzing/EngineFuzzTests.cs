using Interstice.Wasm.Tests.Building;
using Interstice.Wasm.Tests.Hunting;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>R15: whatever the bytes, they are refused or run within their bounds.</summary>
public sealed class EngineFuzzTests
{
    // Goal: no input ends the process, throws anything but the engine's own exceptions, runs on for ever, or leaves
    // something behind. Method: damaged, spliced and random binaries, one after the other in a process of their own (the tests that
    // run beside this one hold memory and guests, too); what loads is compiled, instantiated under small limits, and every export
    // is called under fuel; what the process holds at the end is compared with what it held after the first inputs.
    [Fact]
    public void Every_input_is_refused_or_runs_within_its_bounds_and_leaves_nothing_behind()
    {
        // It ends by itself, and with it whatever does not end (GuardedThread).
        string record = FlightRecorder.PathFor("fuzz");
        (int? exitCode, string output) = SelfProcess.Run(["fuzz", "--record", record], new Dictionary<string, string>(), Timeout.InfiniteTimeSpan);
        exitCode.ShouldBe(0, $"{output}, the input is in {record}");
        FuzzRun run = FuzzRun.Parse(output);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Text);
        run.Ran.ShouldBeInRange(run.Count / 50, run.Count / 2, "too few of one kind would show little");
        run.After.GuestAssemblies.ShouldBeLessThanOrEqualTo(run.Before.GuestAssemblies, run.Text);
        (run.After.ManagedBytes - run.Before.ManagedBytes).ShouldBeLessThan(4 << 20, run.Text);
        (run.After.ResidentBytes - run.Before.ResidentBytes).ShouldBeLessThan(128 << 20, run.Text);
    }

    [Fact]
    public void Generated_modules_load_compile_and_run()
    {
        Random random = RandomSource.Create();
        var generator = new GuestGenerator(random);
        GuardedThread.Run(FlightRecorder.PathFor("generated"), guarded =>
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
