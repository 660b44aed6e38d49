using System.Numerics;

namespace Interstice.Host.Reducers;

/// <summary>The generator behind <c>random()</c>: xoshiro256** seeded by splitmix64 from the 128 bits of the record.</summary>
/// <remarks>The algorithm never changes: recorded calls must give the same numbers for ever (docs/semantics.md, Order and
/// time). Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021.</remarks>
public struct RandomSequence
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Starts the sequence of a seed.</summary>
    /// <param name="seed">128 bits from the transaction record; any value.</param>
    public RandomSequence(UInt128 seed)
    {
        // Each half of the seed feeds its own splitmix64, so that all 128 bits count.
        ulong low = (ulong)seed;
        ulong high = (ulong)(seed >> 64);
        _s0 = SplitMix(ref low);
        _s1 = SplitMix(ref high);
        _s2 = SplitMix(ref low);
        _s3 = SplitMix(ref high);

        // All zero is the one state that xoshiro cannot leave.
        if ((_s0 | _s1 | _s2 | _s3) == 0) _s0 = 1;
    }

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
