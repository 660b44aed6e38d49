namespace Interstice.Cli.Demo;

/// <summary>Numbers that follow from a seed alone: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
/// generators, 2014).</summary>
/// <param name="seed">The seed.</param>
internal struct SplitMix(ulong seed)
{
    private const ulong Step = 0x9e3779b97f4a7c15;

    private ulong _state = seed;

    /// <summary>The seed of a branch.</summary>
    /// <param name="seed">The seed of the whole.</param>
    /// <param name="branch">Which branch.</param>
    public static ulong Branch(ulong seed, ulong branch) => Mix(seed ^ Mix(branch + Step));

    /// <summary>A number from 0 to below a bound.</summary>
    /// <param name="bound">1 or more.</param>
    public long Below(long bound) => (long)(Next() % (ulong)bound);

    /// <summary>The next number.</summary>
    public ulong Next() => Mix(_state += Step);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
