using System.Text.Json;
using Interstice.Cli.Output;

namespace Interstice.Cli.Inspection;

/// <summary>Writes a plan of a publication for people, from its document, whoever made it.</summary>
internal static class PlanText
{
    /// <summary>Writes it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="plan">The document.</param>
    /// <returns>Whether the publication is possible.</returns>
    public static bool Write(StandardOutput output, JsonElement plan)
    {
        string module = plan.GetProperty("module").GetString()!;
        string declared = plan.GetProperty("declaredVersion").GetString()!;
        string before = plan.GetProperty("currentVersion").GetString() is { } current ? $" after {current}" : ", the first publication";
        if (plan.GetProperty("runsAlready").GetBoolean())
        {
            output.WriteLine($"{module} runs this code already; publishing it changes nothing");
            return true;
        }

        output.WriteLine($"plan for {module}: publication {plan.GetProperty("version").GetInt32()}, version {declared}{before}");
        foreach (JsonElement change in plan.GetProperty("changes").EnumerateArray()) output.WriteLine("  change   " + Describe(change));
        foreach (JsonElement step in plan.GetProperty("steps").EnumerateArray())
            output.WriteLine("  step     " + step.GetProperty("sentence").GetString());
        foreach (JsonElement effects in plan.GetProperty("effects").EnumerateArray()) output.WriteLine("  tried    " + DescribeEffects(effects));
        JsonElement refusals = plan.GetProperty("refusals");
        foreach (JsonElement refusal in refusals.EnumerateArray()) output.WriteLine("  refused  " + refusal.GetString());
        bool isPossible = refusals.GetArrayLength() == 0;
        output.WriteLine(isPossible ? "it can be published; nothing was changed" : "it cannot be published; nothing was changed");
        return isPossible;
    }

    // What a reducer wrote when it was run over the rows that are there.
    private static string DescribeEffects(JsonElement effects)
    {
        string[] tables =
        [
            .. effects.GetProperty("tables").EnumerateArray()
                .Select(table => $"{table.GetProperty("rows").GetInt64()} rows of {table.GetProperty("table").GetString()}"),
        ];
        string rows = tables.Length == 0 ? "no rows" : string.Join(", ", tables);
        return $"the reducer wrote {rows}, with {effects.GetProperty("fuelUsed").GetUInt64()} units of fuel";
    }

    /// <summary>A change in a line.</summary>
    public static string Describe(JsonElement change) =>
        $"{change.GetProperty("effect").GetString(),-15}  {change.GetProperty("subject").GetString()} {change.GetProperty("sentence").GetString()}";
}
