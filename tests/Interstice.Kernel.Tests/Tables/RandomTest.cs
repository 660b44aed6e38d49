using System.Globalization;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>Seeds and lengths of random tests: INTERSTICE_TEST_SEED replays one, INTERSTICE_TEST_SCALE makes all longer.</summary>
internal static class RandomTest
{
    internal static double Scale { get; } =
        double.TryParse(Environment.GetEnvironmentVariable("INTERSTICE_TEST_SCALE"), CultureInfo.InvariantCulture, out double scale)
            ? scale : 1;

    internal static int Times(int regular) => Math.Max(1, (int)(regular * Scale));

    internal static int Seed() =>
        int.TryParse(Environment.GetEnvironmentVariable("INTERSTICE_TEST_SEED"), CultureInfo.InvariantCulture, out int seed)
            ? seed : Random.Shared.Next();

    /// <summary>Runs a test body under a number of seeds; a failure names the seed that replays it.</summary>
    internal static void Run(int regularTimes, Action<Random> body)
    {
        int first = Seed();
        for (int i = 0; i < Times(regularTimes); i++)
        {
            int seed = unchecked(first + i);
            try
            {
                body(new Random(seed));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"Replay with INTERSTICE_TEST_SEED={seed}: {failure.Message}"), failure);
            }
        }
    }
}
