using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;

namespace Interstice.Wasm.Tests.Binary;

public sealed class FunctionNameTests
{
    [Fact]
    public void Names_of_functions_come_from_the_name_section()
    {
        WasmModule module = Load(1, 9, 2, 0, 3, (byte)'o', (byte)'n', (byte)'e', 1, 1, (byte)'2');

        module.FunctionName(0).ShouldBe("one");
        module.FunctionName(1).ShouldBe("2");
        module.FunctionName(2).ShouldBeNull();
    }

    [Fact]
    public void Other_subsections_are_passed_over()
    {
        Load(0, 2, 1, (byte)'m', 2, 3, 1, 2, 3, 1, 4, 1, 1, 1, (byte)'f').FunctionName(1).ShouldBe("f");
    }

    // Goal: a broken name section never refuses a module. Method: every cut and every value of every byte of a good
    // one.
    [Fact]
    public void No_damage_to_the_name_section_refuses_a_module()
    {
        byte[] section = [1, 9, 2, 0, 3, (byte)'o', (byte)'n', (byte)'e', 1, 1, (byte)'2'];
        for (int at = 0; at < section.Length; at++)
        {
            Load(section[..at]).FunctionName(1).ShouldBeNull();
            for (int value = 0; value < 256; value++)
            {
                byte[] damaged = [.. section];
                damaged[at] = (byte)value;
                Should.NotThrow(() => Load(damaged).FunctionName(1));
            }
        }
    }

    [Fact]
    public void Names_before_the_damage_are_kept()
    {
        Load(1, 9, 2, 0, 3, (byte)'o', (byte)'n', (byte)'e', 1, 200, (byte)'2').FunctionName(0).ShouldBe("one");
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_shown_with_replacement_characters()
    {
        Load(1, 5, 1, 0, 2, 0xFF, (byte)'x').FunctionName(0).ShouldBe("\uFFFDx");
    }

    private static WasmModule Load(params byte[] nameSection) => WasmModule.Load(
        new WasmBuilder().Type([], []).Function(0).Function(0).Function(0).Custom("name", nameSection).Build());
}
