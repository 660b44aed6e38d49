using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Compilation;

public sealed class CompiledModuleTests
{
    private static Code Branches(int count)
    {
        var code = new Code();
        for (int i = 0; i < count; i++) code.Get(0).Open(Opcode.If).Get(0).I32(1).Op(Opcode.I32Add).Set(0).End();
        return code.Get(0);
    }

    [Fact]
    public void A_function_too_large_to_be_optimised_is_reported_and_still_right()
    {
        var module = new ModuleBuilder();
        module.Function("small", [I32], [I32], Branches(500));
        int large = module.Function("large", [I32], [I32], Branches(1500));
        using CompiledModule compiled = CompiledModule.Compile(module.Load());
        compiled.UnoptimizedFunctions.ShouldBe([large]);
        using Instance instance = compiled.Instantiate(new Imports());
        instance.CallI32("small", 1).ShouldBe(501);
        instance.CallI32("large", 1).ShouldBe(1501);
    }

    // 2 bytes of a branch with a thousand values make several thousand bytes of .NET code.
    [Fact]
    public void A_function_that_would_become_too_large_is_refused_at_load()
    {
        ValueKind[] many = [.. Enumerable.Repeat(I64, 1000)];
        var module = new ModuleBuilder();
        var code = new Code();
        for (int i = 0; i < 1000; i++) code.I64(i);
        for (int i = 0; i < 20_000; i++) code.I32(0).Op(Opcode.BrIf, 0u);
        module.Function("f", [], many, code);
        WasmFormatException refusal = Should.Throw<WasmFormatException>(() => CompiledModule.Compile(module.Load()));
        refusal.Kind.ShouldBe(WasmFormatErrorKind.LimitExceeded);
    }

    [Fact]
    public void A_function_that_the_just_in_time_compiler_refuses_is_refused_at_load()
    {
        ValueKind[] many = [.. Enumerable.Repeat(I64, 1000)];
        var module = new ModuleBuilder();
        var values = new Code();
        for (int i = 0; i < 1000; i++) values.I64(i);
        int produce = module.Function(null, [], many, values);
        int consume = module.Function(null, many, [], new Code());
        var code = new Code();
        for (int i = 0; i < 60; i++) code.Call(produce);
        for (int i = 0; i < 60; i++) code.Call(consume);
        module.Function("f", [], [], code);
        WasmFormatException refusal = Should.Throw<WasmFormatException>(() => CompiledModule.Compile(module.Load()));
        refusal.Kind.ShouldBe(WasmFormatErrorKind.LimitExceeded);
        refusal.Message.ShouldContain("function 2");
    }

    [Fact]
    public void More_functions_than_a_class_of_NET_can_hold_are_no_problem()
    {
        var module = new ModuleBuilder();
        for (int i = 0; i < 70_000; i++) module.Function(null, [], [I32], new Code().I32(i));
        module.Function("last", [], [I32], new Code().Call(69_999).Call(5).Op(Opcode.I32Sub));
        using Instance instance = CompiledModule.Compile(module.Load()).Instantiate(new Imports());
        instance.CallI32("last").ShouldBe(69_994);
    }

    [Fact]
    public void More_globals_than_the_state_has_fields_for_are_no_problem()
    {
        var module = new ModuleBuilder();
        for (int i = 0; i < 1500; i++) module.Global(I32, true, new Code().I32(i));
        module.Function("get", [], [I32], new Code().Op(Opcode.GlobalGet, 10u).Op(Opcode.GlobalGet, 1490u).Op(Opcode.I32Add));
        module.Function("set", [], [], new Code().I32(0).Op(Opcode.GlobalSet, 10u).I32(0).Op(Opcode.GlobalSet, 1490u));
        using Instance instance = module.Instantiate();
        instance.CaptureImage();
        instance.CallI32("get").ShouldBe(1500);
        instance.Call("set");
        instance.CallI32("get").ShouldBe(0);
        instance.Reset();
        instance.CallI32("get").ShouldBe(1500);
    }

    [Fact]
    public void A_module_may_be_compiled_ahead_of_its_first_call()
    {
        var module = new ModuleBuilder();
        module.ImportFunction("import", ModuleBuilder.Signature([], []));
        module.Function("f", [], [I32], new Code().I32(7));
        using CompiledModule compiled = CompiledModule.Compile(module.Load());
        compiled.Prepare(TestContext.Current.CancellationToken);
        var imports = new Imports();
        imports.Add("host", "import", Function.FromDelegate((Action)(() => { })));
        using Instance instance = compiled.Instantiate(imports);
        instance.CallI32("f").ShouldBe(7);
    }

    [Fact]
    public void The_start_function_runs_once_and_may_trap()
    {
        var module = new ModuleBuilder().Global(I32, true, new Code().I32(0));
        int start = module.Function(null, [], [], new Code().Op(Opcode.GlobalGet, 0u).I32(1).Op(Opcode.I32Add).Op(Opcode.GlobalSet, 0u));
        module.Function("get", [], [I32], new Code().Op(Opcode.GlobalGet, 0u));
        using Instance instance = module.Start(start).Instantiate();
        instance.CallI32("get").ShouldBe(1);

        var trapping = new ModuleBuilder();
        trapping.Start(trapping.Function(null, [], [], new Code().Op(Opcode.Unreachable)));
        Should.Throw<WasmTrapException>(() => trapping.Instantiate()).Kind.ShouldBe(TrapKind.Unreachable);
    }

    [Fact]
    public void A_disposed_module_makes_no_instances()
    {
        CompiledModule compiled = CompiledModule.Compile(new ModuleBuilder().Load());
        compiled.Dispose();
        Should.Throw<ObjectDisposedException>(() => compiled.Instantiate(new Imports()));
    }
}
