using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Arguments for calls of guests.</summary>
internal static class GuestArguments
{
    /// <summary>A value of a kind, often one at a border; never a NaN with a payload.</summary>
    public static Value Create(Random random, ValueKind kind) => kind switch
    {
        ValueKind.I32 => Value.FromI32((int)Number(random)),
        ValueKind.I64 => Value.FromI64(Number(random)),
        ValueKind.F32 => Value.FromF32(random.Next(2) == 0 ? (int)Number(random) : random.NextSingle()),
        ValueKind.F64 => Value.FromF64(random.Next(2) == 0 ? Number(random) : random.NextDouble()),
        _ => Value.Default(kind),
    };

    private static long Number(Random random) => random.Next(4) switch
    {
        0 => random.Next(-2, 3),
        1 => long.MaxValue >> random.Next(64),
        2 => long.MinValue >> random.Next(64),
        _ => random.NextInt64(),
    };
}
