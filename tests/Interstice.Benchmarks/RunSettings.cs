using System.Globalization;

namespace Interstice.Benchmarks;

/// <summary>What to run, how often and how long.</summary>
internal sealed record RunSettings(IReadOnlyList<string> Names, int Rounds, double Seconds, string? SaveTo)
{
    public static bool TryParse(string[] args, IEnumerable<string> known, out RunSettings settings, out string error)
    {
        List<string> names = [];
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
                case var name when known.Contains(name):
                    names.Add(name);
                    break;
                default:
                    error = args[i] is "-h" or "--help" ? "" : $"unknown or incomplete argument {args[i]}";
                    return false;
            }
        }

        settings = new(names.Count > 0 ? names : [.. known], rounds, seconds, saveTo);
        error = "";
        return true;
    }
}
