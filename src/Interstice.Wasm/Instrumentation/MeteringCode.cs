using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Instrumentation;

/// <summary>The instructions that are added (docs/formats/fuel.md).</summary>
internal static class MeteringCode
{
    private const byte NoResult = 0x40;
    private const int BulkPerFuelShift = 6;

    /// <summary>Charges a fixed amount.</summary>
    public static void Charge(ByteSink code, MeteringPlan plan, int amount)
    {
        code.Op(Opcode.GlobalGet, plan.Fuel).I64(amount).Op(Opcode.I64Sub).Op(Opcode.GlobalSet, plan.Fuel);
        TrapIfFuelIsOut(code, plan);
    }

    /// <summary>Takes units of call depth.</summary>
    public static void Enter(ByteSink code, MeteringPlan plan, int units)
    {
        code.Op(Opcode.GlobalGet, plan.Depth).I32(units).Op(Opcode.I32Sub).Op(Opcode.GlobalSet, plan.Depth);
        code.Op(Opcode.GlobalGet, plan.Depth).I32(0).Op(Opcode.I32LtS);
        TrapIf(code);
    }

    /// <summary>Gives units of call depth back.</summary>
    public static void Leave(ByteSink code, MeteringPlan plan, int units) =>
        code.Op(Opcode.GlobalGet, plan.Depth).I32(units).Op(Opcode.I32Add).Op(Opcode.GlobalSet, plan.Depth);

    /// <summary>Body of <see cref="MeteringPlan.BulkFunction"/>.</summary>
    public static ByteSink BulkBody(MeteringPlan plan)
    {
        ByteSink code = new ByteSink().Unsigned(0);
        code.Op(Opcode.GlobalGet, plan.Fuel);
        code.Op(Opcode.LocalGet, 0).I32(BulkPerFuelShift).Op(Opcode.I32ShrU).Op(Opcode.I64ExtendI32U);
        code.Op(Opcode.I64Sub).Op(Opcode.GlobalSet, plan.Fuel);
        TrapIfFuelIsOut(code, plan);
        return code.Op(Opcode.LocalGet, 0).Op(Opcode.End);
    }

    /// <summary>Body of <see cref="MeteringPlan.GrowFunction"/>. What cannot be had although the limit allows it counts as over
    /// the limit: a result that depends on the machine must not reach the guest.</summary>
    public static ByteSink GrowBody(MeteringPlan plan, MemoryDeclaration memory)
    {
        const int after = 1, before = 2;
        ByteSink code = new ByteSink().Unsigned(2).Unsigned(1).Kind(ValueKind.I64).Unsigned(1).Kind(ValueKind.I32);
        code.Op(Opcode.MemorySize).Raw(0).Op(Opcode.I64ExtendI32U);
        code.Op(Opcode.LocalGet, 0).Op(Opcode.I64ExtendI32U).Op(Opcode.I64Add).Op(Opcode.LocalSet, after);
        GiveUpPast(code, after, Math.Min(memory.Maximum ?? uint.MaxValue, Execution.LinearMemory.PagesMax));
        TrapPast(code, plan, after, plan.PagesMax);
        code.Op(Opcode.LocalGet, 0).Op(Opcode.MemoryGrow).Raw(0);
        return TrapIfRefused(code, plan, before);
    }

    /// <summary>Body of the function in place of <c>table.grow</c>.</summary>
    public static ByteSink TableGrowBody(MeteringPlan plan, int table)
    {
        const int count = 1, after = 2, before = 3;
        ByteSink code = new ByteSink().Unsigned(2).Unsigned(1).Kind(ValueKind.I64).Unsigned(1).Kind(ValueKind.I32);
        code.Op(Opcode.LocalGet, count).Op(Opcode.Call, plan.BulkFunction).Op(Opcode.I64ExtendI32U);
        code.Op(Opcode.TableSize, table).Op(Opcode.I64ExtendI32U).Op(Opcode.I64Add).Op(Opcode.LocalSet, after);
        GiveUpPast(code, after, plan.Module.Tables[table].Maximum ?? uint.MaxValue);
        TrapPast(code, plan, after, plan.EntriesMax);
        code.Op(Opcode.LocalGet, 0).Op(Opcode.LocalGet, count).Op(Opcode.TableGrow, table);
        return TrapIfRefused(code, plan, before);
    }

    private static void TrapIfFuelIsOut(ByteSink code, MeteringPlan plan)
    {
        code.Op(Opcode.GlobalGet, plan.Fuel).I64(0).Op(Opcode.I64LtS);
        TrapIf(code);
    }

    // Past what the module itself declares: -1, as the specification says.
    private static void GiveUpPast(ByteSink code, int after, long maximum)
    {
        code.Op(Opcode.LocalGet, after).I64(maximum).Op(Opcode.I64GtU);
        code.Op(Opcode.If).Raw(NoResult).I32(-1).Op(Opcode.Return).Op(Opcode.End);
    }

    // Past what the host allows: a trap, since the guest must not see the host's limits.
    private static void TrapPast(ByteSink code, MeteringPlan plan, int after, int limit)
    {
        code.Op(Opcode.LocalGet, after).Op(Opcode.GlobalGet, limit).Op(Opcode.I64ExtendI32U).Op(Opcode.I64GtU);
        TrapOverLimitIf(code, plan);
    }

    private static ByteSink TrapIfRefused(ByteSink code, MeteringPlan plan, int before)
    {
        code.Op(Opcode.LocalTee, before).I32(-1).Op(Opcode.I32Eq);
        TrapOverLimitIf(code, plan);
        return code.Op(Opcode.LocalGet, before).Op(Opcode.End);
    }

    private static void TrapOverLimitIf(ByteSink code, MeteringPlan plan) =>
        code.Op(Opcode.If).Raw(NoResult)
            .I32(1).Op(Opcode.GlobalSet, plan.OverLimit).Op(Opcode.Unreachable).Op(Opcode.End);

    private static void TrapIf(ByteSink code) =>
        code.Op(Opcode.If).Raw(NoResult).Op(Opcode.Unreachable).Op(Opcode.End);
}
