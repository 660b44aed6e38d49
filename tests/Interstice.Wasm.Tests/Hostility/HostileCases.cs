using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Hostility;

/// <summary>The list of attacks on the engine itself; attacks on host calls are in tests/modules/hostile.</summary>
internal static partial class HostileCases
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<HostileCase> All { get; } =
        [.. Loops(), .. Fuels(), .. Recursions(), .. Memories(), .. Tables(), .. Numbers(), .. Starts(), .. Shapes()];

    private static FunctionType Nothing => ModuleBuilder.Signature([], []);

    /// <summary>A case whose function is this code.</summary>
    private static HostileCase Of(string name, TrapKind trap, Code code, params ValueKind[] locals) =>
        new(name, trap, module => module.Memory(1).Table(4).Function("f", [], [], code, locals));

    private static Code Forever(Code body) => new Code().Open(Opcode.Loop).Append(body).Op(Opcode.Br, 0u).End();

    private static IEnumerable<HostileCase> Loops()
    {
        const TrapKind fuel = TrapKind.FuelExhausted;
        yield return Of("an endless loop without a body", fuel, Forever(new Code()));
        yield return Of("an endless loop that counts", fuel, Forever(new Code().Get(0).I64(1).Op(Opcode.I64Add).Set(0)), I64);
        yield return Of("a loop on a condition that is always true", fuel, new Code().Open(Opcode.Loop).I32(1).Op(Opcode.BrIf, 0u).End());
        yield return Of("a loop through br_table", fuel, new Code().Open(Opcode.Loop).Get(0).Op(Opcode.BrTable, 1u, 0u, 0u).End(), I32);
        yield return Of("loops in loops, each endless", fuel, Forever(Forever(Forever(new Code().Op(Opcode.Nop)))));
        yield return Of(
            "a loop left through a block and entered again", fuel,
            Forever(new Code().Open(Opcode.Block).Open(Opcode.Block).Op(Opcode.Br, 1u).End().End()));
        yield return Of(
            "a loop through both arms of an if", fuel,
            new Code().Open(Opcode.Loop).Get(0).Open(Opcode.If).Op(Opcode.Br, 1u).Op([Opcode.Else]).Op(Opcode.Br, 1u).End().End(), I32);
        yield return new HostileCase("a loop that carries values around", fuel, module =>
        {
            int type = module.Type(ModuleBuilder.Signature([I64, F64], []));
            module.Function("f", [], [], new Code().I64(1).F64(0).Open(Opcode.Loop, type).Op(Opcode.Br, 0u).End());
        });
        yield return Of(
            "a float loop whose counter stops growing", fuel,
            new Code().Open(Opcode.Loop).Get(0).F32(0x3F80_0000).Op(Opcode.F32Add).Set(0)
                .Get(0).F32(0x4F80_0000).Op(Opcode.F32Lt).Op(Opcode.BrIf, 0u).End(), F32);
        yield return Of("an endless loop of memory.grow by nothing", fuel, Forever(new Code().I32(0).Op(Opcode.MemoryGrow, 0u).Op(Opcode.Drop)));
        yield return Of(
            "an endless loop of table.grow by nothing", fuel,
            Forever(new Code().Op(Opcode.RefNull, (uint)ValueKind.FuncRef).I32(0).Op(Opcode.TableGrow, 0u).Op(Opcode.Drop)));
        yield return Of("an endless loop of memory.fill", fuel, Forever(new Code().I32(0).I32(1).I32(65_536).Op(Opcode.MemoryFill, 0u)));
        yield return Of("an endless loop of memory.copy", fuel, Forever(new Code().I32(0).I32(1).I32(65_535).Op(Opcode.MemoryCopy, 0u, 0u)));
        yield return Of("an endless loop of empty memory.copy", fuel, Forever(new Code().I32(0).I32(1).I32(0).Op(Opcode.MemoryCopy, 0u, 0u)));
        yield return Of("an endless loop of table.copy", fuel, Forever(new Code().I32(0).I32(1).I32(3).Op(Opcode.TableCopy, 0u, 0u)));
        yield return Of(
            "an endless loop of table.fill", fuel,
            Forever(new Code().I32(0).Op(Opcode.RefNull, (uint)ValueKind.FuncRef).I32(4).Op(Opcode.TableFill, 0u)));
        yield return Of("an endless loop of stores to every page", fuel, Forever(new Code().Get(0).I32(1).Access(Opcode.I32Store8)
            .Get(0).I32(4096).Op(Opcode.I32Add).I32(0xFFFF).Op(Opcode.I32And).Set(0)), I32);
        yield return new HostileCase("an endless loop of calls", fuel, module =>
        {
            int callee = module.Function(null, [], [], new Code());
            module.Function("f", [], [], Forever(new Code().Call(callee)));
        });
        yield return new HostileCase("an endless loop of indirect calls", fuel, module =>
        {
            int callee = module.Function(null, [], [], new Code());
            module.Table(1).Elements(0, callee).Function("f", [], [], Forever(new Code().I32(0).CallIndirect(module.Type(Nothing))));
        });
        yield return new HostileCase("a flood of host calls", fuel, module =>
        {
            int host = module.ImportFunction("nothing", Nothing);
            module.Function("f", [], [], Forever(new Code().Call(host)));
        });
        yield return new HostileCase("a flood of host calls through a table", fuel, module =>
        {
            int host = module.ImportFunction("nothing", Nothing);
            module.Table(1).Elements(0, host).Function("f", [], [], Forever(new Code().I32(0).CallIndirect(module.Type(Nothing))));
        });
        yield return new HostileCase("a tree of calls that doubles at each level", fuel, module =>
        {
            for (int level = 0; level < 60; level++)
            {
                Code code = level == 0 ? new Code() : new Code().Call(level - 1).Call(level - 1);
                module.Function(level == 59 ? "f" : null, [], [], code);
            }
        });
    }

    private static IEnumerable<HostileCase> Fuels()
    {
        const TrapKind fuel = TrapKind.FuelExhausted;
        yield return Of("a call without any fuel", fuel, new Code()) with { Fuel = 0 };
        yield return Of("a call with one unit where two are needed", fuel, new Code().Op(Opcode.Nop)) with { Fuel = 1 };
        yield return Of("a loop whose last turn is one unit short", fuel, new Code().Open(Opcode.Loop)
            .Get(0).I32(1).Op(Opcode.I32Add).Tee(0).I32(10).Op(Opcode.I32LtS).Op(Opcode.BrIf, 0u).End(), I32) with
        { Fuel = 2 + (10 * 8) - 1 };
        yield return Of("a trap behind the last unit of fuel", fuel, new Code().Op(Opcode.Nop, Opcode.Unreachable)) with { Fuel = 2 };
        yield return Of("a trap on the last unit of fuel", TrapKind.Unreachable, new Code().Op(Opcode.Nop, Opcode.Unreachable)) with { Fuel = 3 };
        yield return Of("a bounds trap on the last unit of fuel", TrapKind.MemoryOutOfBounds, new Code().I32(-1).Access(Opcode.I32Load).Op(Opcode.Drop)) with { Fuel = 4 };
        yield return Of("memory.fill of four gigabytes", fuel, new Code().I32(0).I32(0).I32(-1).Op(Opcode.MemoryFill, 0u));
        yield return Of("memory.copy of four gigabytes", fuel, new Code().I32(0).I32(0).I32(-1).Op(Opcode.MemoryCopy, 0u, 0u));
        yield return Of("table.grow by four billion", fuel, new Code().Op(Opcode.RefNull, (uint)ValueKind.FuncRef).I32(-1).Op(Opcode.TableGrow, 0u).Op(Opcode.Drop));
        yield return new HostileCase("a host call that costs more than there is", fuel, module =>
        {
            int host = module.ImportFunction("charge", ModuleBuilder.Signature([I64], []));
            module.Function("f", [], [], new Code().I64(1_000_000).Call(host));
        });
        yield return new HostileCase("a host call that costs all that can be counted", fuel, module =>
        {
            int host = module.ImportFunction("charge", ModuleBuilder.Signature([I64], []));
            module.Function("f", [], [], new Code().I64(long.MaxValue).Call(host));
        });
        yield return new HostileCase("a leaf function merged into a caller that runs out", fuel, module =>
        {
            int leaf = module.Function(null, [I32], [I32], new Code().Get(0).I32(1).Op(Opcode.I32Add));
            module.Function("f", [], [], Forever(new Code().Get(0).Call(leaf).Set(0)), I32);
        });
    }

    private static IEnumerable<HostileCase> Starts()
    {
        yield return new HostileCase("a start function that traps", TrapKind.Unreachable, module =>
            module.Start(module.Function("f", [], [], new Code().Op(Opcode.Unreachable))))
        { IsAtStart = true };
        yield return new HostileCase("a start function without end", TrapKind.FuelExhausted, module =>
            module.Start(module.Function("f", [], [], Forever(new Code()))))
        { IsAtStart = true };
        yield return new HostileCase("a start function that recurses", TrapKind.CallDepthExceeded, module =>
            module.Start(module.Function("f", [], [], new Code().Call(0))))
        { IsAtStart = true };
        yield return new HostileCase("a start function that grows memory past the cap", TrapKind.MemoryLimitExceeded, module =>
            module.Memory(1).Start(module.Function("f", [], [], new Code().I32(1000).Op(Opcode.MemoryGrow, 0u).Op(Opcode.Drop))))
        { IsAtStart = true };
        yield return new HostileCase("a memory that begins above the cap", TrapKind.MemoryLimitExceeded, module => module.Memory(17)) { IsAtStart = true };
        yield return new HostileCase("a memory that begins with four gigabytes", TrapKind.MemoryLimitExceeded, module => module.Memory(65_536)) { IsAtStart = true };
        yield return new HostileCase("a table that begins above the cap", TrapKind.TableLimitExceeded, module => module.Table(1001)) { IsAtStart = true };
        yield return new HostileCase("a data segment past the memory's end", TrapKind.MemoryOutOfBounds, module =>
            module.Memory(1).Data(65_535, 1, 2))
        { IsAtStart = true };
        yield return new HostileCase("a data segment at the last address", TrapKind.MemoryOutOfBounds, module =>
            module.Memory(1).Data(-1, 1))
        { IsAtStart = true };
        yield return new HostileCase("an empty data segment one past the end", TrapKind.MemoryOutOfBounds, module =>
            module.Memory(1).Data(65_537))
        { IsAtStart = true };
        yield return new HostileCase("an element segment past the table's end", TrapKind.TableOutOfBounds, module =>
        {
            module.Function("f", [], [], new Code());
            module.Table(1).Elements(1, 0);
        })
        { IsAtStart = true };
        yield return new HostileCase("an element segment at the last index", TrapKind.TableOutOfBounds, module =>
        {
            module.Function("f", [], [], new Code());
            module.Table(1).Elements(-1, 0);
        })
        { IsAtStart = true };
    }
}
