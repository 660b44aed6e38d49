using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.Guest;

namespace Interstice.Wasm.Tests.Compilation;

public sealed class ConstantOperandTests
{
    private static readonly uint[] Values32 =
        [0, 1, 2, 7, 31, 32, 100, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFF, 0x1234_5678, 0xFFFF_FF80];

    private static readonly ulong[] Values64 =
    [
        0, 1, 2, 7, 31, 63, 64, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF, 0x1_0000_0000,
        0xFFFF_FFFF_8000_0000,
    ];

    private static readonly uint[] Floats32 =
    [
        0, 0x8000_0000, 0x3F80_0000, 0xBF80_0000, 0x3F00_0000, 0xC020_0000, 0x4F00_0000, 0xCF00_0000, 0x4F80_0000, 0x5F00_0000,
        0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFC0_0000, 0x7FA0_0001, 1, 0x7F7F_FFFF,
    ];

    private static readonly ulong[] Floats64 =
    [
        0, 1UL << 63, 0x3FF0_0000_0000_0000, 0xBFF0_0000_0000_0000, 0x3FE0_0000_0000_0000, 0xC004_0000_0000_0000,
        0x41E0_0000_0000_0000, 0xC1E0_0000_0000_0000, 0x41F0_0000_0000_0000, 0x43E0_0000_0000_0000, 0x43F0_0000_0000_0000,
        0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_0000, 0x7FF4_0000_0000_0001, 1,
        0x3FB9_9999_9999_999A,
    ];

    public static TheoryData<string> Instructions =>
    [
        .. Enum.GetValues<Opcode>()
            .Where(opcode => opcode is (>= Opcode.I32Eqz and <= Opcode.I64Extend32S)
                or (>= Opcode.I32TruncSatF32S and <= Opcode.I64TruncSatF64U))
            .Select(opcode => opcode.ToString()),
    ];

    // Goal: what the just-in-time compiler works out ahead of time agrees with what the processor does.
    // Method: every numeric instruction with operands from a list of difficult values, each once as a parameter, as a
    // constant, and as a constant in a local; results and traps must be the same.
    [Theory]
    [MemberData(nameof(Instructions))]
    public void An_instruction_gives_the_same_for_constants_as_for_parameters(string instruction)
    {
        Opcode opcode = Enum.Parse<Opcode>(instruction);
        (ValueKind kind, int arity, ValueKind result) = SignatureOf(opcode);
        ulong[] values = ValuesOf(kind);
        var module = new ModuleBuilder();
        module.Function("parameters", [.. Enumerable.Repeat(kind, arity)], [result], Operands(arity).Op([opcode]));
        int count = 0;
        var cases = new List<(string Name, ulong[] Arguments, ulong[] Operands)>();
        foreach (ulong[] operands in arity == 1 ? values.Select(x => new[] { x }) : Pairs(values))
        {
            for (int constants = 1; constants < 1 << (arity + 1); constants++)
            {
                // The highest bit puts the constants into locals first, if all operands are constants.
                int all = (1 << arity) - 1;
                if ((constants & all) == 0 || (constants > all && (constants & all) != all)) continue;
                string name = $"{count++}";
                (Code code, ValueKind[] parameters, ulong[] arguments) = Variant(kind, arity, operands, constants);
                module.Function(name, parameters, [result], code.Op([opcode]), kind, kind);
                cases.Add((name, arguments, operands));
            }
        }

        using Instance instance = module.Instantiate();
        foreach ((string name, ulong[] arguments, ulong[] operands) in cases)
        {
            string expected = Outcome(instance, "parameters", kind, operands);
            string where = $"{instruction} {string.Join(", ", operands.Select(operand => $"{operand:x}"))}";
            Outcome(instance, name, kind, arguments).ShouldBe(expected, where);
        }
    }

    private static Code Operands(int arity) => arity == 1 ? new Code().Get(0) : new Code().Get(0).Get(1);

    private static (Code Code, ValueKind[] Parameters, ulong[] Arguments) Variant(
        ValueKind kind, int arity, ulong[] operands, int constants)
    {
        bool useLocals = (constants & (1 << arity)) != 0;
        var before = new Code();
        var code = new Code();
        var arguments = new List<ulong>();
        for (int i = 0; i < arity; i++)
        {
            if ((constants & (1 << i)) == 0) arguments.Add(operands[i]);
        }

        int parameter = 0;
        for (int i = 0; i < arity; i++)
        {
            uint local = (uint)(arguments.Count + i);
            if ((constants & (1 << i)) == 0) code.Get((uint)parameter++);
            else if (useLocals)
            {
                Constant(before, kind, operands[i]).Set(local);
                code.Get(local);
            }
            else Constant(code, kind, operands[i]);
        }

        return (before.Append(code), [.. Enumerable.Repeat(kind, arguments.Count)], [.. arguments]);
    }

    private static string Outcome(Instance instance, string function, ValueKind kind, ulong[] arguments)
    {
        try
        {
            return instance.Call(function, [.. arguments.Select(bits => Value.FromBits(kind, bits))])[0].Bits.ToString("x", null);
        }
        catch (WasmTrapException trap)
        {
            return trap.Kind.ToString();
        }
    }

    private static IEnumerable<ulong[]> Pairs(ulong[] values) =>
        values.SelectMany(x => values.Select(y => new[] { x, y }));

    private static ulong[] ValuesOf(ValueKind kind) => kind switch
    {
        ValueKind.I32 => [.. Values32],
        ValueKind.I64 => Values64,
        ValueKind.F32 => [.. Floats32],
        _ => Floats64,
    };

    private static Code Constant(Code code, ValueKind kind, ulong bits) => kind switch
    {
        ValueKind.I32 => code.I32((int)bits),
        ValueKind.I64 => code.I64((long)bits),
        ValueKind.F32 => code.F32((uint)bits),
        _ => code.F64(bits),
    };

    // The validator knows; it is asked by trying.
    private static (ValueKind Operand, int Arity, ValueKind Result) SignatureOf(Opcode opcode)
    {
        ValueKind[] kinds = [I32, I64, F32, F64];
        foreach (ValueKind operand in kinds)
        {
            foreach (ValueKind result in kinds)
            {
                for (int arity = 1; arity <= 2; arity++)
                {
                    var module = new ModuleBuilder();
                    module.Function("f", [.. Enumerable.Repeat(operand, arity)], [result], Operands(arity).Op([opcode]));
                    if (IsValid(module)) return (operand, arity, result);
                }
            }
        }

        throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "no signature fits");
    }

    private static bool IsValid(ModuleBuilder module)
    {
        try
        {
            module.Load();
            return true;
        }
        catch (WasmFormatException)
        {
            return false;
        }
    }
}
