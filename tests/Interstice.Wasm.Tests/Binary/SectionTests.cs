using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Binary;

public sealed class SectionTests
{
    [Theory]
    [InlineData(new byte[0], "unexpected end")]
    [InlineData(new byte[] { 0, 0x61, 0x73 }, "unexpected end")]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0 }, "unexpected end")]
    [InlineData(new byte[] { 0x7F, 0x45, 0x4C, 0x46, 1, 0, 0, 0 }, "magic header not detected")]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 2, 0, 0, 0 }, "unknown binary version 2")]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 14, 0 }, "malformed section id 14")]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 0xFF, 0 }, "malformed section id 255")]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 5, 0 }, "length out of bounds")]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 0, 1, 5 }, "length out of bounds")]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 0, 2, 1, 0xC0 }, "malformed UTF-8 encoding")]
    public void What_is_no_binary_or_ends_too_early_is_malformed(byte[] binary, string words) =>
        Loading.Refusal(binary).ShouldSay(WasmFormatErrorKind.Malformed, words);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(10, 12)]
    [InlineData(11, 12)]
    [InlineData(11, 10)]
    [InlineData(12, 9)]
    public void A_section_that_is_repeated_or_out_of_order_is_malformed(byte first, byte second) =>
        Loading.Refusal(WasmBytes.Module(WasmBytes.Section(first, 0), WasmBytes.Section(second, 0)))
            .ShouldSay(WasmFormatErrorKind.Malformed, "unexpected content after last section");

    [Fact]
    public void Sections_in_the_prescribed_order_load_and_custom_ones_may_stand_anywhere()
    {
        byte[] custom = WasmBytes.Section(0, 1, (byte)'x');
        byte[][] sections = [.. new byte[] { 1, 2, 3, 4, 5, 6, 7, 9, 12, 10, 11 }
            .SelectMany(id => (byte[][])[custom, WasmBytes.Section(id, 0)]), custom];

        WasmModule.Load(WasmBytes.Module(sections)).CustomSections.Length.ShouldBe(12);
    }

    [Fact]
    public void A_section_with_bytes_left_over_is_malformed() =>
        Loading.Refusal(WasmBytes.Module(WasmBytes.Section(1, 0, 0)))
            .ShouldSay(WasmFormatErrorKind.Malformed, "section size mismatch");

    [Fact]
    public void A_section_that_reaches_into_the_next_one_is_malformed()
    {
        byte[] types = WasmBytes.Section(1, 1, 0x60, 0);

        Loading.Refusal(WasmBytes.Module(types, WasmBytes.Section(0, 1, (byte)'x'), WasmBytes.Section(0, 0)))
            .ShouldSay(WasmFormatErrorKind.Malformed, "section size mismatch");
    }

    [Fact]
    public void A_body_that_ends_before_or_after_its_size_is_malformed()
    {
        byte[] type = WasmBytes.Section(1, 1, 0x60, 0, 0);
        byte[] function = WasmBytes.Section(3, 1, 0);

        foreach (byte[] body in (byte[][])[[3, 0, 0x0B, 0x01], [1, 0, 0x0B]])
        {
            Loading.Refusal(WasmBytes.Module(type, function, WasmBytes.Section(10, [1, .. body])))
                .ShouldSay(WasmFormatErrorKind.Malformed, "section size mismatch");
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    public void Functions_and_bodies_must_be_equally_many(int functions, int bodies)
    {
        byte[] type = WasmBytes.Section(1, 1, 0x60, 0, 0);
        byte[] declared = WasmBytes.Section(3, WasmBytes.Vector([.. Enumerable.Repeat((byte[])[0], functions)]));
        byte[] code = WasmBytes.Section(10, WasmBytes.Vector([.. Enumerable.Repeat((byte[])[2, 0, 0x0B], bodies)]));

        Loading.Refusal(WasmBytes.Module(type, declared, code))
            .ShouldSay(WasmFormatErrorKind.Malformed, "function and code section have inconsistent lengths");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void The_data_count_must_be_the_number_of_data_segments(uint count) =>
        Loading.Refusal(new WasmBuilder().Memory(1).DataCount(count).Data(1, 0).Build())
            .ShouldSay(WasmFormatErrorKind.Malformed, "data count and data section have inconsistent lengths");

    [Fact]
    public void Code_that_names_a_data_segment_needs_a_data_count() =>
        Loading.Refusal(new WasmBuilder().Type([], []).Function(0, 0xFC, 0x09, 0).Data(1, 0).Build())
            .ShouldSay(WasmFormatErrorKind.Malformed, "data count section required");

    [Theory]
    [InlineData(new byte[] { 0x05 }, "END opcode expected")]
    [InlineData(new byte[] { 0x02, 0x40, 0x05, 0x0B }, "END opcode expected")]
    [InlineData(new byte[] { 0x41, 0, 0x04, 0x40, 0x05, 0x05, 0x0B }, "END opcode expected")]
    [InlineData(new byte[] { 0x02, 0x40 }, "unexpected end")]
    [InlineData(new byte[] { 0xFF }, "illegal opcode ff")]
    [InlineData(new byte[] { 0x27 }, "illegal opcode 27")]
    [InlineData(new byte[] { 0xFC, 0x12 }, "illegal opcode fc 12")]
    [InlineData(new byte[] { 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, "illegal opcode fc ffffffff")]
    [InlineData(new byte[] { 0x40, 0x80, 0x00 }, "zero byte expected")]
    [InlineData(new byte[] { 0xD0, 0x7F }, "malformed reference type")]
    [InlineData(new byte[] { 0x28, 0x20, 0x00 }, "malformed memop flags")]
    public void Code_that_does_not_nest_or_has_unknown_parts_is_malformed(byte[] code, string words) =>
        Loading.Refusal(new WasmBuilder().Type([], []).Memory(1).Function(0, code).Build())
            .ShouldSay(WasmFormatErrorKind.Malformed, words);

    [Fact]
    public void What_is_malformed_is_found_before_what_is_invalid()
    {
        byte[] binary = new WasmBuilder().Type([], []).Function(0, 0x6A).Function(0, 0xFF).Build();

        Loading.Refusal(binary).ShouldSay(WasmFormatErrorKind.Malformed, "illegal opcode ff");
    }

    [Theory]
    [InlineData(2, new byte[] { 1, 0, 0, 5 }, "malformed import kind 5")]
    [InlineData(6, new byte[] { 1, 0x7F, 2, 0x41, 0, 0x0B }, "malformed mutability 2")]
    [InlineData(7, new byte[] { 1, 0, 5, 0 }, "malformed export kind 5")]
    [InlineData(4, new byte[] { 1, 0x7F, 0, 0 }, "malformed reference type 7f")]
    [InlineData(5, new byte[] { 1, 16, 0 }, "integer too large: malformed limits flags 10")]
    [InlineData(5, new byte[] { 1, 0x81, 0, 0 }, "integer representation too long")]
    [InlineData(9, new byte[] { 1, 8 }, "malformed elements segment kind 8")]
    [InlineData(9, new byte[] { 1, 1, 1, 0 }, "malformed element kind 1")]
    [InlineData(11, new byte[] { 1, 3 }, "malformed data segment kind 3")]
    [InlineData(1, new byte[] { 1, 0x5D }, "malformed type form 5d")]
    [InlineData(1, new byte[] { 1, 0xE0, 0x7F, 0, 0 }, "integer representation too long")]
    [InlineData(1, new byte[] { 1, 0x60, 1, 0x40, 0 }, "malformed value type 40")]
    public void Unknown_codes_in_declarations_are_malformed(byte section, byte[] content, string words) =>
        Loading.Refusal(WasmBytes.Module(WasmBytes.Section(section, content)))
            .ShouldSay(WasmFormatErrorKind.Malformed, words);

    [Theory]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    public void Names_that_are_not_UTF8_are_malformed(byte[] name)
    {
        byte[] export = WasmBytes.Section(7, [1, (byte)name.Length, .. name, 0, 0]);

        Loading.Refusal(WasmBytes.Module(export)).ShouldSay(WasmFormatErrorKind.Malformed, "malformed UTF-8 encoding");
    }

    [Fact]
    public void A_refusal_says_at_which_offset()
    {
        WasmFormatException refusal = Loading.Refusal(WasmBytes.Module(WasmBytes.Section(1, 1, 0x5D)));

        refusal.Offset.ShouldBe(11);
        refusal.Message.ShouldEndWith("(at offset 0xb)");
    }
}
