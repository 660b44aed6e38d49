using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Validation;

/// <summary>Rules for what stands outside of bodies.</summary>
public sealed class ModuleValidationTests
{
    private const byte ConstI32 = 0x41, ConstI64 = 0x42, GlobalGet = 0x23, RefNull = 0xD0, RefFunc = 0xD2, End = 0x0B;

    public static TheoryData<byte[], string> Wrong => new()
    {
        { new WasmBuilder().Function(0).Build(), "unknown type 0" },
        { new WasmBuilder().Import("a", "b", ExternKind.Function, 7).Build(), "unknown type 7" },
        { new WasmBuilder().Table(FuncRef, 2, 1).Build(), "size minimum must not be greater than maximum: 2 and 1" },
        { new WasmBuilder().Import("a", "b", ExternKind.Table, FuncRef, 1, 2, 1).Build(), "size minimum must not be" },
        { new WasmBuilder().Memory(2, 1).Build(), "size minimum must not be greater than maximum: 2 and 1" },
        { new WasmBuilder().Memory(65_537).Build(), "memory size must be at most 65536 pages (4GiB), found 65537" },
        { new WasmBuilder().Memory(0, 65_537).Build(), "memory size must be at most 65536 pages (4GiB)" },
        { new WasmBuilder().Export("a", ExternKind.Function, 0).Build(), "unknown function 0 in export \"a\"" },
        { new WasmBuilder().Export("a", ExternKind.Table, 0).Build(), "unknown table 0" },
        { new WasmBuilder().Export("a", ExternKind.Memory, 0).Build(), "unknown memory 0" },
        { new WasmBuilder().Export("a", ExternKind.Global, 0).Build(), "unknown global 0" },
        {
            new WasmBuilder().Memory(1).Export("a", ExternKind.Memory, 0).Export("a", ExternKind.Memory, 0).Build(),
            "duplicate export name \"a\""
        },
        { new WasmBuilder().Start(0).Build(), "unknown function 0 as start function" },
        {
            new WasmBuilder().Type([I32], []).Function(0).Start(0).Build(),
            "start function 0 must have type [] -> [], found [i32] -> []"
        },
        { new WasmBuilder().Type([], [I32]).Function(0, ConstI32, 0).Start(0).Build(), "start function" },
        {
            new WasmBuilder().Global(I32, false).Build(),
            "type mismatch in a constant expression: expected i32, found 0 values"
        },
        {
            new WasmBuilder().Global(I32, false, ConstI64, 0).Build(),
            "type mismatch in a constant expression: expected i32, found i64"
        },
        {
            new WasmBuilder().Global(I32, false, ConstI32, 0, ConstI32, 0).Build(),
            "type mismatch in a constant expression: expected i32, found 2 values"
        },
        { new WasmBuilder().Global(I32, false, 0x01).Build(), "constant expression required: nop is not constant" },
        { new WasmBuilder().Global(I32, false, ConstI32, 0, 0x67).Build(), "constant expression required: i32.clz" },
        { new WasmBuilder().Global(I32, false, 0x20, 0).Build(), "constant expression required: local.get" },
        {
            new WasmBuilder().Global(I32, false, 0x02, I32, ConstI32, 0, End).Build(),
            "constant expression required: block"
        },
        {
            new WasmBuilder().Global(I32, false, GlobalGet, 0).Build(),
            "unknown global 0: a constant expression may only name imported"
        },
        {
            new WasmBuilder().Global(I32, false, ConstI32, 0).Global(I32, false, GlobalGet, 0).Build(),
            "unknown global 0"
        },
        {
            new WasmBuilder().Import("a", "b", ExternKind.Global, I32, 1).Global(I32, false, GlobalGet, 0).Build(),
            "constant expression required: global 0 is mutable"
        },
        {
            new WasmBuilder().Import("a", "b", ExternKind.Global, I64, 0).Global(I32, false, GlobalGet, 0).Build(),
            "type mismatch"
        },
        { new WasmBuilder().Global(FuncRef, false, RefFunc, 0).Build(), "unknown function 0" },
        { new WasmBuilder().Global(FuncRef, false, RefNull, ExternRef).Build(), "type mismatch" },
        { new WasmBuilder().Data(0, ConstI32, 0, End, 0).Build(), "unknown memory 0" },
        { new WasmBuilder().Memory(1).Data(2, 1, ConstI32, 0, End, 0).Build(), "unknown memory 1" },
        { new WasmBuilder().Memory(1).Data(0, ConstI64, 0, End, 0).Build(), "type mismatch" },
        { new WasmBuilder().Element(0, ConstI32, 0, End, 0).Build(), "unknown table 0" },
        { new WasmBuilder().Table(FuncRef, 1).Element(2, 1, ConstI32, 0, End, 0, 0).Build(), "unknown table 1" },
        {
            new WasmBuilder().Table(ExternRef, 1).Element(0, ConstI32, 0, End, 0).Build(),
            "type mismatch: table 0 holds externref, the element segment funcref"
        },
        { new WasmBuilder().Table(FuncRef, 1).Element(0, ConstI64, 0, End, 0).Build(), "type mismatch" },
        { new WasmBuilder().Element(1, 0, 1, 0).Build(), "unknown function 0" },
        { new WasmBuilder().Element(5, FuncRef, 1, RefNull, ExternRef, End).Build(), "type mismatch" },
        { new WasmBuilder().Element(5, ExternRef, 1, RefFunc, 0, End).Build(), "unknown function 0" },
        { new WasmBuilder().Type([], []).Function(0, 0xFC, 0x09, 0).Build(), "unknown data segment 0" },
    };

    public static TheoryData<string, byte[]> Right => new()
    {
        { "a table as large as its type allows", new WasmBuilder().Table(FuncRef, 0, uint.MaxValue).Build() },
        { "a memory as large as can be", new WasmBuilder().Memory(65_536, 65_536).Build() },
        {
            "equal names of different kinds of things inside and outside",
            new WasmBuilder().Import("a", "a", ExternKind.Global, I32, 0).Export("a", ExternKind.Global, 0).Build()
        },
        { "a start function", new WasmBuilder().Type([], []).Function(0).Start(0).Build() },
        {
            "a global from an imported one",
            new WasmBuilder().Import("a", "b", ExternKind.Global, I64, 0).Global(I64, false, GlobalGet, 0).Build()
        },
        {
            "functions that an export makes referable",
            new WasmBuilder().Type([], []).Function(0, RefFunc, 0, 0x1A).Export("a", ExternKind.Function, 0).Build()
        },
        {
            "functions that a declarative segment makes referable",
            new WasmBuilder().Type([], []).Function(0, RefFunc, 0, 0x1A).Element(3, 0, 1, 0).Build()
        },
        {
            "functions that a global makes referable",
            new WasmBuilder().Type([], []).Function(0, RefFunc, 0, 0x1A).Global(FuncRef, false, RefFunc, 0).Build()
        },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_declaration_that_breaks_a_rule_is_invalid_and_the_message_says_how(byte[] binary, string words) =>
        Loading.Refusal(binary).ShouldSay(WasmFormatErrorKind.Invalid, words);

    [Theory]
    [MemberData(nameof(Right))]
    public void A_declaration_that_keeps_the_rules_is_accepted(string what, byte[] binary) =>
        Loading.TryLoad(binary).ShouldBeNull(what);

    // The start function alone does not make a function referable, nor does a call.
    [Fact]
    public void A_start_function_is_not_referable_for_that() =>
        Loading.Refusal(new WasmBuilder().Type([], []).Function(0, RefFunc, 0, 0x1A).Start(0).Build())
            .ShouldSay(WasmFormatErrorKind.Invalid, "undeclared function reference");
}
