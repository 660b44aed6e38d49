using System.Buffers.Binary;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Compilation;

/// <summary>Floats made of integers that were just loaded: the just-in-time compiler of .NET 10 makes a load of four
/// bytes of a load of one or two, so the engine must not let it see that.</summary>
public sealed class ReinterpretationTests
{
    private const byte F32ReinterpretI32 = 0xBE, F64ReinterpretI64 = 0xBF;
    private static readonly byte[] Data = [0x9D, 0xC4, 0xE5, 0xF6, 0x17, 0x28, 0x39, 0x4A];

    [Theory]
    [InlineData(0x28, 4, false)]
    [InlineData(0x2C, 1, true)]
    [InlineData(0x2D, 1, false)]
    [InlineData(0x2E, 2, true)]
    [InlineData(0x2F, 2, false)]
    public void An_f32_of_a_loaded_i32_has_the_bits_that_were_loaded(byte load, int bytes, bool isSigned)
    {
        uint expected = (uint)Loaded(bytes, isSigned);

        foreach (byte[] code in Forms(load, F32ReinterpretI32))
            Run(code, F32, I32).ShouldBe(Value.FromBits(ValueKind.F32, expected));
    }

    [Theory]
    [InlineData(0x29, 8, false)]
    [InlineData(0x30, 1, true)]
    [InlineData(0x31, 1, false)]
    [InlineData(0x32, 2, true)]
    [InlineData(0x33, 2, false)]
    [InlineData(0x34, 4, true)]
    [InlineData(0x35, 4, false)]
    public void An_f64_of_a_loaded_i64_has_the_bits_that_were_loaded(byte load, int bytes, bool isSigned)
    {
        ulong expected = (ulong)Loaded(bytes, isSigned);

        foreach (byte[] code in Forms(load, F64ReinterpretI64))
            Run(code, F64, I64).ShouldBe(Value.FromBits(ValueKind.F64, expected));
    }

    // Reading more than was checked would end the process here: after the last page there is nothing.
    [Fact]
    public void The_last_byte_of_memory_can_be_loaded_and_reinterpreted()
    {
        byte[] code = [0x41, .. WasmBytes.Signed(65_535), 0x2D, 0, 0, F32ReinterpretI32];

        Run(code, F32, I32).ShouldBe(Value.FromBits(ValueKind.F32, 0));
    }

    private static long Loaded(int bytes, bool isSigned)
    {
        byte[] whole = new byte[8];
        Data.AsSpan(0, bytes).CopyTo(whole);
        if (isSigned && Data[bytes - 1] >= 0x80) whole.AsSpan(bytes).Fill(0xFF);
        return BinaryPrimitives.ReadInt64LittleEndian(whole);
    }

    /// <summary>Directly, and through a local.</summary>
    private static byte[][] Forms(byte load, byte reinterpret) =>
    [
        [0x41, 8, load, 0, 0, reinterpret],
        [0x41, 8, load, 0, 0, 0x21, 0, 0x20, 0, reinterpret],
        [0x41, 8, load, 0, 0, 0x22, 0, 0x1A, 0x20, 0, reinterpret],
    ];

    private static Value Run(byte[] code, byte result, byte local)
    {
        byte[] binary = new WasmBuilder().Type([], [result]).Memory(1).FunctionWithLocals(0, [(1, local)], code)
            .Export("f", ExternKind.Function, 0).Data([0, 0x41, 8, 0x0B, 8, .. Data]).Build();
        using Instance instance = CompiledModule.Compile(WasmModule.Load(binary)).Instantiate(new Imports());
        return instance.GetFunction("f").Invoke().ShouldHaveSingleItem();
    }
}
