using System.Globalization;

namespace Interstice.Kernel.Tests.Expressions;

/// <summary>Seeds of the random tests of this folder. A failure names its seed; the environment variable
/// INTERSTICE_EXPRESSION_SEED replays it.</summary>
internal static class ExpressionSeed
{
    internal static int Next()
    {
        string? given = Environment.GetEnvironmentVariable("INTERSTICE_EXPRESSION_SEED");
        int seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        return seed;
    }
}
