namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>What a generated module has, and what its code may use.</summary>
/// <remarks>Every module imports two functions and exports its own as f2, f3 and so on, memory, its mutable globals as g0, g1 and so on,
/// and the global <see cref="Budget"/>: code takes one from it at each function entry and turn of a loop and ends in
/// <c>unreachable</c> when it is used up, so that every call ends, on any engine at the same instruction.</remarks>
internal static class GuestShape
{
    public const byte I32 = 0x7F, I64 = 0x7E, F32 = 0x7D, F64 = 0x7C;

    /// <summary>Export name of the budget.</summary>
    public const string Budget = "budget";

    /// <summary>Kinds of the mutable globals; the budget is the global after them.</summary>
    public static readonly byte[] Globals = [I32, I64, F32, F64];

    /// <summary>Types that functions and blocks have, by type index.</summary>
    public static readonly (byte[] Parameters, byte[] Results)[] Types =
    [
        ([], []),
        ([I32, I32], [I32]),
        ([I64, F64], [I64]),
        ([F32], [F64]),
        ([I32], [I64, I32]),
        ([F64, F32], [F32, F64, I32]),
        ([I32, I64], []),
        ([I64], [F32]),
    ];

    /// <summary>The type that a start function has.</summary>
    public const int NoParametersOrResults = 0;

    /// <summary>Types of the functions that every module imports.</summary>
    public static readonly int[] ImportedTypes = [3, 4];

    /// <summary>Numeric instructions: their code, operands and result.</summary>
    public static readonly (byte[] Code, byte[] Operands, byte Result)[] Operations = CreateOperations();

    private static (byte[] Code, byte[] Operands, byte Result)[] CreateOperations()
    {
        var operations = new List<(byte[] Code, byte[] Operands, byte Result)>();
        Add(0x45, 0x45, I32, 1, I32);
        Add(0x46, 0x4F, I32, 2, I32);
        Add(0x50, 0x50, I64, 1, I32);
        Add(0x51, 0x5A, I64, 2, I32);
        Add(0x5B, 0x60, F32, 2, I32);
        Add(0x61, 0x66, F64, 2, I32);
        Add(0x67, 0x69, I32, 1, I32);
        Add(0x6A, 0x78, I32, 2, I32);
        Add(0x79, 0x7B, I64, 1, I64);
        Add(0x7C, 0x8A, I64, 2, I64);
        Add(0x8B, 0x91, F32, 1, F32);
        Add(0x92, 0x97, F32, 2, F32);
        Add(0x99, 0x9F, F64, 1, F64);
        Add(0xA0, 0xA5, F64, 2, F64);
        Add(0xA7, 0xA7, I64, 1, I32);
        Add(0xA8, 0xA9, F32, 1, I32);
        Add(0xAA, 0xAB, F64, 1, I32);
        Add(0xAC, 0xAD, I32, 1, I64);
        Add(0xAE, 0xAF, F32, 1, I64);
        Add(0xB0, 0xB1, F64, 1, I64);
        Add(0xB2, 0xB3, I32, 1, F32);
        Add(0xB4, 0xB5, I64, 1, F32);
        Add(0xB6, 0xB6, F64, 1, F32);
        Add(0xB7, 0xB8, I32, 1, F64);
        Add(0xB9, 0xBA, I64, 1, F64);
        Add(0xBB, 0xBB, F32, 1, F64);
        Add(0xBE, 0xBE, I32, 1, F32);
        Add(0xBF, 0xBF, I64, 1, F64);
        Add(0xC0, 0xC1, I32, 1, I32);
        Add(0xC2, 0xC4, I64, 1, I64);
        for (byte second = 0; second < 8; second++)
        {
            byte operand = (second & 2) == 0 ? F32 : F64;
            operations.Add(([0xFC, second], [operand], second < 4 ? I32 : I64));
        }

        return [.. operations];

        void Add(byte first, byte last, byte operand, int arity, byte result)
        {
            for (int code = first; code <= last; code++)
                operations.Add(([(byte)code], [.. Enumerable.Repeat(operand, arity)], result));
        }
    }
}
