using System.Runtime.CompilerServices;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Compilation;

public sealed class UnloadingTests
{
    // Goal: a server that publishes modules for months keeps none of the old code.
    // Method: 200 modules are compiled, run and dropped; weak references to their assemblies must all die.
    [Fact]
    public void Code_that_nobody_refers_to_is_freed()
    {
        List<WeakReference> assemblies = [.. Enumerable.Range(0, 200).Select(RunOnce)];
        for (int i = 0; i < 20 && assemblies.Any(assembly => assembly.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        assemblies.Count(assembly => assembly.IsAlive).ShouldBe(0);
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
