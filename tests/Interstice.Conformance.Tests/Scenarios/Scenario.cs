using System.Text.Json;

namespace Interstice.Conformance.Tests.Scenarios;

/// <summary>One scenario of tests/conformance: modules, what is done with them, and what must come of it (docs/testing.md).</summary>
/// <param name="Name">Its name, unique among all.</param>
/// <param name="Rows">The features that it shows, as C9.</param>
/// <param name="Steps">What is done, in order.</param>
internal sealed record Scenario(
    string Name, IReadOnlyList<string> Rows, IReadOnlyList<JsonElement> Steps)
{
    private static readonly Lazy<IReadOnlyList<Scenario>> Everything = new(() => [.. Read()]);

    /// <summary>All of them, in the order of files and in these.</summary>
    public static IReadOnlyList<Scenario> All => Everything.Value;

    /// <summary>Finds one.</summary>
    public static Scenario Find(string name) => All.Single(scenario => scenario.Name == name);

    public override string ToString() => Name;

    private static IEnumerable<Scenario> Read()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "scenarios"), "*.json").Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (JsonElement scenario in document.RootElement.Clone().EnumerateArray())
            {
                yield return new Scenario(
                    scenario.Text("name")!,
                    [.. scenario.Items("rows").Select(row => row.GetString()!)],
                    [.. scenario.Items("steps")]);
            }
        }
    }
}
