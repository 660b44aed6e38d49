using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Validation;

/// <summary>Rules for bodies: one body for each rule it breaks, and bodies that need a rule to be accepted.</summary>
public sealed class FunctionValidationTests
{
    private const byte Unreachable = 0x00, Nop = 0x01, Block = 0x02, Loop = 0x03, If = 0x04, Else = 0x05, End = 0x0B;
    private const byte Br = 0x0C, BrIf = 0x0D, BrTable = 0x0E, Return = 0x0F, Call = 0x10, CallIndirect = 0x11;
    private const byte Drop = 0x1A, Select = 0x1B, SelectTyped = 0x1C;
    private const byte LocalGet = 0x20, LocalSet = 0x21, LocalTee = 0x22;
    private const byte GlobalGet = 0x23, GlobalSet = 0x24, TableGet = 0x25, TableSet = 0x26;
    private const byte Load = 0x28, Store64 = 0x37;
    private const byte ConstI32 = 0x41, ConstI64 = 0x42, EqzI32 = 0x45, AddI32 = 0x6A, AddI64 = 0x7C;
    private const byte RefNull = 0xD0, RefIsNull = 0xD1, RefFunc = 0xD2, Prefix = 0xFC, Empty = 0x40;

    public static TheoryData<byte[], string> Wrong => new()
    {
        { [AddI32], "type mismatch: i32.add expects i32, found none" },
        { [ConstI32, 0, AddI32], "type mismatch: i32.add expects i32, found none" },
        { [ConstI32, 0, ConstI64, 0, AddI32], "type mismatch: i32.add expects i32, found i64" },
        { [ConstI32, 0], "type mismatch: end expects [] at the end of the block, found 1 more below" },
        { [Block, I32, End, Drop], "type mismatch: end expects [i32], found []" },
        { [Block, I32, ConstI64, 0, End, Drop], "type mismatch: end expects [i32], found [i64]" },
        { [ConstI32, 0, Block, Empty, Drop, End], "type mismatch: drop expects an operand, found none" },
        { [Drop], "type mismatch: drop expects an operand, found none" },
        { [ConstI32, 0, If, I32, ConstI32, 0, End, Drop], "type mismatch: an if without else" },
        { [ConstI32, 0, If, I32, ConstI32, 0, Else, End, Drop], "type mismatch: end expects [i32], found []" },
        { [ConstI32, 0, If, I32, Else, ConstI32, 0, End, Drop], "type mismatch: else expects [i32], found []" },
        { [ConstI64, 0, If, Empty, End], "type mismatch: if expects i32, found i64" },
        { [Block, I32, Br, 0, End, Drop], "type mismatch: br expects [i32], found []" },
        { [Block, I32, ConstI64, 0, Br, 0, End, Drop], "type mismatch: br expects [i32], found [i64]" },
        { [Br, 1], "unknown label 1: 1 blocks are open" },
        { [ConstI32, 0, BrIf, 1], "unknown label 1" },
        { [Block, I32, ConstI32, 0, BrIf, 0, End, Drop], "type mismatch: br_if expects [i32], found []" },
        { [ConstI32, 0, BrTable, 0, 1], "unknown label 1" },
        { [ConstI32, 0, BrTable, 1, 1, 0], "unknown label 1" },
        {
            [Block, I32, ConstI32, 0, ConstI32, 0, BrTable, 1, 0, 1, End, Drop],
            "type mismatch: br_table expects 0 operands"
        },
        {
            [Block, I32, Block, I64, Unreachable, ConstI32, 0, ConstI32, 0, BrTable, 1, 0, 1,
                End, Drop, ConstI32, 0, End, Drop],
            "type mismatch: br_table expects [i64], found [i32]"
        },
        { [LocalGet, 3, Drop], "unknown local 3: the function has 3" },
        { [ConstI32, 0, LocalSet, 3], "unknown local 3" },
        { [ConstI32, 0, LocalTee, 3, Drop], "unknown local 3" },
        { [ConstI64, 0, LocalSet, 0], "type mismatch: local.set expects i32, found i64" },
        { [ConstI32, 0, LocalTee, 1, Drop], "type mismatch: local.tee expects i64, found i32" },
        { [GlobalGet, 9, Drop], "unknown global 9: the module has 2" },
        { [ConstI32, 0, GlobalSet, 1], "global is immutable: global.set 1" },
        { [ConstI64, 0, GlobalSet, 0], "type mismatch: global.set expects i32, found i64" },
        { [Call, 9], "unknown function 9: the module has 3" },
        { [Call, 1], "type mismatch: call expects [i32 i64], found []" },
        { [ConstI64, 0, ConstI64, 0, Call, 1, Drop], "type mismatch: call expects [i32 i64], found [i64 i64]" },
        { [ConstI32, 0, CallIndirect, 9, 0], "unknown type 9: the module has 3" },
        { [ConstI32, 0, CallIndirect, 0, 9], "unknown table 9: the module has 2" },
        { [ConstI32, 0, CallIndirect, 0, 1], "type mismatch: call_indirect expects a table of funcref" },
        { [ConstI64, 0, CallIndirect, 0, 0], "type mismatch: call_indirect expects i32, found i64" },
        { [Block, 9, End], "unknown type 9" },
        {
            [ConstI32, 0, ConstI64, 0, ConstI32, 0, Select, Drop],
            "type mismatch: select expects two operands of one kind, found i32 and i64"
        },
        {
            [RefNull, FuncRef, RefNull, FuncRef, ConstI32, 0, Select, Drop],
            "type mismatch: select expects numbers without a type, found funcref"
        },
        { [ConstI32, 0, ConstI32, 0, ConstI32, 0, SelectTyped, 0], "invalid result arity: select with 0 types" },
        {
            [ConstI32, 0, ConstI32, 0, ConstI32, 0, SelectTyped, 2, I32, I32],
            "invalid result arity: select with 2 types"
        },
        {
            [ConstI32, 0, ConstI32, 0, ConstI32, 0, SelectTyped, 1, I64, Drop],
            "type mismatch: select expects i64, found i32"
        },
        { [ConstI32, 0, RefIsNull, Drop], "type mismatch: ref.is_null expects a reference, found i32" },
        { [RefFunc, 9, Drop], "unknown function 9" },
        { [RefFunc, 0, Drop], "undeclared function reference: function 0" },
        {
            [ConstI32, 0, Load, 3, 0, Drop],
            "alignment must not be larger than natural: i32.load with 2^3, natural is 2^2"
        },
        { [ConstI32, 0, ConstI64, 0, Store64, 4, 0], "alignment must not be larger than natural: i64.store" },
        { [ConstI32, 0, ConstI32, 0, Store64, 3, 0], "type mismatch: i64.store expects i64, found i32" },
        { [ConstI64, 0, Load, 2, 0, Drop], "type mismatch: i32.load expects i32, found i64" },
        { [ConstI32, 0, TableGet, 9, Drop], "unknown table 9" },
        { [ConstI32, 0, RefNull, ExternRef, TableSet, 0], "type mismatch: table.set expects funcref, found externref" },
        { [ConstI32, 0, ConstI32, 0, ConstI32, 0, Prefix, 8, 9, 0], "unknown data segment 9: the module has 1" },
        { [Prefix, 9, 9], "unknown data segment 9" },
        { [ConstI32, 0, ConstI32, 0, ConstI32, 0, Prefix, 12, 9, 0], "unknown elem segment 9: the module has 1" },
        { [ConstI32, 0, ConstI32, 0, ConstI32, 0, Prefix, 12, 0, 9], "unknown table 9" },
        {
            [ConstI32, 0, ConstI32, 0, ConstI32, 0, Prefix, 12, 0, 1],
            "type mismatch: table.init expects references of kind externref, found funcref"
        },
        { [Prefix, 13, 9], "unknown elem segment 9" },
        {
            [ConstI32, 0, ConstI32, 0, ConstI32, 0, Prefix, 14, 0, 1],
            "type mismatch: table.copy expects references of kind funcref, found externref"
        },
        {
            [RefNull, ExternRef, ConstI32, 0, Prefix, 15, 0, Drop],
            "type mismatch: table.grow expects funcref, found externref"
        },
        { [Prefix, 16, 9, Drop], "unknown table 9" },
        {
            [ConstI32, 0, RefNull, FuncRef, ConstI64, 0, Prefix, 17, 0],
            "type mismatch: table.fill expects i32, found i64"
        },
        { [ConstI32, 0, ConstI32, 0, Prefix, 10, 0, 0], "type mismatch: memory.copy expects i32, found none" },
        { [Unreachable, ConstI64, 0, AddI32, Drop], "type mismatch: i32.add expects i32, found i64" },
        { [Unreachable, Block, I32, ConstI64, 0, End, Drop], "type mismatch: end expects [i32], found [i64]" },
        { [Br, 0, ConstI32, 0], "type mismatch: end expects [] at the end of the block, found 1 more below" },
        { [Unreachable, Br, 1], "unknown label 1" },
        { [Return, Block, I32, Nop, End, Drop], "type mismatch: end expects [i32], found []" },
        { [Unreachable, Select, AddI64, ConstI32, 0, AddI32, Drop], "type mismatch: i32.add expects i32, found i64" },
        { [Unreachable, ConstI32, 0, ConstI64, 0, ConstI32, 0, Select, Drop], "type mismatch: select" },
        { [Unreachable, ConstI32, 0, RefIsNull, Drop], "type mismatch: ref.is_null" },
        { [Loop, 2, ConstI32, 0, Br, 0, End], "type mismatch: loop expects [i32 i64], found []" },
    };

    public static TheoryData<byte[]> Right => new()
    {
        { [Unreachable, AddI32, Drop] },
        { [Unreachable, Select, Drop] },
        { [Unreachable, Select, AddI32, Drop] },
        { [Unreachable, ConstI32, 0, Select, Drop] },
        { [Unreachable, SelectTyped, 1, FuncRef, RefIsNull, Drop] },
        { [Unreachable, RefIsNull, EqzI32, Drop] },
        { [Unreachable, BrTable, 2, 0, 0, 0] },
        { [Block, I32, Block, I64, Unreachable, BrTable, 1, 0, 1, End, Drop, ConstI32, 0, End, Drop] },
        { [Return, AddI32, EqzI32, Drop] },
        { [Block, I32, ConstI32, 0, ConstI32, 1, BrIf, 0, Nop, End, Drop] },
        { [Block, I32, ConstI32, 0, Br, 0, AddI32, End, Drop] },
        {
            [ConstI32, 0, ConstI64, 0, Loop, 2, LocalSet, 1, LocalGet, 1, ConstI32, 0, BrIf, 0,
                Drop, Drop, ConstI32, 3, End, Drop]
        },
        { [ConstI32, 0, ConstI64, 0, ConstI32, 0, If, 2, Drop, Else, Drop, End, Drop] },
        { [ConstI32, 0, ConstI64, 0, Call, 1, Drop] },
        { [ConstI32, 0, If, Empty, Return, End] },
        { [RefFunc, 2, Drop] },
        { [ConstI32, 0, ConstI32, 0, TableGet, 0, TableSet, 0] },
        { [ConstI32, 0, RefNull, FuncRef, ConstI32, 0, Prefix, 17, 0] },
        { [Prefix, 16, 1, Drop, RefNull, ExternRef, ConstI32, 1, Prefix, 15, 1, Drop] },
        { [Nop] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_body_that_breaks_a_rule_is_invalid_and_the_message_says_how(byte[] code, string words)
    {
        WasmFormatException refusal = Loading.Refusal(With(code));

        refusal.ShouldSay(WasmFormatErrorKind.Invalid, words);
        refusal.Message.ShouldContain("in function 2 ", Case.Sensitive);
    }

    [Theory]
    [MemberData(nameof(Right))]
    public void A_body_that_keeps_the_rules_is_accepted(byte[] code) => Loading.TryLoad(With(code)).ShouldBeNull();

    [Theory]
    [InlineData(new byte[] { ConstI32, 0, Load, 2, 0, Drop })]
    [InlineData(new byte[] { 0x3F, 0, Drop })]
    [InlineData(new byte[] { ConstI32, 0, 0x40, 0, Drop })]
    [InlineData(new byte[] { ConstI32, 0, ConstI32, 0, ConstI32, 0, Prefix, 10, 0, 0 })]
    [InlineData(new byte[] { ConstI32, 0, ConstI32, 0, ConstI32, 0, Prefix, 11, 0 })]
    public void Memory_instructions_need_a_memory(byte[] code) =>
        Loading.Refusal(new WasmBuilder().Type([], []).Function(0, code).Build())
            .ShouldSay(WasmFormatErrorKind.Invalid, "unknown memory 0");

    [Fact]
    public void Several_results_are_taken_in_order()
    {
        byte[] twoResults = [ConstI32, 1, ConstI64, 2];
        byte[] binary = new WasmBuilder().Type([], [I32, I64]).Type([I32, I64], [I64])
            .Function(0, twoResults)
            .Function(1, LocalGet, 0, LocalGet, 1, Block, 1, LocalSet, 1, Drop, LocalGet, 1, End)
            .Build();

        Loading.TryLoad(binary).ShouldBeNull();
    }

    // A validator that recursed would end the process here.
    [Fact]
    public void The_deepest_nesting_that_is_allowed_is_validated_without_recursion()
    {
        int depth = ModuleLimits.Default.NestingMax;
        byte[] code = [.. Enumerable.Repeat<byte[]>([Block, Empty], depth).SelectMany(part => part),
            .. Enumerable.Repeat(End, depth)];

        Loading.TryLoad(With(code)).ShouldBeNull();
    }

    [Fact]
    public void Tables_of_branches_to_the_same_deep_labels_are_checked_once_each()
    {
        byte[] labels = [.. Enumerable.Range(0, 60_000).SelectMany(i => WasmBytes.Unsigned((ulong)(i % 2000)))];
        byte[] code =
        [
            .. Enumerable.Repeat<byte[]>([Block, Empty], 2000).SelectMany(part => part),
            .. Enumerable.Repeat<byte[]>([ConstI32, 0, BrTable, .. WasmBytes.Unsigned(60_000), .. labels, 0], 5)
                .SelectMany(part => part),
            .. Enumerable.Repeat(End, 2000),
        ];

        Loading.TryLoad(With(code)).ShouldBeNull();
    }

    /// <summary>Function 2 with three locals, after two imports, in a module with a bit of everything.</summary>
    private static byte[] With(byte[] code) => new WasmBuilder()
        .Type([], []).Type([I32, I64], [I32]).Type([I32, I64], [I32])
        .Import("a", "b", ExternKind.Function, 0).Import("a", "c", ExternKind.Function, 1)
        .Table(FuncRef, 1).Table(ExternRef, 1).Memory(1)
        .Global(I32, true, ConstI32, 0).Global(I32, false, ConstI32, 0)
        .Element(1, 0, 1, 2).DataCount(1)
        .FunctionWithLocals(0, [(1, I32), (1, I64), (1, FuncRef)], code)
        .Data(1, 0)
        .Build();
}
