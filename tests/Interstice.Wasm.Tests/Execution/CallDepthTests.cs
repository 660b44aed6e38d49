using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Execution;

public sealed class CallDepthTests
{
    private static ModuleBuilder Recursing(int locals = 0)
    {
        var module = new ModuleBuilder();
        var code = new Code().Get(0).Open(Opcode.If).Get(0).I32(1).Op(Opcode.I32Sub).Call(0).End();
        module.Function("f", [I32], [], code, [.. Enumerable.Repeat(I64, locals)]);
        return module;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    public void Calls_nest_as_deep_as_the_limit_and_no_deeper(int limit)
    {
        using Instance instance = Recursing().Instantiate(new InstanceOptions { CallDepthMax = limit });
        instance.Call("f", Value.FromI32(limit - 1));
        instance.Trap("f", limit).Kind.ShouldBe(TrapKind.CallDepthExceeded);
        instance.CallDepthRemaining.ShouldBe(limit);
        instance.Call("f", Value.FromI32(limit - 1));
    }

    // 16 bytes for each local and 4 for each byte of code make the estimate; a unit is 4096 bytes.
    [Fact]
    public void A_function_with_many_locals_takes_more_units()
    {
        using Instance instance = Recursing(locals: 2000).Instantiate(new InstanceOptions { CallDepthMax = 26 });
        int codeBytes = instance.Module.Functions[0].Body!.CodeLength;
        int units = 1 + (((2001 * 16) + (codeBytes * 4)) / 4096);
        units.ShouldBe(8);
        instance.Call("f", Value.FromI32(2));
        instance.Trap("f", 3).Kind.ShouldBe(TrapKind.CallDepthExceeded);
    }

    [Fact]
    public void A_function_that_calls_nothing_takes_no_units()
    {
        var module = new ModuleBuilder();
        int leaf = module.Function(null, [], [], new Code());
        module.Function("f", [], [], new Code().Call(leaf));
        using Instance instance = module.Instantiate(new InstanceOptions { CallDepthMax = 1 });
        instance.Call("f");
    }

    [Fact]
    public void Depth_is_given_back_on_every_way_out_of_a_function()
    {
        var module = new ModuleBuilder();
        int callee = module.Function(null, [I32], [I32], new Code().Get(0));
        var code = new Code()
            .Open(Opcode.Block)
            .Open(Opcode.Block)
            .Get(0).Op(Opcode.BrTable, 2u, 0u, 1u, 1u)
            .End()
            .I32(10).Call(callee).Op(Opcode.Return)
            .End()
            .I32(20).Call(callee);
        module.Function("f", [I32], [I32], code);
        using Instance instance = module.Instantiate(new InstanceOptions { CallDepthMax = 1 });
        for (int i = 0; i < 30; i++) instance.CallI32("f", i % 2).ShouldBe(i % 2 == 0 ? 10 : 20);
        instance.CallDepthRemaining.ShouldBe(1);
    }

    [Fact]
    public void Depth_counts_on_when_the_host_calls_back()
    {
        Function? again = null;
        var module = new ModuleBuilder();
        int host = module.ImportFunction("again", ModuleBuilder.Signature([], []));
        module.Function("f", [], [], new Code().Call(host));
        using Instance instance = module.Instantiate(
            new InstanceOptions { CallDepthMax = 20 },
            host: ("again", Function.FromDelegate((Action)(() => again!.Invoke()))));
        again = instance.GetFunction("f");
        instance.Trap("f").Kind.ShouldBe(TrapKind.CallDepthExceeded);
        instance.CallDepthRemaining.ShouldBe(20);
    }

    // Goal: the stack is enough for guests that recurse through the host, the trap's way out included.
    // Method: as deep as the default allows, on the stack that GuestStack asks for; each level is a call into the guest.
    [Fact]
    public void Recursion_through_the_host_ends_in_a_trap_however_deep_it_is()
    {
        Function? again = null;
        var module = new ModuleBuilder();
        int host = module.ImportFunction("again", ModuleBuilder.Signature([], []));
        module.Function("f", [], [], new Code().Call(host));
        OnLargeStack(() =>
        {
            using Instance instance = module.Instantiate(host: ("again", Function.FromDelegate((Action)(() => again!.Invoke()))));
            again = instance.GetFunction("f");
            instance.Trap("f").Kind.ShouldBe(TrapKind.CallDepthExceeded);
            instance.CallDepthRemaining.ShouldBe(InstanceOptions.Default.CallDepthMax);
        });
    }

    // Goal: endless recursion never ends the process, whatever the frames look like.
    // Method: the largest frames for their code that were found by search, each recursing without end on the stack that
    // GuestStack asks for.
    [Theory]
    [InlineData("small")]
    [InlineData("parameters")]
    [InlineData("locals")]
    [InlineData("operands")]
    [InlineData("results")]
    public void Endless_recursion_ends_in_a_trap(string frames)
    {
        var module = new ModuleBuilder();
        switch (frames)
        {
            case "small": module.Function("f", [I32], [], new Code().I32(0).Call(0)); break;
            case "parameters":
                var pass = new Code();
                for (uint i = 0; i < 900; i++) pass.Get(i == 0 ? 0 : (i % 899) + 1);
                ValueKind[] many = [I32, .. Enumerable.Repeat(I64, 899)];
                int wide = module.Function(null, many, [], pass.Call(0));
                var zeroes = new Code().I32(0);
                for (int i = 1; i < 900; i++) zeroes.I64(0);
                module.Function("f", [I32], [], zeroes.Call(wide));
                break;
            case "locals":
                var live = new Code();
                for (uint i = 1; i <= 3000; i++) live.Get(0).Op(Opcode.F64ConvertI32S).Set(i);
                live.I32(0).Call(0).I32(0);
                for (uint i = 1; i <= 3000; i++) live.Get(i).Op(Opcode.I32TruncSatF64S, Opcode.I32Add);
                module.Function("f", [I32], [], live.Op(Opcode.Drop), [.. Enumerable.Repeat(F64, 3000)]);
                break;
            case "operands":
                var pending = new Code();
                for (int i = 0; i < 6000; i++) pending.Call(1);
                pending.I32(0).Call(0);
                for (int i = 1; i < 6000; i++) pending.Op(Opcode.I64Add);
                module.Function("f", [I32], [], pending.Op(Opcode.Drop));
                module.Function(null, [], [I64], new Code().I64(1));
                break;
            default:
                ValueKind[] results = [.. Enumerable.Repeat(I64, 1000)];
                var values = new Code();
                for (int i = 0; i < 1000; i++) values.I64(i);
                module.Function("f", [I32], [], new Code().Call(1).Call(1).Call(1).I32(0).Call(0).Call(2).Call(2).Call(2));
                module.Function(null, [], results, values);
                module.Function(null, results, [], new Code());
                break;
        }

        OnLargeStack(() =>
        {
            using Instance instance = module.Instantiate();
            for (int run = 0; run < 2; run++) instance.Trap("f", 0).Kind.ShouldBe(TrapKind.CallDepthExceeded);
        });
    }

    [Fact]
    public void Recursion_through_a_table_ends_in_a_trap()
    {
        var module = new ModuleBuilder().Table(1).Elements(0, 0);
        int type = module.Type(ModuleBuilder.Signature([I32], []));
        module.Function("f", [I32], [], new Code().I32(0).I32(0).CallIndirect(type));
        OnLargeStack(() =>
        {
            using Instance instance = module.Instantiate();
            instance.Trap("f", 0).Kind.ShouldBe(TrapKind.CallDepthExceeded);
        });
    }
}
