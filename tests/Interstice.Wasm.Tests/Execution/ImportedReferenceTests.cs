using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Execution;

/// <summary>References that come in through imported globals: wast2json 1.0.32 cannot write such element segments, so the
/// converted suite has none.</summary>
public sealed class ImportedReferenceTests
{
    private const byte GlobalGet = 0x23, End = 0x0B, ConstI32 = 0x41, CallIndirect = 0x11;

    [Fact]
    public void Element_segments_and_globals_take_imported_references()
    {
        byte[] binary = new WasmBuilder()
            .Type([], [I32])
            .Import("host", "function", ExternKind.Global, FuncRef, 0)
            .Table(FuncRef, 4)
            .Global(FuncRef, false, GlobalGet, 0)
            .Export("copy", ExternKind.Global, 1)
            .Element(0x04, ConstI32, 0, End, 1, GlobalGet, 0, End)
            .Element(0x05, FuncRef, 1, GlobalGet, 0, End)
            .Function(0, ConstI32, 0, CallIndirect, 0, 0)
            .Function(
                0, ConstI32, 2, ConstI32, 0, ConstI32, 1, 0xFC, 0x0C, 1, 0, ConstI32, 2, CallIndirect, 0, 0)
            .Export("active", ExternKind.Function, 0)
            .Export("passive", ExternKind.Function, 1)
            .Build();
        Function function = Function.FromDelegate(() => 42);
        var imports = new Imports();
        imports.Add("host", "function", new Global(Value.FromFunction(function), isMutable: false));

        using Instance instance = CompiledModule.Compile(WasmModule.Load(binary)).Instantiate(imports);

        instance.GetFunction("active").Invoke().ShouldBe([Value.FromI32(42)]);
        instance.GetFunction("passive").Invoke().ShouldBe([Value.FromI32(42)]);
        ((Global)instance.GetExport("copy")!).Value.Reference.ShouldBeSameAs(function);
    }
}
