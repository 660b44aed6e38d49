using System.Globalization;

namespace Interstice.Benchmarks;

/// <summary>What to run, how often and how long.</summary>
internal sealed record RunSettings(
    IReadOnlyList<string> Names,
    IReadOnlyList<string> Kernels,
    int Rounds,
    double Seconds,
    string? SaveTo)
{
    /// <summary>Reads the command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="known">Names of benchmarks.</param>
    /// <param name="knownKernels">Names of the engine benchmark's kernels.</param>
    /// <param name="settings">What they say.</param>
    /// <param name="error">What is wrong; empty when help was asked for.</param>
    public static bool TryParse(
        string[] args,
        IEnumerable<string> known,
        IEnumerable<string> knownKernels,
        out RunSettings settings,
        out string error)
    {
        List<string> names = [], kernels = [];
        int rounds = 5;
        double seconds = 2;
        string? saveTo = null;
        settings = null!;
        for (int i = 0; i < args.Length; i++)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out rounds) && rounds > 0:
                case "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out seconds) && seconds > 0:
                    i++;
                    break;
                case "--save" when value is not null:
                    saveTo = value;
                    i++;
                    break;
                case "--kernel" when value is not null && knownKernels.Contains(value):
                    kernels.Add(value);
                    i++;
                    break;
                case var name when known.Contains(name):
                    names.Add(name);
                    break;
                default:
                    error = args[i] is "-h" or "--help" ? "" : $"unknown or incomplete argument {args[i]}";
                    return false;
            }
        }

        settings = new(names.Count > 0 ? names : [.. known], kernels, rounds, seconds, saveTo);
        error = "";
        return true;
    }
}
