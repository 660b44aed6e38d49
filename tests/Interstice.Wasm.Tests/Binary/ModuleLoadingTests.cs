using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Binary;

public sealed class ModuleLoadingTests
{
    [Fact]
    public void An_empty_module_loads()
    {
        WasmModule module = WasmModule.Load(WasmBytes.Header);

        module.Functions.ShouldBeEmpty();
        module.Start.ShouldBeNull();
    }

    [Fact]
    public void Everything_that_a_binary_declares_is_in_the_module()
    {
        WasmModule module = WasmModule.Load(SampleModule.Bytes);

        module.Types.Length.ShouldBe(3);
        module.Types[2].ToString().ShouldBe("[i64 f32 f64] -> [i64 f64]");
        module.Imports.ShouldBe(
            [new Import("env", "add", ExternKind.Function, 0), new Import("env", "base", ExternKind.Global, 0)]);
        module.ImportedFunctionCount.ShouldBe(1);
        module.Functions.Select(f => f.TypeIndex).ShouldBe([1, 1, 0, 2]);
        module.Functions[0].Body.ShouldBeNull();
        module.Functions[1].Body!.Locals.ShouldBe(
            [ValueKind.I32, ValueKind.I32, ValueKind.I64, ValueKind.I64, ValueKind.F32]);
        module.Tables.ShouldBe(
            [new TableDeclaration(ValueKind.FuncRef, 4, 8), new TableDeclaration(ValueKind.ExternRef, 1, null)]);
        module.Memories.ShouldBe([new MemoryDeclaration(1, 2)]);
        module.Globals.ShouldBe(
        [
            new GlobalDeclaration(ValueKind.I32, false, null),
            new GlobalDeclaration(ValueKind.I32, true, new ConstantExpression.Number(ValueKind.I32, 42)),
            new GlobalDeclaration(
                ValueKind.F64, false, new ConstantExpression.Number(ValueKind.F64, BitConverter.DoubleToUInt64Bits(1))),
            new GlobalDeclaration(ValueKind.FuncRef, false, new ConstantExpression.Function(2)),
        ]);
        module.Exports.Select(e => (e.Name, e.Kind, e.Index)).ShouldBe(
            [("run", ExternKind.Function, 1), ("memory", ExternKind.Memory, 0), ("table", ExternKind.Table, 0)]);
        module.Start.ShouldBe(2);
    }

    [Fact]
    public void Segments_keep_their_mode_offset_and_content()
    {
        WasmModule module = WasmModule.Load(SampleModule.Bytes);

        module.Elements.Select(e => e.Mode).ShouldBe(
            [SegmentMode.Active, SegmentMode.Passive, SegmentMode.Declarative]);
        module.Elements[0].Offset.ShouldBe(new ConstantExpression.Global(0));
        module.Elements[0].Items.ShouldBe([new ConstantExpression.Function(1), new ConstantExpression.Function(2)]);
        module.Elements[1].Items.ShouldBe(
            [new ConstantExpression.Function(1), new ConstantExpression.Null(ValueKind.FuncRef)]);
        module.Data.Select(d => d.Mode).ShouldBe([SegmentMode.Active, SegmentMode.Passive]);
        module.Data[0].Offset.ShouldBe(new ConstantExpression.Number(ValueKind.I32, 16));
        module.Bytes.Slice(module.Data[0].DataOffset, module.Data[0].DataLength).ToArray().ShouldBe("abc"u8.ToArray());
        module.Bytes.Slice(module.Data[1].DataOffset, module.Data[1].DataLength).ToArray().ShouldBe("de"u8.ToArray());
    }

    // The validator proves what the bytes say; if they could change afterwards, it would have proved nothing.
    [Fact]
    public void A_module_keeps_the_bytes_that_were_validated()
    {
        byte[] binary = [.. SampleModule.Bytes];
        WasmModule module = WasmModule.Load(binary);

        Array.Clear(binary);

        module.Bytes.ToArray().ShouldBe(SampleModule.Bytes);
    }

    [Fact]
    public void Code_is_read_back_instruction_by_instruction()
    {
        WasmModule module = WasmModule.Load(
            new WasmBuilder().Type([], [I32]).Function(0, 0x41, 0x07, 0x02, I32, 0x41, 0x7F, 0x0B, 0x6A).Build());
        var reader = new CodeReader(module, module.Functions[0].Body!);

        var opcodes = new List<Opcode>();
        while (reader.Read()) opcodes.Add(reader.Opcode);

        opcodes.ShouldBe([Opcode.I32Const, Opcode.Block, Opcode.I32Const, Opcode.End, Opcode.I32Add, Opcode.End]);
        reader.Constant.ShouldBe(uint.MaxValue);
        reader.BlockType.Resolve(module.Types).ToString().ShouldBe("[] -> [i32]");
        reader.Position.ShouldBe(module.Bytes.Length);
    }
}
