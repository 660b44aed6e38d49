using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Hostility;

/// <content>Recursion of every form, and code of unusual shape.</content>
internal static partial class HostileCases
{
    private static IEnumerable<HostileCase> Recursions()
    {
        const TrapKind depth = TrapKind.CallDepthExceeded;
        yield return Of("recursion", depth, new Code().Call(0));
        yield return new HostileCase("recursion of two functions in turn", depth, module =>
        {
            module.Function("f", [], [], new Code().Call(1));
            module.Function(null, [], [], new Code().Call(0));
        });
        yield return new HostileCase("recursion through a table", depth, module =>
            module.Table(1).Elements(0, module.Function("f", [], [], new Code().I32(0).CallIndirect(module.Type(Nothing)))));
        yield return new HostileCase("recursion through a table that the guest writes", depth, module =>
        {
            module.Table(1).Elements(null, 0);
            module.Function("f", [], [], new Code().I32(0).Op(Opcode.RefFunc, 0u).Op(Opcode.TableSet, 0u).I32(0).CallIndirect(module.Type(Nothing)));
        });
        yield return new HostileCase("recursion through the host", depth, module =>
        {
            int host = module.ImportFunction("again", Nothing);
            module.Function("f", [], [], new Code().Call(host));
        });
        yield return new HostileCase("recursion through the host and a table", depth, module =>
        {
            int host = module.ImportFunction("again", Nothing);
            module.Table(1).Elements(0, host).Function("f", [], [], new Code().I32(0).CallIndirect(module.Type(Nothing)));
        });
        yield return new HostileCase("recursion through another instance", depth, module =>
        {
            int other = module.ImportFunction("other", Nothing);
            module.Function("f", [], [], new Code().Call(other));
        });
        yield return new HostileCase("recursion out of every arm of a br_table", depth, module =>
        {
            Code code = new Code().Open(Opcode.Block).Open(Opcode.Block).Open(Opcode.Block)
                .I32(1).Op(Opcode.BrTable, 2u, 0u, 1u, 2u).End().Call(0).End().Call(0).End().Call(0);
            module.Function("f", [], [], code);
        });
        yield return Of("recursion in an endless loop", depth, Forever(new Code().Call(0)));
        yield return new HostileCase("recursion with 50,000 locals", depth, module =>
            module.Function("f", [], [], new Code().I64(1).Set(49_999).Call(0), [.. Enumerable.Repeat(I64, 50_000)]));
        yield return new HostileCase("recursion with 3,000 live locals", depth, module =>
        {
            var live = new Code();
            for (uint i = 0; i < 3000; i++) live.Get(0).Op(Opcode.F64Sqrt).Set(i);
            live.Call(0).F64(0);
            for (uint i = 0; i < 3000; i++) live.Get(i).Op(Opcode.F64Add);
            module.Function("f", [], [], live.Op(Opcode.Drop), [.. Enumerable.Repeat(F64, 3000)]);
        })
        { Fuel = 100_000_000 };
        yield return new HostileCase("recursion with 1,000 parameters", depth, module =>
        {
            var pass = new Code();
            for (uint i = 0; i < 1000; i++) pass.Get((i + 1) % 1000);
            int wide = module.Function(null, [.. Enumerable.Repeat(I64, 1000)], [], pass.Call(0));
            var first = new Code();
            for (int i = 0; i < 1000; i++) first.I64(i);
            module.Function("f", [], [], first.Call(wide));
        });
        yield return new HostileCase("recursion with 1,000 results", depth, module =>
        {
            int wide = module.Function(null, [], [.. Enumerable.Repeat(I64, 1000)], new Code().Call(0));
            var drop = new Code().Call(wide);
            for (int i = 0; i < 1000; i++) drop.Op([Opcode.Drop]);
            module.Function("f", [], [], drop);
        });
        yield return new HostileCase("recursion with 6,000 operands waiting", depth, module =>
        {
            var pending = new Code();
            for (int i = 0; i < 6000; i++) pending.Call(1);
            pending.Call(0);
            for (int i = 1; i < 6000; i++) pending.Op(Opcode.I64Add);
            module.Function("f", [], [], pending.Op(Opcode.Drop));
            module.Function(null, [], [I64], new Code().I64(1));
        })
        { Fuel = 100_000_000 };
        yield return new HostileCase("a chain of more functions than the stack is deep", depth, module =>
        {
            for (int i = 0; i < 2000; i++) module.Function(i == 0 ? "f" : null, [], [], i == 1999 ? new Code() : new Code().Call(i + 1));
        });
    }

    private static IEnumerable<HostileCase> Shapes()
    {
        yield return new HostileCase("a br_table of 65,520 targets, past its end", TrapKind.Unreachable, module =>
        {
            uint[] targets = [.. Enumerable.Repeat(0u, 65_520), 1];
            Code code = new Code().Open(Opcode.Block).Open(Opcode.Block).I32(-1).Op(Opcode.BrTable, [65_520, .. targets]).End()
                .Op(Opcode.Return).End().Op(Opcode.Unreachable);
            module.Function("f", [], [], code);
        });
        yield return new HostileCase("a br_table of 1,000 blocks, each with a value", TrapKind.Unreachable, module =>
        {
            var code = new Code();
            for (int i = 0; i < 1000; i++) code.Open(Opcode.Block, I32);
            code.I32(7).I32(999).Op(Opcode.BrTable, [1000, .. Enumerable.Range(0, 1000).Select(i => (uint)i), 0]);
            for (int i = 0; i < 1000; i++) code.End();
            module.Function("f", [], [], code.Op(Opcode.Drop, Opcode.Unreachable));
        });
        yield return new HostileCase("16,000 blocks inside one another", TrapKind.Unreachable, module =>
        {
            var code = new Code();
            for (int i = 0; i < 16_000; i++) code.Open(Opcode.Block);
            code.Op([Opcode.Unreachable]);
            for (int i = 0; i < 16_000; i++) code.End();
            module.Function("f", [], [], code);
        });
        yield return new HostileCase("1,000 ifs inside one another", TrapKind.Unreachable, module =>
        {
            var code = new Code();
            for (int i = 0; i < 1000; i++) code.I32(1).Open(Opcode.If);
            code.Op([Opcode.Unreachable]);
            for (int i = 0; i < 1000; i++) code.End();
            module.Function("f", [], [], code);
        });
        yield return new HostileCase("1,000 loops inside one another", TrapKind.FuelExhausted, module =>
        {
            var code = new Code();
            for (int i = 0; i < 1000; i++) code.Open(Opcode.Loop);
            code.Op(Opcode.Br, 999u);
            for (int i = 0; i < 1000; i++) code.End();
            module.Function("f", [], [], code);
        });
        yield return new HostileCase("an expression of 30,000 instructions", TrapKind.IntegerDivideByZero, module =>
        {
            var code = new Code().I32(1);
            for (int i = 0; i < 15_000; i++) code.Get(0).Op(Opcode.I32Add);
            module.Function("f", [], [], code.I32(0).Op(Opcode.I32DivU, Opcode.Drop), I32);
        });
        yield return new HostileCase("60,000 operands on the stack", TrapKind.Unreachable, module =>
        {
            var code = new Code();
            for (int i = 0; i < 60_000; i++) code.Get(0);
            for (int i = 1; i < 60_000; i++) code.Op([Opcode.I32Add]);
            module.Function("f", [], [], code.Op(Opcode.Drop, Opcode.Unreachable), I32);
        });
        yield return new HostileCase("50,000 locals in use", TrapKind.Unreachable, module =>
        {
            var code = new Code();
            for (uint i = 1; i < 9_000; i++) code.Get(i - 1).I64(1).Op(Opcode.I64Add).Set(i * 5);
            module.Function("f", [], [], code.Op([Opcode.Unreachable]), [.. Enumerable.Repeat(I64, 50_000)]);
        });
        yield return new HostileCase("a host function that fails while the guest holds operands", TrapKind.Host, module =>
        {
            int host = module.ImportFunction("refuse", ModuleBuilder.Signature([I32], [I32]));
            module.Function("f", [], [], new Code().I32(1).I32(2).Call(host).I32(3).Call(host).Op(Opcode.I32Add, Opcode.I32Add, Opcode.Drop));
        });
        yield return new HostileCase("a trap inside a call that the host made back", TrapKind.IntegerDivideByZero, module =>
        {
            int host = module.ImportFunction("back", Nothing);
            module.Function("inner", [], [], new Code().I32(1).I32(0).Op(Opcode.I32DivS, Opcode.Drop));
            module.Function("f", [], [], new Code().Call(host));
        });
        yield return new HostileCase("fuel that runs out inside a call that the host made back", TrapKind.FuelExhausted, module =>
        {
            int host = module.ImportFunction("back", Nothing);
            module.Function("inner", [], [], Forever(new Code()));
            module.Function("f", [], [], new Code().Call(host));
        });
        yield return new HostileCase("a NaN with a payload for a host that takes none", TrapKind.Host, module =>
        {
            int host = module.ImportFunction("number", ModuleBuilder.Signature([F64], []));
            module.Function("f", [], [], new Code().F64(0x7FF4_0000_DEAD_BEEF).Call(host));
        });
        yield return new HostileCase("a NaN of bits for a host that takes none", TrapKind.Host, module =>
        {
            int host = module.ImportFunction("number", ModuleBuilder.Signature([F64], []));
            module.Function("f", [], [], new Code().I64(-1).Op(Opcode.F64ReinterpretI64).Call(host));
        });
    }
}
