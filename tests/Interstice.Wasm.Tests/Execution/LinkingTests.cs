using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Execution;

public sealed class LinkingTests
{
    [Fact]
    public void A_missing_import_is_named_with_what_it_must_be()
    {
        var module = new ModuleBuilder();
        module.ImportFunction("absent", ModuleBuilder.Signature([I32], [I64]));
        WasmLinkException refusal = Should.Throw<WasmLinkException>(() => module.Instantiate());
        refusal.Message.ShouldBe(
            "unknown import: host.absent must be a function [i32] -> [i64], and the host supplies nothing of that name");
    }

    [Fact]
    public void An_import_of_another_type_is_named_with_expected_and_found()
    {
        var module = new ModuleBuilder();
        module.ImportFunction("f", ModuleBuilder.Signature([I32], [I64]));
        WasmLinkException refusal = Should.Throw<WasmLinkException>(
            () => module.Instantiate(host: ("f", Function.FromDelegate((Action<int>)(_ => { })))));
        refusal.ImportField.ShouldBe("f");
        refusal.Expected.ShouldBe("a function [i32] -> [i64]");
        refusal.Found.ShouldBe("function [i32] -> []");
        var memory = new ModuleBuilder().ImportMemory("m", 2, 3);
        Should.Throw<WasmLinkException>(() => memory.Instantiate(host: ("m", new LinearMemory(1, 3))));
        Should.Throw<WasmLinkException>(() => memory.Instantiate(host: ("m", new LinearMemory(2))));
        Should.Throw<WasmLinkException>(() => memory.Instantiate(host: ("m", new LinearMemory(2, 4))));
        memory.Instantiate(host: ("m", new LinearMemory(2, 2))).Dispose();
    }

    // A module whose memory holds a number at 0, with a function that reads it.
    private static ModuleBuilder Reader(byte content)
    {
        var module = new ModuleBuilder().Memory(1).Data(0, content);
        module.Function("read", [], [I32], new Code().I32(0).Access(Opcode.I32Load8U));
        module.Function("boom", [], [I32], new Code().I32(-1).Access(Opcode.I32Load));
        return module;
    }

    [Fact]
    public void A_function_called_through_a_shared_table_runs_with_its_own_memory()
    {
        using var shared = new TableOwner();
        ModuleBuilder reader = Reader(11).ImportTable("table", 4).Elements(1, 0, 1);
        using Instance one = reader.Instantiate(host: ("table", shared.Table));
        ModuleBuilder caller = Reader(22).ImportTable("table", 4).Elements(3, 0);
        int type = caller.Type(ModuleBuilder.Signature([], [I32]));
        caller.Function("call", [I32], [I32], new Code().Get(0).CallIndirect(type));
        using Instance two = caller.Instantiate(host: ("table", shared.Table));
        two.CallI32("call", 1).ShouldBe(11);
        two.CallI32("call", 3).ShouldBe(22);
        WasmTrapException trap = two.Trap("call", 2);
        trap.Kind.ShouldBe(TrapKind.MemoryOutOfBounds);
        trap.FunctionName.ShouldBe("boom");
        two.Trap("call", 0).Kind.ShouldBe(TrapKind.IndirectCallNull);
        shared.Table[0] = Value.FromFunction(Function.FromDelegate((Func<int>)(() => 33)));
        two.CallI32("call", 0).ShouldBe(33);
    }

    [Fact]
    public void Each_instance_pays_with_its_own_fuel()
    {
        var callee = new ModuleBuilder();
        callee.Function("spin", [], [], new Code().Open(Opcode.Loop).Op(Opcode.Br, 0u).End());
        using Instance inner = callee.Instantiate(new InstanceOptions { FuelInitial = 100 });
        var caller = new ModuleBuilder();
        int import = caller.ImportFunction("spin", ModuleBuilder.Signature([], []));
        caller.Function("f", [], [], new Code().Call(import));
        using Instance outer = caller.Instantiate(
            new InstanceOptions { FuelInitial = 1000 }, host: ("spin", inner.GetFunction("spin")));
        WasmTrapException trap = outer.Trap("f");
        trap.Kind.ShouldBe(TrapKind.FuelExhausted);
        trap.FunctionName.ShouldBe("spin");
        inner.Fuel.ShouldBe(0);
        outer.Fuel.ShouldBe(998);
    }

    [Fact]
    public void A_shared_memory_grows_for_everyone()
    {
        using var memory = new LinearMemory(1, 5);
        ModuleBuilder Make()
        {
            var module = new ModuleBuilder().ImportMemory("memory", 1, 5);
            module.Function("size", [], [I32], new Code().Op(Opcode.MemorySize, 0u));
            module.Function("grow", [], [I32], new Code().I32(1).Op(Opcode.MemoryGrow, 0u));
            module.Function("load", [I32], [I32], new Code().Get(0).Access(Opcode.I32Load));
            return module;
        }

        using Instance one = Make().Instantiate(host: ("memory", memory));
        Instance two = Make().Instantiate(host: ("memory", memory));
        one.Trap("load", 70_000).Kind.ShouldBe(TrapKind.MemoryOutOfBounds);
        two.CallI32("grow").ShouldBe(1);
        memory.Grow(1).ShouldBe(2);
        one.CallI32("size").ShouldBe(3);
        one.CallI32("load", 70_000).ShouldBe(0);
        two.Dispose();
        memory.Write(70_000, 4)[0] = 5;
        one.CallI32("load", 70_000).ShouldBe(5);
    }

    [Fact]
    public void The_host_sees_and_sets_an_exported_mutable_global()
    {
        var module = new ModuleBuilder().Global(I64, true, new Code().I64(5)).Export("g", ExternKind.Global, 0)
            .Global(I32, false, new Code().I32(9)).Export("constant", ExternKind.Global, 1);
        module.Function("get", [], [I64], new Code().Op(Opcode.GlobalGet, 0u));
        using Instance instance = module.Instantiate();
        var global = (Global)instance.GetExport("g")!;
        global.Value = Value.FromI64(-6);
        instance.Call("get")[0].AsI64().ShouldBe(-6);
        var constant = (Global)instance.GetExport("constant")!;
        constant.Value.AsI32().ShouldBe(9);
        Should.Throw<InvalidOperationException>(() => constant.Value = Value.FromI32(1));
        Should.Throw<InvalidOperationException>(() => global.Value = Value.FromI32(1));
    }

    [Fact]
    public void Exports_are_the_same_objects_every_time()
    {
        using Instance instance = Reader(1).Instantiate();
        instance.GetExport("read").ShouldBeSameAs(instance.GetExport("read"));
        instance.GetExport("nothing").ShouldBeNull();
        Should.Throw<ArgumentException>(() => instance.GetFunction("nothing"));
    }

    [Fact]
    public void Instances_of_one_module_share_nothing()
    {
        var builder = new ModuleBuilder().Memory(1).Global(I32, true, new Code().I32(0));
        builder.Function("count", [], [I32], new Code()
            .Op(Opcode.GlobalGet, 0u).I32(1).Op(Opcode.I32Add).Op(Opcode.GlobalSet, 0u).Op(Opcode.GlobalGet, 0u));
        using CompiledModule compiled = CompiledModule.Compile(builder.Load());
        using Instance one = compiled.Instantiate(new Imports());
        using Instance two = compiled.Instantiate(new Imports());
        one.CallI32("count").ShouldBe(1);
        one.CallI32("count").ShouldBe(2);
        two.CallI32("count").ShouldBe(1);
    }

    [Fact]
    public void A_memory_larger_than_the_host_allows_is_refused()
    {
        var module = new ModuleBuilder().Memory(3);
        Should.Throw<WasmTrapException>(() => module.Instantiate(new InstanceOptions { MemoryPagesMax = 2 }))
            .Kind.ShouldBe(TrapKind.MemoryLimitExceeded);
    }

    private sealed class TableOwner : IDisposable
    {
        public Table Table { get; } = new(ValueKind.FuncRef, 4);

        public void Dispose() => Table[0] = Value.FromFunction(null);
    }
}
