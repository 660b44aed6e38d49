using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Fuzzing.GuestShape;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Makes one function body: statements that leave the stack as it is, expressions that push one
/// value.</summary>
internal sealed partial class BodyGenerator
{
    private const int DepthMax = 5;
    private const int ItemsMax = 250;
    private const byte BudgetGlobal = 4;

    private readonly Random _random;
    private readonly int[] _functionTypes;
    private readonly (byte[] Parameters, byte[] Results) _type;
    private readonly List<byte> _locals;
    private readonly List<byte> _code = [];

    /// <summary>What a branch to each open block carries, the innermost last.</summary>
    private readonly List<byte[]> _labels = [];

    private int _depth;
    private int _items;

    public BodyGenerator(Random random, int[] functionTypes, int function)
    {
        _random = random;
        _functionTypes = functionTypes;
        _type = Types[functionTypes[function]];
        _locals = [.. _type.Parameters, I32, I64, F32, F64, I32, I64];
    }

    /// <summary>Makes the body.</summary>
    /// <returns>The kinds of its own locals, and its code without the last <c>end</c>.</returns>
    public (byte[] Locals, byte[] Code) Generate()
    {
        _labels.Add(_type.Results);
        TakeFromBudget();
        Statements();
        foreach (byte kind in _type.Results) Value(kind);
        return ([.. _locals.Skip(_type.Parameters.Length)], [.. _code]);
    }

    /// <summary>An instruction that pushes a constant, often one at a border.</summary>
    public static byte[] Constant(Random random, byte kind)
    {
        long number = random.Next(6) switch
        {
            0 => random.Next(-3, 4),
            1 => long.MinValue >> random.Next(64),
            2 => long.MaxValue >> random.Next(64),
            3 => random.Next(),
            4 => random.NextInt64(long.MinValue, long.MaxValue),
            _ => random.Next(256),
        };
        return kind switch
        {
            I32 => [0x41, .. WasmBytes.Signed((int)number)],
            I64 => [0x42, .. WasmBytes.Signed(number)],
            F32 => [0x43, .. BitConverter.GetBytes(Float32(random, number))],
            _ => [0x44, .. BitConverter.GetBytes(Float64(random, number))],
        };
    }

    private static float Float32(Random random, long number) => random.Next(4) switch
    {
        0 => number,
        1 => BitConverter.Int32BitsToSingle((int)number) is var value && float.IsNaN(value) ? float.NaN : value,
        2 => (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-10, 70))),
        _ => random.GetItems<float>([0, -0f, 0.5f, float.PositiveInfinity, float.NegativeInfinity, float.NaN], 1)[0],
    };

    private static double Float64(Random random, long number) => random.Next(4) switch
    {
        0 => number,
        1 => BitConverter.Int64BitsToDouble(number) is var value && double.IsNaN(value) ? double.NaN : value,
        2 => (random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-10, 70)),
        _ => random.GetItems<double>([0, -0d, 0.5, double.PositiveInfinity, double.NegativeInfinity, double.NaN], 1)[0],
    };

    private void Emit(params ReadOnlySpan<byte> bytes)
    {
        foreach (byte part in bytes) _code.Add(part);
    }

    private void Constant(byte kind) => Emit(Constant(_random, kind));

    private void TakeFromBudget()
    {
        Emit(0x23, BudgetGlobal, 0x41, 1, 0x6B, 0x24, BudgetGlobal);
        Emit(0x23, BudgetGlobal, 0x41, 0, 0x48, 0x04, 0x40, 0x00, 0x0B);
    }

    /// <summary>A local of a kind; every function has one of each.</summary>
    private byte Local(byte kind)
    {
        while (true)
        {
            int local = _random.Next(_locals.Count);
            if (_locals[local] == kind) return (byte)local;
        }
    }

    private byte Kind() => Globals[_random.Next(Globals.Length)];

    /// <summary>Whether there is room for something that contains others.</summary>
    private bool Enter()
    {
        if (_depth >= DepthMax || _items >= ItemsMax) return false;
        _depth++;
        _items++;
        return true;
    }

    private void Leave() => _depth--;

    /// <summary>An address that is mostly inside the first page.</summary>
    private void Address()
    {
        Value(I32);
        if (_random.Next(25) != 0) Emit(0x41, 0xFF, 0xFF, 0x03, 0x71);
    }

    /// <summary>Makes the NaN on top of the stack canonical.</summary>
    private void Canonicalize(byte kind)
    {
        byte local = Local(kind);
        Emit(0x22, local);
        if (kind == F32) Emit([0x43, .. BitConverter.GetBytes(0x7FC00000)]);
        else Emit([0x44, .. BitConverter.GetBytes(0x7FF8000000000000)]);
        Emit(0x20, local, 0x20, local, kind == F32 ? (byte)0x5B : (byte)0x61, 0x1B);
    }

    private static bool IsFloat(byte kind) => kind is F32 or F64;
}
