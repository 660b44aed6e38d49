using System.Runtime.CompilerServices;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using Interstice.Wasm.Tests.Fuzzing;
using Interstice.Wasm.Tests.Hunting;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Compilation;

public sealed class UnloadingTests
{
    private const long ManagedGrowthMax = 2 << 20;
    private const long ResidentGrowthMax = 16 << 20;

    // Goal: a server that publishes modules for months keeps none of the old code.
    // Method: 200 modules are compiled, run and dropped; weak references to their assemblies must all die.
    [Fact]
    public void Code_that_nobody_refers_to_is_freed()
    {
        List<WeakReference> assemblies = [.. Enumerable.Range(0, 200).Select(RunOnce)];
        for (int i = 0; i < 100 && assemblies.Any(assembly => assembly.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        assemblies.Count(assembly => assembly.IsAlive).ShouldBe(0);
    }

    // Goal: hot replacement costs no memory in the long run. Method: 200 loads of a shipped and of a generated module in a process
    // of their own; between the fiftieth and the last it must not grow. That the measure sees a leak is shown by one.
    [Fact]
    public void Two_hundred_loads_leave_the_memory_flat()
    {
        Footprint[] held = Loads("0");
        held[1].GuestAssemblies.ShouldBeLessThanOrEqualTo(held[0].GuestAssemblies);
        (held[1].ManagedBytes - held[0].ManagedBytes).ShouldBeLessThan(ManagedGrowthMax);
        (held[1].ResidentBytes - held[0].ResidentBytes).ShouldBeLessThan(ResidentGrowthMax);
    }

    [Fact]
    public void A_leak_of_instances_would_be_seen_in_every_number()
    {
        Footprint[] held = Loads("1");
        (held[1].GuestAssemblies - held[0].GuestAssemblies).ShouldBeGreaterThan(LoadLoop.Loads / 2);
        (held[1].ManagedBytes - held[0].ManagedBytes).ShouldBeGreaterThan(ManagedGrowthMax);
        (held[1].ResidentBytes - held[0].ResidentBytes).ShouldBeGreaterThan(ResidentGrowthMax);
    }

    private static Footprint[] Loads(string leak)
    {
        // Without tiers the engine's own code is compiled once, so that what grows is not that.
        (int? exitCode, string output) = SelfProcess.Run(
            ["loads", "--leak", leak],
            new Dictionary<string, string> { ["DOTNET_TieredCompilation"] = "0" },
            TimeSpan.FromMinutes(4));
        exitCode.ShouldBe(0, output);
        Footprint[] held = LoadLoop.Read(output);
        foreach (Footprint footprint in held) TestContext.Current.TestOutputHelper?.WriteLine(footprint.ToString());
        return held;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RunOnce(int number)
    {
        var module = new ModuleBuilder().Memory(1).Table(1).Elements(0, 0);
        int type = module.Type(ModuleBuilder.Signature([I32], [I32]));
        module.Function("f", [I32], [I32], new Code().Get(0).I32(number).Op(Opcode.I32Add));
        module.Function("g", [I32], [I32], new Code().Get(0).I32(0).CallIndirect(type));
        using CompiledModule compiled = CompiledModule.Compile(module.Load());
        using Instance instance = compiled.Instantiate(new Imports());
        Func<int, int> bound = instance.GetFunction("g").Bind<Func<int, int>>();
        bound(1).ShouldBe(number + 1);
        return new WeakReference(bound.Method.Module.Assembly);
    }
}
