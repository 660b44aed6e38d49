using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Execution;

// docs/formats/fuel.md, schedule version 1.
public sealed class FuelTests
{
    private static readonly InstanceOptions Options = new() { FuelInitial = 1_000_000 };

    // loop (1) and the function's end (1) outside the loop; five instructions and the loop's end inside.
    private static Code CountDown() => new Code().Open(Opcode.Loop)
        .Get(0).I32(1).Op(Opcode.I32Sub).Tee(0).Op(Opcode.BrIf, 0u)
        .End();

    private static long CostOf(Instance instance, string function, params int[] arguments)
    {
        instance.Fuel = 1_000_000;
        instance.Call(function, [.. arguments.Select(Value.FromI32)]);
        return 1_000_000 - instance.Fuel;
    }

    [Fact]
    public void Entry_charges_every_instruction_outside_loops_whether_executed_or_not()
    {
        var module = new ModuleBuilder();
        module.Function("empty", [], [], new Code());
        module.Function("add", [I32, I32], [I32], new Code().Get(0).Get(1).Op(Opcode.I32Add));
        module.Function(
            "branches", [I32], [], new Code().Get(0).Open(Opcode.If).Op(Opcode.Nop).Op([Opcode.Else]).Op(Opcode.Nop, Opcode.Nop).End());
        module.Function("dead", [], [], new Code().Op(Opcode.Return, Opcode.Nop, Opcode.Nop));
        using Instance instance = module.Instantiate(Options);
        CostOf(instance, "empty").ShouldBe(1);
        CostOf(instance, "add", 1, 2).ShouldBe(4);
        CostOf(instance, "branches", 0).ShouldBe(8);
        CostOf(instance, "branches", 1).ShouldBe(8);
        CostOf(instance, "dead").ShouldBe(4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void A_loop_charges_what_is_directly_inside_it_at_every_turn(int turns)
    {
        var module = new ModuleBuilder();
        module.Function("f", [I32], [], CountDown());
        using Instance instance = module.Instantiate(Options);
        CostOf(instance, "f", turns).ShouldBe(2 + (6L * turns));
    }

    [Fact]
    public void An_inner_loop_is_not_charged_by_the_outer_one()
    {
        // Outer: local.set of the inner counter (2), loop (1), outer step (5), end (1). Inner: 5 and its end.
        var module = new ModuleBuilder();
        var code = new Code().Open(Opcode.Loop)
            .I32(3).Set(1)
            .Open(Opcode.Loop).Get(1).I32(1).Op(Opcode.I32Sub).Tee(1).Op(Opcode.BrIf, 0u).End()
            .Get(0).I32(1).Op(Opcode.I32Sub).Tee(0).Op(Opcode.BrIf, 0u)
            .End();
        module.Function("f", [I32], [], code, I32);
        using Instance instance = module.Instantiate(Options);
        CostOf(instance, "f", 10).ShouldBe(2 + (10 * (9 + (3 * 6))));
    }

    [Fact]
    public void A_call_charges_the_callee_too()
    {
        var module = new ModuleBuilder();
        int callee = module.Function(null, [], [], new Code().Op(Opcode.Nop, Opcode.Nop));
        module.Function("f", [], [], new Code().Call(callee).Call(callee));
        using Instance instance = module.Instantiate(Options);
        CostOf(instance, "f").ShouldBe(3 + (2 * 3));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(63, 0)]
    [InlineData(64, 1)]
    [InlineData(65_536, 1024)]
    public void Bulk_operations_add_a_64th_of_their_length(int length, int cost)
    {
        var module = new ModuleBuilder().Memory(1).Table(2).Data(null, new byte[65_536]);
        module.Function("fill", [I32], [], new Code().I32(0).I32(1).Get(0).Op(Opcode.MemoryFill, 0u));
        module.Function("copy", [I32], [], new Code().I32(0).I32(0).Get(0).Op(Opcode.MemoryCopy, 0u, 0u));
        module.Function("init", [I32], [], new Code().I32(0).I32(0).Get(0).Op(Opcode.MemoryInit, 0u, 0u));
        module.Function(
            "grow", [I32], [], new Code().Op(Opcode.RefNull, (uint)ValueKind.FuncRef).Get(0).Op(Opcode.TableGrow, 0u).Op(Opcode.Drop));
        using Instance instance = module.Instantiate(Options);
        CostOf(instance, "fill", length).ShouldBe(5 + cost);
        CostOf(instance, "copy", length).ShouldBe(5 + cost);
        CostOf(instance, "init", length).ShouldBe(5 + cost);
        CostOf(instance, "grow", length).ShouldBe(5 + cost);
    }

    // Goal: the same call costs the same on every run, and stops at the same place whatever it is given.
    // Method: every amount of fuel up to just over what the call needs; each run ends as the one before with as much.
    [Fact]
    public void A_call_succeeds_from_exactly_its_cost_on()
    {
        var module = new ModuleBuilder().Global(I32, true, new Code().I32(0)).Export("turns", ExternKind.Global, 0);
        var code = new Code().Open(Opcode.Loop)
            .Op(Opcode.GlobalGet, 0u).I32(1).Op(Opcode.I32Add).Op(Opcode.GlobalSet, 0u)
            .Get(0).I32(1).Op(Opcode.I32Sub).Tee(0).Op(Opcode.BrIf, 0u)
            .End();
        module.Function("f", [I32], [], code);
        using Instance instance = module.Instantiate(Options);
        long cost = CostOf(instance, "f", 5);
        cost.ShouldBe(2 + (5 * 10));
        var turns = (Global)instance.GetExport("turns")!;
        for (int fuel = 0; fuel <= cost + 3; fuel++)
        {
            int expected = fuel < 2 ? 0 : Math.Min(5, (fuel - 2) / 10);
            for (int run = 0; run < 2; run++)
            {
                turns.Value = Value.FromI32(0);
                instance.Fuel = fuel;
                if (fuel < cost) instance.Trap("f", 5).Kind.ShouldBe(TrapKind.FuelExhausted);
                else instance.Call("f", Value.FromI32(5));
                turns.Value.AsI32().ShouldBe(expected);
                instance.Fuel.ShouldBe(fuel < cost ? 0 : fuel - cost);
            }
        }
    }

    [Fact]
    public void The_host_charges_fuel_and_stops_the_guest_when_there_is_too_little()
    {
        Instance? current = null;
        var module = new ModuleBuilder();
        int charge = module.ImportFunction("charge", ModuleBuilder.Signature([I64], []));
        module.Function("f", [I64], [], new Code().Get(0).Call(charge));
        using Instance instance = module.Instantiate(
            Options, host: ("charge", Function.FromDelegate((Action<long>)(amount => current!.ChargeFuel(amount)))));
        current = instance;
        instance.Fuel = 103;
        instance.Call("f", Value.FromI64(100));
        instance.Fuel.ShouldBe(0);
        instance.Fuel = 102;
        Should.Throw<WasmTrapException>(() => instance.Call("f", Value.FromI64(100))).Kind.ShouldBe(TrapKind.FuelExhausted);
        instance.Fuel.ShouldBe(0);
    }

    [Fact]
    public void Without_metering_there_is_no_fuel_and_none_is_charged()
    {
        var module = new ModuleBuilder();
        module.Function("f", [I32], [], CountDown());
        using Instance instance = module.Instantiate(Options, new CompilerOptions { Metering = false });
        instance.Fuel.ShouldBe(0);
        instance.Fuel = 100;
        instance.ChargeFuel(1000);
        instance.Call("f", Value.FromI32(1000));
        instance.Fuel.ShouldBe(0);
    }

    [Fact]
    public void An_abort_from_another_thread_ends_an_endless_loop()
    {
        var module = new ModuleBuilder();
        module.Function("spin", [], [], new Code().Open(Opcode.Loop).Op(Opcode.Br, 0u).End());
        using Instance instance = module.Instantiate();
        using var ended = new ManualResetEventSlim();
        var watchdog = new Thread(() =>
        {
            while (!ended.Wait(TimeSpan.FromMilliseconds(1))) instance.Abort();
        });
        watchdog.Start();
        WasmTrapException trap = instance.Trap("spin");
        ended.Set();
        watchdog.Join();
        trap.Kind.ShouldBe(TrapKind.Aborted);
        instance.Fuel = 10;
        Should.Throw<WasmTrapException>(() => instance.Call("spin")).Kind.ShouldBe(TrapKind.FuelExhausted);
    }
}
