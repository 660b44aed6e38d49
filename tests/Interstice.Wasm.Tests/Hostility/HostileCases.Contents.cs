using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Hostility;

/// <content>Addresses, indices and numbers.</content>
internal static partial class HostileCases
{
    private static IEnumerable<HostileCase> Memories()
    {
        const TrapKind bounds = TrapKind.MemoryOutOfBounds;
        const int end = 65_536;
        foreach ((Opcode opcode, int bytes) in (IEnumerable<(Opcode, int)>)
            [(Opcode.I32Load8U, 1), (Opcode.I32Load16S, 2), (Opcode.F32Load, 4), (Opcode.I64Load, 8)])
        {
            yield return Of($"{opcode} across the end", bounds, new Code().I32(end - bytes + 1).Access(opcode).Op([Opcode.Drop]));
            yield return Of($"{opcode} with an offset that wraps around", bounds, new Code().I32(-1).Access(opcode, uint.MaxValue).Op([Opcode.Drop]));
        }

        foreach ((Opcode opcode, Code value, int bytes) in (IEnumerable<(Opcode, Code, int)>)
            [(Opcode.I64Store8, new Code().I64(1), 1), (Opcode.I32Store16, new Code().I32(1), 2), (Opcode.F64Store, new Code().F64(1), 8)])
        {
            yield return Of($"{opcode} across the end", bounds, new Code().I32(end - bytes + 1).Append(value).Access(opcode));
            yield return Of($"{opcode} at the last address", bounds, new Code().I32(-1).Append(value).Access(opcode));
        }

        yield return Of("a load behind one that was checked through the same local", bounds, new Code().I32(end - 4).Set(0)
            .Get(0).Access(Opcode.I32Load).Get(0).Access(Opcode.I32Load, 1).Op(Opcode.I32Add, Opcode.Drop), I32);
        yield return Of("a store behind the end after memory.grow failed to grow", bounds, new Code()
            .I32(0).Op(Opcode.MemoryGrow, 0u).Op([Opcode.Drop]).I32(end).I32(1).Access(Opcode.I32Store8));
        yield return new HostileCase("a load from a memory of no pages", bounds, module =>
            module.Memory(0).Function("f", [], [], new Code().I32(0).Access(Opcode.I32Load8U).Op([Opcode.Drop])));
        (string What, Code Operation)[] bulk =
        [
            ("memory.fill one past the end, of nothing", new Code().I32(end + 1).I32(0).I32(0).Op(Opcode.MemoryFill, 0u)),
            ("memory.fill across the end", new Code().I32(end - 1).I32(0).I32(2).Op(Opcode.MemoryFill, 0u)),
            ("memory.fill whose end wraps around", new Code().I32(-16).I32(0).I32(32).Op(Opcode.MemoryFill, 0u)),
            ("memory.copy from across the end", new Code().I32(0).I32(end - 1).I32(2).Op(Opcode.MemoryCopy, 0u, 0u)),
            ("memory.copy to across the end", new Code().I32(end - 1).I32(0).I32(2).Op(Opcode.MemoryCopy, 0u, 0u)),
            ("memory.copy of nothing from one past the end", new Code().I32(0).I32(end + 1).I32(0).Op(Opcode.MemoryCopy, 0u, 0u)),
            ("memory.copy whose end wraps around", new Code().I32(0).I32(-1).I32(2).Op(Opcode.MemoryCopy, 0u, 0u)),
        ];
        foreach ((string what, Code operation) in bulk) yield return Of(what, bounds, operation);
        (string What, Code Operation)[] segments =
        [
            ("memory.init past the segment's end", new Code().I32(0).I32(3).I32(2).Op(Opcode.MemoryInit, 0u, 0u)),
            ("memory.init past the memory's end", new Code().I32(end - 1).I32(0).I32(2).Op(Opcode.MemoryInit, 0u, 0u)),
            ("memory.init of a dropped segment", new Code().Op(Opcode.DataDrop, 0u).I32(0).I32(0).I32(1).Op(Opcode.MemoryInit, 0u, 0u)),
            ("memory.init with a length that wraps around", new Code().I32(0).I32(-1).I32(2).Op(Opcode.MemoryInit, 0u, 0u)),
        ];
        foreach ((string what, Code operation) in segments)
            yield return new HostileCase(what, bounds, module => module.Memory(1).Data(null, 1, 2, 3, 4).Function("f", [], [], operation));
        yield return Of("memory.grow without end", TrapKind.MemoryLimitExceeded, Forever(new Code().I32(1).Op(Opcode.MemoryGrow, 0u).Op([Opcode.Drop])));
        yield return Of("memory.grow to four gigabytes", TrapKind.MemoryLimitExceeded, new Code().I32(65_535).Op(Opcode.MemoryGrow, 0u).Op([Opcode.Drop]));
        yield return Of("memory.grow one page past the cap", TrapKind.MemoryLimitExceeded, new Code().I32(16).Op(Opcode.MemoryGrow, 0u).Op([Opcode.Drop]));
    }

    private static IEnumerable<HostileCase> Tables()
    {
        const TrapKind bounds = TrapKind.TableOutOfBounds;
        Code nothing = new Code().Op(Opcode.RefNull, (uint)ValueKind.FuncRef);
        (string What, TrapKind Trap, Code Code)[] cases =
        [
            ("table.get one past the end", bounds, new Code().I32(4).Op(Opcode.TableGet, 0u).Op([Opcode.Drop])),
            ("table.get of the last index", bounds, new Code().I32(-1).Op(Opcode.TableGet, 0u).Op([Opcode.Drop])),
            ("table.set one past the end", bounds, new Code().I32(4).Append(nothing).Op(Opcode.TableSet, 0u)),
            ("table.fill across the end", bounds, new Code().I32(3).Append(nothing).I32(2).Op(Opcode.TableFill, 0u)),
            ("table.fill of nothing one past the end", bounds, new Code().I32(5).Append(nothing).I32(0).Op(Opcode.TableFill, 0u)),
            ("table.copy from across the end", bounds, new Code().I32(0).I32(3).I32(2).Op(Opcode.TableCopy, 0u, 0u)),
            ("table.copy to across the end", bounds, new Code().I32(3).I32(0).I32(2).Op(Opcode.TableCopy, 0u, 0u)),
            ("table.copy whose end wraps around", bounds, new Code().I32(0).I32(-1).I32(2).Op(Opcode.TableCopy, 0u, 0u)),
            ("table.init past the segment's end", bounds, new Code().I32(0).I32(1).I32(2).Op(Opcode.TableInit, 0u, 0u)),
            ("table.init of a dropped segment", bounds, new Code().Op(Opcode.ElemDrop, 0u).I32(0).I32(0).I32(1).Op(Opcode.TableInit, 0u, 0u)),
            ("table.grow without end", TrapKind.TableLimitExceeded, Forever(nothing.I32(100).Op(Opcode.TableGrow, 0u).Op([Opcode.Drop]))),
        ];
        foreach ((string what, TrapKind trap, Code code) in cases)
        {
            yield return new HostileCase(what, trap, module =>
            {
                module.Table(4).Elements(null, 0, 0);
                module.Function("f", [], [], code);
            });
        }

        (string What, TrapKind Trap, int Index)[] calls =
        [
            ("an indirect call of a null entry", TrapKind.IndirectCallNull, 1),
            ("an indirect call of another type", TrapKind.IndirectCallTypeMismatch, 0),
            ("an indirect call one past the end", TrapKind.UndefinedElement, 2),
            ("an indirect call of the last index", TrapKind.UndefinedElement, -1),
            ("an indirect call of index 2^31", TrapKind.UndefinedElement, int.MinValue),
        ];
        foreach ((string what, TrapKind trap, int index) in calls)
        {
            yield return new HostileCase(what, trap, module =>
            {
                int other = module.Function(null, [I64], [I64], new Code().Get(0));
                module.Table(2).Elements(0, other).Function("f", [], [], new Code().I32(index).CallIndirect(module.Type(Nothing)));
            });
        }

        yield return new HostileCase("an indirect call through an empty table", TrapKind.UndefinedElement, module =>
            module.Table(0).Function("f", [], [], new Code().I32(0).CallIndirect(module.Type(Nothing))));
        yield return new HostileCase("an indirect call of a host function of another type", TrapKind.IndirectCallTypeMismatch, module =>
        {
            int host = module.ImportFunction("refuse", ModuleBuilder.Signature([I32], [I32]));
            module.Table(2).Elements(0, host).Function("f", [], [], new Code().I32(0).CallIndirect(module.Type(Nothing)));
        });
        yield return new HostileCase("an indirect call of an entry that was overwritten with null", TrapKind.IndirectCallNull, module =>
            module.Table(2).Elements(0, module.Function("f", [], [], new Code().I32(0).Op(Opcode.RefNull, (uint)ValueKind.FuncRef)
                .Op(Opcode.TableSet, 0u).I32(0).CallIndirect(module.Type(Nothing)))));
    }

    private static IEnumerable<HostileCase> Numbers()
    {
        yield return Of("unreachable", TrapKind.Unreachable, new Code().Op(Opcode.Unreachable));
        foreach (Opcode opcode in (Opcode[])[Opcode.I32DivS, Opcode.I32DivU, Opcode.I32RemS, Opcode.I32RemU])
            yield return Of($"{opcode} by zero", TrapKind.IntegerDivideByZero, new Code().I32(int.MinValue).Get(0).Op(opcode, Opcode.Drop), I32);
        foreach (Opcode opcode in (Opcode[])[Opcode.I64DivS, Opcode.I64DivU, Opcode.I64RemS, Opcode.I64RemU])
            yield return Of($"{opcode} by zero", TrapKind.IntegerDivideByZero, new Code().I64(long.MinValue).Get(0).Op(opcode, Opcode.Drop), I64);
        yield return Of("I32DivS of the smallest by -1", TrapKind.IntegerOverflow, new Code().I32(int.MinValue).Get(0).I32(-1).Op(Opcode.I32Or, Opcode.I32DivS, Opcode.Drop), I32);
        yield return Of("I64DivS of the smallest by -1", TrapKind.IntegerOverflow, new Code().I64(long.MinValue).Get(0).I64(-1).Op(Opcode.I64Or, Opcode.I64DivS, Opcode.Drop), I64);
        foreach (Opcode opcode in (Opcode[])[Opcode.I32TruncF32S, Opcode.I32TruncF32U, Opcode.I64TruncF32S, Opcode.I64TruncF32U])
        {
            yield return Of($"{opcode} of NaN", TrapKind.InvalidConversionToInteger, new Code().F32(0x7FC0_0000).Op(opcode, Opcode.Drop));
            yield return Of($"{opcode} of infinity", TrapKind.IntegerOverflow, new Code().F32(0x7F80_0000).Op(opcode, Opcode.Drop));
        }

        foreach (Opcode opcode in (Opcode[])[Opcode.I32TruncF64S, Opcode.I32TruncF64U, Opcode.I64TruncF64S, Opcode.I64TruncF64U])
        {
            yield return Of($"{opcode} of a NaN with a payload", TrapKind.InvalidConversionToInteger, new Code().F64(0xFFF4_0000_0000_0001).Op(opcode, Opcode.Drop));
            yield return Of($"{opcode} of 1e300", TrapKind.IntegerOverflow, new Code().F64(BitConverter.DoubleToUInt64Bits(1e300)).Op(opcode, Opcode.Drop));
        }
    }
}
