using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Output;

namespace Interstice.Cli.Inspection;

/// <summary>How a reload ended, for people: the same from a host elsewhere and from one in this process.</summary>
internal static class ReloadText
{
    /// <summary>Writes it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="module">The module.</param>
    /// <param name="result">The document.</param>
    public static void Write(StandardOutput output, string module, JsonElement result)
    {
        JsonElement canary = result.GetProperty("canary");
        if (canary.ValueKind == JsonValueKind.Object) WriteCanary(output, module, canary);
        JsonElement published = result.GetProperty("published");
        switch (result.GetProperty("outcome").GetString())
        {
            case "reloaded":
                output.WriteLine(
                    $"reloaded {module}, version {published.GetProperty("version").GetInt32()}, code {published.GetProperty("codeHash").GetString()}, " +
                    $"at revision {published.GetProperty("revision").GetInt64()}");
                break;
            case "unchanged":
                output.WriteLine($"{module} runs this code already (version {published.GetProperty("version").GetInt32()}); nothing was changed");
                break;
            default:
                output.WriteLine($"{module} was NOT reloaded and runs what it ran; --accept-changes takes the new code all the same");
                return;
        }

        foreach (JsonElement warning in published.GetProperty("warnings").EnumerateArray())
            ErrorReport.WriteSentence($"warning: module {module}: {warning.GetString()}");
    }

    private static void WriteCanary(StandardOutput output, string module, JsonElement canary)
    {
        foreach (JsonElement difference in canary.GetProperty("differences").EnumerateArray())
        {
            string stream = difference.TryGetProperty("module", out JsonElement other) ? other.GetString()! : module;
            output.WriteLine($"{stream} revision {difference.GetProperty("revision").GetInt64()}: {difference.GetProperty("call").GetString()}");
            output.WriteLine($"  expected {difference.GetProperty("expected").GetString()}");
            output.WriteLine($"  found    {difference.GetProperty("found").GetString()}");
        }

        long further = canary.GetProperty("differenceCount").GetInt64() - canary.GetProperty("differences").GetArrayLength();
        if (further > 0) output.WriteLine($"and {Count.Of(further, "difference")} more");
        string calls = Count.Of(canary.GetProperty("calls").GetInt64(), "recorded call");
        long different = canary.GetProperty("differentCalls").GetInt64();
        output.WriteLine(different == 0 ? $"{calls} run, every effect as recorded" : $"{calls} run, {Count.Of(different, "call")} DIFFER");
        long passed = canary.GetProperty("notRun").GetInt64();
        if (passed > 0) output.WriteLine($"{Count.Of(passed, "call")} on other tables passed over");
        long joint = canary.GetProperty("jointCalls").GetInt64();
        if (joint > 0) output.WriteLine($"{Count.Of(joint, "call")} over several modules could not be joined");
    }
}
