using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Building.WasmBuilder;

namespace Interstice.Wasm.Tests.Compilation;

/// <summary>min and max where the just-in-time compiler knows an operand: that of .NET 10 takes the sign of a zero
/// away.</summary>
public sealed class FloatExtremeTests
{
    private static readonly double[] Values =
        [0.0, -0.0, 1.5, -1.5, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e-40, -1e-40];

    [Theory]
    [InlineData(0x96, false)]
    [InlineData(0x97, true)]
    public void An_f32_extreme_of_every_pair_is_right_whichever_operand_is_constant(byte opcode, bool isMax)
    {
        foreach (float a in Values.Select(value => (float)value))
        {
            foreach (float b in Values.Select(value => (float)value))
            {
                Value expected = Value.FromF32((float)Expected(a, b, isMax));
                byte[] left = [0x43, .. BitConverter.GetBytes(a)], right = [0x43, .. BitConverter.GetBytes(b)];
                Check(F32, opcode, left, right, Value.FromF32(a), Value.FromF32(b), expected);
            }
        }
    }

    [Theory]
    [InlineData(0xA4, false)]
    [InlineData(0xA5, true)]
    public void An_f64_extreme_of_every_pair_is_right_whichever_operand_is_constant(byte opcode, bool isMax)
    {
        foreach (double a in Values)
        {
            foreach (double b in Values)
            {
                Value expected = Value.FromF64(Expected(a, b, isMax));
                byte[] left = [0x44, .. BitConverter.GetBytes(a)], right = [0x44, .. BitConverter.GetBytes(b)];
                Check(F64, opcode, left, right, Value.FromF64(a), Value.FromF64(b), expected);
            }
        }
    }

    private static double Expected(double a, double b, bool isMax)
    {
        if (double.IsNaN(a) || double.IsNaN(b)) return double.NaN;
        if (a == 0 && b == 0) return double.IsNegative(a) == isMax ? b : a;
        return a > b == isMax ? a : b;
    }

    /// <summary>Four functions: both operands from parameters, one or the other constant, both constant.</summary>
    private static void Check(byte kind, byte opcode, byte[] left, byte[] right, Value a, Value b, Value expected)
    {
        byte[][] codes =
        [
            [0x20, 0, 0x20, 1, opcode],
            [.. left, 0x20, 1, opcode],
            [0x20, 0, .. right, opcode],
            [.. left, .. right, opcode],
        ];
        var builder = new WasmBuilder().Type([kind, kind], [kind]);
        for (uint i = 0; i < codes.Length; i++) builder.Function(0, codes[i]).Export($"f{i}", ExternKind.Function, i);
        using Instance instance = CompiledModule.Compile(WasmModule.Load(builder.Build())).Instantiate(new Imports());
        for (int i = 0; i < codes.Length; i++)
        {
            Value found = instance.GetFunction($"f{i}").Invoke(a, b).ShouldHaveSingleItem();
            bool bothNaN = IsNaN(found) && IsNaN(expected);
            (bothNaN || found == expected).ShouldBeTrue($"form {i} of {a} and {b}: {found}, expected {expected}");
        }
    }

    private static bool IsNaN(Value value) =>
        value.Kind == ValueKind.F32 ? float.IsNaN(value.AsF32()) : double.IsNaN(value.AsF64());
}
