using System.Globalization;

namespace Interstice.Kernel.Tests;

/// <summary>Runs a random test many times, each from a seed of its own; a failure names the seed that replays it.</summary>
internal static class Seeded
{
    private const string Variable = "INTERSTICE_SEED";

    internal static void Run(int times, Action<Random> body)
    {
        string? given = Environment.GetEnvironmentVariable(Variable);
        int first = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        for (int i = 0; i < (given is null ? times : 1); i++)
        {
            int seed = unchecked(first + i);
            try
            {
                body(new Random(seed));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{Variable}={seed} replays this: {exception.Message}", exception);
            }
        }
    }
}
