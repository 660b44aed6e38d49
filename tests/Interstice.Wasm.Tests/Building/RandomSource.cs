using System.Globalization;

namespace Interstice.Wasm.Tests.Building;

/// <summary>Seeds and sizes of random tests.</summary>
/// <remarks>INTERSTICE_TEST_SCALE multiplies how much is tried (default 1); INTERSTICE_TEST_SEED replays a
/// run.</remarks>
internal static class RandomSource
{
    /// <summary>A generator whose seed is printed with the test.</summary>
    public static Random Create()
    {
        int seed = int.TryParse(
            Environment.GetEnvironmentVariable("INTERSTICE_TEST_SEED"), CultureInfo.InvariantCulture, out int given)
            ? given
            : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"replay with INTERSTICE_TEST_SEED={seed}");
        return new Random(seed);
    }

    /// <summary>A count scaled by the environment.</summary>
    public static int Scaled(int count) => int.TryParse(
        Environment.GetEnvironmentVariable("INTERSTICE_TEST_SCALE"), CultureInfo.InvariantCulture, out int scale)
        ? count * Math.Max(1, scale)
        : count;
}
