using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Binary;

/// <summary>Proposals that the engine does not run are refused with their name and the compilers' switches.</summary>
public sealed class UnsupportedProposalTests
{
    public static TheoryData<string, byte[], string, string> Binaries => new()
    {
        { "a vector instruction", Code(0xFD, 0x0C), "SIMD", "clang -mno-simd128" },
        { "a vector type", Types(0x60, 1, 0x7B, 0), "SIMD", "rustc -C target-feature=-simd128" },
        {
            "a vector local",
            new WasmBuilder().Type([], []).FunctionWithLocals(0, [(1, 0x7B)]).Build(), "SIMD", "asc --disable simd"
        },
        { "an atomic instruction", Code(0xFE, 0x03, 0x00), "threads", "clang -mno-atomics" },
        { "a shared memory", Memory(3, 1, 1), "threads", "rustc -C target-feature=-atomics" },
        { "a legacy try", Code(0x06, 0x40), "exception handling", "-mno-exception-handling" },
        { "a throw", Code(0x08, 0x00), "exception handling", "-fno-exceptions" },
        { "a try_table", Code(0x1F, 0x40), "exception handling", "rustc -C panic=abort" },
        {
            "a tag section",
            WasmBytes.Module(WasmBytes.Section(13, 0)), "exception handling", "asc --disable exception-handling"
        },
        { "a tag import", WasmBytes.Module(WasmBytes.Section(2, 1, 0, 0, 4, 0, 0)), "exception handling", "clang" },
        { "a tag export", WasmBytes.Module(WasmBytes.Section(7, 1, 0, 4, 0)), "exception handling", "clang" },
        { "an exception reference", Types(0x60, 1, 0x69, 0), "exception handling", "clang" },
        { "a struct type", Types(0x5F, 0), "garbage collection", "asc --disable gc" },
        { "a recursive type group", Types(0x4E, 1, 0x60, 0, 0), "garbage collection", "linear memory" },
        { "a typed reference", Types(0x60, 1, 0x64, 0x70, 0), "garbage collection", "linear memory" },
        { "a struct instruction", Code(0xFB, 0x00, 0x00), "garbage collection", "linear memory" },
        { "a call through a typed reference", Code(0x14, 0x00), "garbage collection", "linear memory" },
        { "a 64-bit memory", Memory(4, 1), "64-bit memory", "clang --target=wasm32" },
        {
            "a 64-bit table",
            WasmBytes.Module(WasmBytes.Section(4, 1, FuncRef, 5, 1, 1)), "64-bit memory", "asc --disable memory64"
        },
        { "a memory with pages of another size", Memory(8, 1, 0), "custom page sizes", "--page-size" },
        {
            "two memories",
            WasmBytes.Module(WasmBytes.Section(5, 2, 0, 1, 0, 1)), "multiple memories", "clang -mno-multimemory"
        },
        { "an access to another memory", Code(0x28, 0x42, 0x01, 0x00), "multiple memories", "one memory" },
        { "growing another memory", Code(0x40, 0x01), "multiple memories", "one memory" },
        {
            "an addition in an initializer",
            new WasmBuilder().Global(I32, false, 0x41, 1, 0x41, 2, 0x6A).Build(), "extended constant expressions",
            "clang -mno-extended-const"
        },
        { "a wide multiplication", Code(0xFC, 0x15), "wide arithmetic", "clang -mno-wide-arithmetic" },
        { "a component", [0, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0], "component", "core module" },
        { "a tail call", Code(0x12, 0x00), "tail calls", "clang -mno-tail-call" },
        { "an indirect tail call", Code(0x13, 0x00, 0x00), "tail calls", "rustc -C target-feature=-tail-call" },
    };

    [Theory]
    [MemberData(nameof(Binaries))]
    public void Each_is_refused_with_its_name_and_a_way_out(string what, byte[] binary, string name, string wayOut)
    {
        WasmFormatException refusal = Loading.Refusal(binary);

        refusal.Kind.ShouldBe(WasmFormatErrorKind.Unsupported, $"{what}: {refusal.Message}");
        refusal.Message.ShouldContain(name, Case.Sensitive, what);
        refusal.Message.ShouldContain(wayOut, Case.Sensitive, what);
    }

    private static byte[] Code(params byte[] code) =>
        new WasmBuilder().Type([], []).Memory(1).Function(0, code).Build();

    private static byte[] Types(params byte[] type) => WasmBytes.Module(WasmBytes.Section(1, [1, .. type]));

    private static byte[] Memory(params byte[] limits) => WasmBytes.Module(WasmBytes.Section(5, [1, .. limits]));
}
