using System.Globalization;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>What the command <c>fuzz</c> did.</summary>
/// <param name="Text">All of it in words, on one line, with the seed that replays it.</param>
/// <param name="Count">Inputs tried.</param>
/// <param name="Ran">How many of them were modules that ran.</param>
/// <param name="Before">What the process held after the first of them.</param>
/// <param name="After">What it held at the end.</param>
internal sealed record FuzzRun(string Text, int Count, int Ran, Footprint Before, Footprint After)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static FuzzRun Parse(string output)
    {
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new FuzzRun(lines[0], Number(lines[1]), Number(lines[2]), Footprint.Parse(lines[3]), Footprint.Parse(lines[4]));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Text}\n{Count}\n{Ran}\n{Before.ToLine()}\n{After.ToLine()}");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
