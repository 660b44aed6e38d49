using System.Buffers.Binary;

namespace Interstice.Kernel.Hashing;

/// <summary>The hash of one row and of one counter, the terms of which a <see cref="StateHash"/> is the sum
/// (docs/formats/state-hash.md).</summary>
public static class RowHash
{
    /// <summary>The hash of a row.</summary>
    /// <param name="seed">The table's seeds.</param>
    /// <param name="row">The row in its canonical encoding.</param>
    public static StateHash Compute(TableSeed seed, ReadOnlySpan<byte> row) => new(Xxh3.Hash128(row, seed.Rows));

    /// <summary>The hash of a counter. A counter of 0 (nothing was ever stored) adds nothing.</summary>
    /// <param name="seed">The table's seeds.</param>
    /// <param name="counter">The largest value ever stored.</param>
    public static StateHash ComputeCounter(TableSeed seed, ulong counter)
    {
        if (counter == 0) return StateHash.Zero;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, counter);
        return new StateHash(Xxh3.Hash128(bytes, seed.Counter));
    }
}
