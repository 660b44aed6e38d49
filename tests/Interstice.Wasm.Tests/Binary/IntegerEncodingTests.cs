using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;

namespace Interstice.Wasm.Tests.Binary;

/// <summary>Borders of LEB128: what each integer type holds, how long it may be, and which bits its last byte
/// has.</summary>
public sealed class IntegerEncodingTests
{
    [Theory]
    [InlineData(new byte[] { 0x00 }, 0)]
    [InlineData(new byte[] { 0x3F }, 63)]
    [InlineData(new byte[] { 0x40 }, -64)]
    [InlineData(new byte[] { 0x7F }, -1)]
    [InlineData(new byte[] { 0xFF, 0x00 }, 127)]
    [InlineData(new byte[] { 0x80, 0x7F }, -128)]
    [InlineData(new byte[] { 0xFF, 0x7F }, -1)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x00 }, 0)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x07 }, int.MaxValue)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x78 }, int.MinValue)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, -1)]
    public void An_s32_of_any_permitted_length_has_its_value(byte[] encoded, int value) =>
        Initializer(WasmBuilder.I32, [0x41, .. encoded]).Bits.ShouldBe((uint)value);

    [Theory]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 }, "integer representation too long")]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, "integer representation too long")]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, "integer too large")]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x70 }, "integer too large")]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x08 }, "integer too large")]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x40 }, "integer too large")]
    public void An_s32_that_is_too_long_or_too_large_is_malformed(byte[] encoded, string words) =>
        Refusal(WasmBuilder.I32, [0x41, .. encoded]).ShouldSay(WasmFormatErrorKind.Malformed, words);

    [Theory]
    [InlineData(new byte[] { 0x7F }, -1)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 }, 0)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00 }, long.MaxValue)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F }, long.MinValue)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, -1)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x08 }, 1L << 31)]
    public void An_s64_of_any_permitted_length_has_its_value(byte[] encoded, long value) =>
        Initializer(WasmBuilder.I64, [0x42, .. encoded]).Bits.ShouldBe((ulong)value);

    [Theory]
    [InlineData(0x80, 0x00, "integer representation too long")]
    [InlineData(0xFF, 0x7F, "integer representation too long")]
    [InlineData(0x01, null, "integer too large")]
    [InlineData(0x7E, null, "integer too large")]
    [InlineData(0x02, null, "integer too large")]
    [InlineData(0x41, null, "integer too large")]
    public void An_s64_that_is_too_long_or_too_large_is_malformed(int tenth, int? eleventh, string words)
    {
        byte[] encoded = [.. Enumerable.Repeat((byte)0x80, 9), (byte)tenth];
        if (eleventh is { } last) encoded = [.. encoded, (byte)last];
        Refusal(WasmBuilder.I64, [0x42, .. encoded]).ShouldSay(WasmFormatErrorKind.Malformed, words);
    }

    [Theory]
    [InlineData(new byte[] { 0x7F }, 127u)]
    [InlineData(new byte[] { 0x82, 0x00 }, 2u)]
    [InlineData(new byte[] { 0x82, 0x80, 0x80, 0x80, 0x00 }, 2u)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, uint.MaxValue)]
    public void A_u32_of_any_permitted_length_has_its_value(byte[] encoded, uint value)
    {
        byte[] section = WasmBytes.Section(4, [1, WasmBuilder.FuncRef, 1, 0, .. encoded]);

        WasmModule.Load(WasmBytes.Module(section)).Tables[0].Maximum.ShouldBe(value);
    }

    [Theory]
    [InlineData(new byte[] { 0x82, 0x80, 0x80, 0x80, 0x80, 0x00 }, "integer representation too long")]
    [InlineData(new byte[] { 0x82, 0x80, 0x80, 0x80, 0x10 }, "integer too large")]
    [InlineData(new byte[] { 0x82, 0x80, 0x80, 0x80, 0x40 }, "integer too large")]
    [InlineData(new byte[] { 0x82, 0x80, 0x80, 0x80, 0x70 }, "integer too large")]
    [InlineData(new byte[] { 0x82, 0x80 }, "unexpected end")]
    public void A_u32_that_is_too_long_too_large_or_cut_is_malformed(byte[] encoded, string words)
    {
        byte[] section = WasmBytes.Section(4, [1, WasmBuilder.FuncRef, 1, 0, .. encoded]);

        Loading.Refusal(WasmBytes.Module(section)).ShouldSay(WasmFormatErrorKind.Malformed, words);
    }

    // A block type is an s33 where it is no value type, so that every type index is positive.
    [Theory]
    [InlineData(new byte[] { 0x00 })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x00 })]
    public void A_block_type_index_may_have_any_permitted_length(byte[] encoded) =>
        Loading.TryLoad(Block(encoded)).ShouldBeNull();

    [Theory]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 }, "integer representation too long")]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x20 }, "integer too large")]
    [InlineData(new byte[] { 0xC0, 0x7F }, "malformed block type")]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, "malformed block type")]
    [InlineData(new byte[] { 0x6D }, "malformed value type")]
    public void A_block_type_that_is_neither_index_nor_value_type_is_refused(byte[] encoded, string words) =>
        Loading.Refusal(Block(encoded)).Message.ShouldStartWith(words);

    [Fact]
    public void A_block_type_index_past_the_types_is_invalid_up_to_the_largest_u32() =>
        Loading.Refusal(Block([0xFF, 0xFF, 0xFF, 0xFF, 0x0F]))
            .ShouldSay(WasmFormatErrorKind.Invalid, "unknown type 4294967295");

    private static ConstantExpression.Number Initializer(byte kind, byte[] code) =>
        WasmModule.Load(new WasmBuilder().Global(kind, false, code).Build()).Globals[0].Initializer
            .ShouldBeOfType<ConstantExpression.Number>();

    private static WasmFormatException Refusal(byte kind, byte[] code) =>
        Loading.Refusal(new WasmBuilder().Global(kind, false, code).Build());

    private static byte[] Block(byte[] type) =>
        new WasmBuilder().Type([], []).Function(0, [0x02, .. type, 0x0B]).Build();
}
