using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Compilation;

// The just-in-time compiler of .NET 10.0.12 leaves out the test in "if (RotateLeft(x, 4) != 0)".
public sealed class RotationTests
{
    private static readonly (string Name, Action<Code> Use)[] Uses =
    [
        ("branch", code => code.Open(Opcode.If, I32).I32(1).Op([Opcode.Else]).I32(0).End()),
        ("eqz", code => code.Op(Opcode.I32Eqz, Opcode.I32Eqz)),
        ("ne", code => code.I32(0).Op(Opcode.I32Ne)),
        ("local", code => code.Set(3).Get(3).Open(Opcode.If, I32).I32(1).Op([Opcode.Else]).I32(0).End()),
        ("tee", code => code.Tee(3).Op(Opcode.I32Eqz, Opcode.I32Eqz)),
        ("select", code => code.Set(3).I32(1).I32(0).Get(3).Op(Opcode.Select)),
        ("or", code => code.I32(0).Op(Opcode.I32Or).I32(0).Op(Opcode.I32Ne)),
        ("known zero", code => code.I32(0).Set(3).Get(3).Op(Opcode.I32Xor).I32(0).Op(Opcode.I32Ne)),
        ("known ones", code => code.I32(-1).Set(3).Get(3).Op(Opcode.I32And).I32(0).Op(Opcode.I32Ne)),
        ("block", code => code.Set(3).Open(Opcode.Block, I32).Get(3).End().I32(0).Op(Opcode.I32Ne)),
    ];

    [Fact]
    public void A_rotation_is_zero_exactly_when_its_operand_is()
    {
        foreach (Opcode rotation in (Opcode[])[Opcode.I32Rotl, Opcode.I32Rotr])
        {
            foreach ((string name, Action<Code> use) in Uses)
            {
                for (int count = 0; count <= 33; count += 3)
                {
                    // The remainder leaves the flags unlike the rotation's result.
                    var code = new Code().Get(0).Get(1).Op(Opcode.I32RemU).I32(count).Op(rotation);
                    use(code);
                    var variable = new Code().Get(0).Get(1).Op(Opcode.I32RemU).Get(2).Op(rotation);
                    use(variable);
                    var module = new ModuleBuilder();
                    module.Function("constant", [I32, I32, I32], [I32], code, I32);
                    module.Function("variable", [I32, I32, I32], [I32], variable, I32);
                    using Instance instance = module.Instantiate();
                    string where = $"{rotation} {name} {count}";
                    instance.CallI32("constant", 7, 7, count).ShouldBe(0, where);
                    instance.CallI32("constant", 8, 7, count).ShouldBe(1, where);
                    instance.CallI32("variable", 7, 7, count).ShouldBe(0, where);
                    instance.CallI32("variable", 8, 7, count).ShouldBe(1, where);
                }
            }
        }
    }

    // Small functions that call nothing are merged into their callers.
    [Fact]
    public void A_rotation_stays_right_when_another_function_makes_or_tests_it()
    {
        var module = new ModuleBuilder();
        int rotate = module.Function(null, [I32], [I32], new Code().Get(0).I32(8).Op(Opcode.I32Rotl));
        int join = module.Function(null, [I32, I32], [I32], new Code().Get(0).I32(8).Op(Opcode.I32Rotl).Get(1).Op(Opcode.I32Xor));
        int test = module.Function(
            null, [I32], [I32], new Code().Get(0).Open(Opcode.If, I32).I32(1).Op([Opcode.Else]).I32(0).End());
        Code Tested() => new Code().Get(0).Get(1).Op(Opcode.I32RemU);
        module.Function(
            "made",
            [I32, I32],
            [I32],
            Tested().Call(rotate).Open(Opcode.If, I32).I32(1).Op([Opcode.Else]).I32(0).End());
        module.Function("joined", [I32, I32], [I32], Tested().I32(0).Call(join).Op(Opcode.I32Eqz, Opcode.I32Eqz));
        module.Function("tested", [I32, I32], [I32], Tested().I32(8).Op(Opcode.I32Rotl).Call(test));
        module.Function(
            "stored",
            [I32, I32],
            [I32],
            new Code().I32(0).Append(Tested()).I32(8).Op(Opcode.I32Rotl).Access(Opcode.I32Store)
                .I32(0).Access(Opcode.I32Load).Op(Opcode.I32Eqz, Opcode.I32Eqz));
        module.Function(
            "switched",
            [I32, I32],
            [I32],
            new Code().Open(Opcode.Block).Open(Opcode.Block).Append(Tested()).I32(8).Op(Opcode.I32Rotl)
                .Op(Opcode.BrTable, 1, 0, 1).End().I32(0).Op([Opcode.Return]).End().I32(1));
        module.Memory(1);
        using Instance instance = module.Instantiate();
        foreach (string name in (string[])["made", "joined", "tested", "stored", "switched"])
        {
            instance.CallI32(name, 7, 7).ShouldBe(0, name);
            instance.CallI32(name, 8, 7).ShouldBe(1, name);
        }
    }

    [Fact]
    public void A_rotation_of_64_bits_is_right_at_every_count()
    {
        var module = new ModuleBuilder();
        module.Function("left", [I64, I64], [I64], new Code().Get(0).Get(1).Op(Opcode.I64Rotl));
        module.Function("right", [I64, I64], [I64], new Code().Get(0).Get(1).Op(Opcode.I64Rotr));
        using Instance instance = module.Instantiate();
        const ulong value = 0x8123_4567_89AB_CDEF;
        for (int count = 0; count < 130; count++)
        {
            Value[] arguments = [Value.FromI64(unchecked((long)value)), Value.FromI64(count)];
            instance.Call("left", arguments)[0].Bits.ShouldBe(ulong.RotateLeft(value, count));
            instance.Call("right", arguments)[0].Bits.ShouldBe(ulong.RotateRight(value, count));
        }
    }
}
