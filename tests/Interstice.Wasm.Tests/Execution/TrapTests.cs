using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Execution;

public sealed class TrapTests
{
    private static readonly InstanceOptions Options = new()
    {
        FuelInitial = 1_000_000,
        CallDepthMax = 100,
        MemoryPagesMax = 3,
        TableEntriesMax = 10,
    };

    // One export per kind of trap; the argument is a value that traps.
    private static ModuleBuilder Trapping()
    {
        var module = new ModuleBuilder().Memory(1).Table(4).Global(I32, true, new Code().I32(7));
        int refuse = module.ImportFunction("refuse", ModuleBuilder.Signature([], []));
        int unary = module.Type(ModuleBuilder.Signature([I32], [I32]));
        void Define(string name, Code code) => module.Function(name, [I32], [I32], code);
        Define("unreachable", new Code().Op(Opcode.Unreachable));
        Define("load", new Code().Get(0).Access(Opcode.I32Load, 4));
        Define("store", new Code().Get(0).I32(1).Access(Opcode.I32Store8, uint.MaxValue).I32(0));
        Define("fill", new Code().Get(0).I32(1).I32(1000).Op(Opcode.MemoryFill, 0u).I32(0));
        Define("table", new Code().Get(0).Op(Opcode.TableGet, 0u).Op(Opcode.RefIsNull));
        Define("indirect", new Code().I32(1).Get(0).CallIndirect(unary));
        Define("div", new Code().I32(1).Get(0).Op(Opcode.I32DivU));
        Define("overflow", new Code().I32(int.MinValue).Get(0).Op(Opcode.I32DivS));
        Define("nan", new Code().Get(0).Op(Opcode.F32ReinterpretI32, Opcode.I32TruncF32S));
        Define("spin", new Code().Open(Opcode.Loop).Op(Opcode.Br, 0u).End().I32(0));
        int recurse = module.Function("recurse", [I32], [I32], new Code().Get(0).Call(refuse + 11).I32(1).Op(Opcode.I32Add));
        recurse.ShouldBe(refuse + 11);
        Define("grow", new Code().Get(0).Op(Opcode.MemoryGrow, 0u));
        Define("growTable", new Code().Op(Opcode.RefNull, (uint)ValueKind.FuncRef).Get(0).Op(Opcode.TableGrow, 0u));
        Define("host", new Code().Call(refuse).I32(0));
        int other = module.Function(null, [], [], new Code());
        module.Elements(1, other);
        Define("works", new Code().Get(0).I32(2).Op(Opcode.I32Mul));
        return module;
    }

    private static Instance Instantiate() => Trapping().Instantiate(
        Options, host: ("refuse", Function.FromDelegate((Action)(() => throw new WasmTrapException(TrapKind.Host, "refused")))));

    [Theory]
    [InlineData("unreachable", 0, TrapKind.Unreachable)]
    [InlineData("load", 65_533, TrapKind.MemoryOutOfBounds)]
    [InlineData("load", -1, TrapKind.MemoryOutOfBounds)]
    [InlineData("store", 1, TrapKind.MemoryOutOfBounds)]
    [InlineData("store", -1, TrapKind.MemoryOutOfBounds)]
    [InlineData("fill", 64_537, TrapKind.MemoryOutOfBounds)]
    [InlineData("table", 4, TrapKind.TableOutOfBounds)]
    [InlineData("indirect", 0, TrapKind.IndirectCallNull)]
    [InlineData("indirect", 1, TrapKind.IndirectCallTypeMismatch)]
    [InlineData("indirect", 4, TrapKind.UndefinedElement)]
    [InlineData("indirect", -1, TrapKind.UndefinedElement)]
    [InlineData("div", 0, TrapKind.IntegerDivideByZero)]
    [InlineData("overflow", -1, TrapKind.IntegerOverflow)]
    [InlineData("nan", 0x7FC0_0000, TrapKind.InvalidConversionToInteger)]
    [InlineData("nan", 0x7F80_0000, TrapKind.IntegerOverflow)]
    [InlineData("spin", 0, TrapKind.FuelExhausted)]
    [InlineData("recurse", 0, TrapKind.CallDepthExceeded)]
    [InlineData("grow", 3, TrapKind.MemoryLimitExceeded)]
    [InlineData("growTable", 7, TrapKind.TableLimitExceeded)]
    [InlineData("host", 0, TrapKind.Host)]
    public void A_trap_names_its_kind_and_function_and_leaves_the_instance_usable(string function, int argument, TrapKind kind)
    {
        using Instance instance = Instantiate();
        instance.CaptureImage();
        WasmTrapException trap = instance.Trap(function, argument);
        trap.Kind.ShouldBe(kind);
        trap.FunctionName.ShouldBe(function);
        trap.FunctionIndex.ShouldBe(instance.Module.Exports.First(export => export.Name == function).Index);
        FunctionBody body = instance.Module.Functions[trap.FunctionIndex].Body!;
        trap.CodeOffset.ShouldBeInRange(body.CodeOffset, body.CodeOffset + body.CodeLength - 1);

        instance.Reset();
        instance.Fuel = 1000;
        instance.CallDepthRemaining.ShouldBe(Options.CallDepthMax);
        instance.CallI32("works", 21).ShouldBe(42);
    }

    [Fact]
    public void Unreachable_names_its_instruction()
    {
        var module = new ModuleBuilder();
        module.Function("f", [], [], new Code().Op(Opcode.Nop, Opcode.Nop, Opcode.Unreachable));
        using Instance instance = module.Instantiate();
        WasmTrapException trap = instance.Trap("f");
        trap.IsCodeOffsetExact.ShouldBeTrue();
        trap.CodeOffset.ShouldBe(instance.Module.Functions[0].Body!.CodeOffset + 2);
    }

    [Fact]
    public void The_name_section_names_functions_before_exports_do()
    {
        var module = new ModuleBuilder();
        module.Name(module.Function("exported", [], [], new Code().Op(Opcode.Unreachable)), "inner::named");
        using Instance instance = module.Instantiate();
        instance.Trap("exported").FunctionName.ShouldBe("inner::named");
    }

    [Fact]
    public void A_trap_names_the_innermost_function_even_when_it_is_small()
    {
        var module = new ModuleBuilder().Memory(1);
        int inner = module.Function(null, [I32], [I32], new Code().Get(0).Access(Opcode.I32Load8U));
        module.Function("outer", [I32], [I32], new Code().Get(0).Call(inner));
        using Instance instance = module.Instantiate();
        instance.Trap("outer", -1).FunctionIndex.ShouldBe(inner);
    }

    // Goal: the three checks that throw the same exception are never taken for one another.
    // Method: a bounds trap with every amount of fuel from none to plenty; below what the call costs it must be fuel,
    // from there on bounds, with exactly the rest left.
    [Fact]
    public void Bounds_traps_and_fuel_traps_are_told_apart_at_every_amount_of_fuel()
    {
        var module = new ModuleBuilder().Memory(1);
        module.Function("f", [I32], [I32], new Code().Get(0).Access(Opcode.I32Load));
        using Instance instance = module.Instantiate();
        const int cost = 3;
        for (long fuel = 0; fuel < 20; fuel++)
        {
            instance.Fuel = fuel;
            TrapKind kind = instance.Trap("f", -1).Kind;
            kind.ShouldBe(fuel < cost ? TrapKind.FuelExhausted : TrapKind.MemoryOutOfBounds);
            instance.Fuel.ShouldBe(fuel < cost ? 0 : fuel - cost);
        }
    }

    [Fact]
    public void An_overflow_exception_of_the_host_passes_as_it_is()
    {
        var thrown = new OverflowException("the host's own");
        var module = new ModuleBuilder();
        int fail = module.ImportFunction("fail", ModuleBuilder.Signature([], []));
        module.Function("f", [], [], new Code().Call(fail));
        using Instance instance = module.Instantiate(host: ("fail", Function.FromDelegate((Action)(() => throw thrown))));
        Should.Throw<OverflowException>(() => instance.Call("f")).ShouldBeSameAs(thrown);
        instance.CallDepthRemaining.ShouldBe(InstanceOptions.Default.CallDepthMax);
    }

    [Fact]
    public void An_overflow_that_the_runtime_throws_for_the_host_passes_as_it_is()
    {
        var module = new ModuleBuilder();
        int fail = module.ImportFunction("fail", ModuleBuilder.Signature([I32, I32], [I32]));
        module.Function("f", [I32, I32], [I32], new Code().Get(0).Get(1).Call(fail));
        using Instance instance = module.Instantiate(
            host: ("fail", Function.FromDelegate((Func<int, int, int>)((a, b) => checked((a + b) / (a - b))))));
        Should.Throw<OverflowException>(() => instance.CallI32("f", int.MaxValue, 1));
        Should.Throw<DivideByZeroException>(() => instance.CallI32("f", 1, 1));
    }

    [Fact]
    public void Growing_past_the_modules_own_maximum_is_no_trap()
    {
        var module = new ModuleBuilder().Memory(1, 2);
        module.Function("grow", [I32], [I32], new Code().Get(0).Op(Opcode.MemoryGrow, 0u));
        using Instance instance = module.Instantiate(new InstanceOptions { MemoryPagesMax = 1 });
        instance.CallI32("grow", 2).ShouldBe(-1);
        instance.Trap("grow", 1).Kind.ShouldBe(TrapKind.MemoryLimitExceeded);
        instance.CallI32("grow", 0).ShouldBe(1);
    }
}
