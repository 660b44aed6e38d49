using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Interstice.Benchmarks;

/// <summary>Tables in Markdown, to the console and kept for a file.</summary>
internal sealed class Report(TextWriter output)
{
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public void Machine()
    {
        string cpu = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':')[1].Trim() ?? "unknown processor"
            : "unknown processor";
        Line($"Machine: {Environment.ProcessorCount} cores, {cpu}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}.");
        if (Commit() is { } commit) Line($"Built from commit {commit}.");
        Line();
    }

    public void Heading(string text)
    {
        Line($"## {text}");
        Line();
    }

    public void Table(string[] header, IEnumerable<string[]> rows)
    {
        Line($"| {string.Join(" | ", header)} |");
        Line($"|{string.Concat(Enumerable.Repeat("---|", header.Length))}");
        foreach (string[] row in rows) Line($"| {string.Join(" | ", row)} |");
        Line();
    }

    public void Line(string text = "")
    {
        _text.Append(text).Append('\n');
        output.WriteLine(text);
    }

    public static string Number(double value) => value switch
    {
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("F3", CultureInfo.InvariantCulture),
    };

    // The build appends the commit to the version.
    private static string? Commit() =>
        typeof(Report).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, { Length: >= 7 } commit]
            ? commit[..7]
            : null;
}
