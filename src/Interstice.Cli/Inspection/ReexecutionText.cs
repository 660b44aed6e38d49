using Interstice.Cli.Output;
using Interstice.Host.Reexecution;

namespace Interstice.Cli.Inspection;

/// <summary>What calls did otherwise, for people.</summary>
internal static class ReexecutionText
{
    /// <summary>Writes what running a module's calls again gave.</summary>
    public static void Write(StandardOutput output, ReexecutionResult result)
    {
        foreach (EffectDifference difference in result.Differences) Write(output, result.Module, difference);
        if (result.DifferenceCount > result.Differences.Count)
            output.WriteLine($"and {result.DifferenceCount - result.Differences.Count} differences more");
        string seconds = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{result.Elapsed.TotalSeconds:0.0} s");
        string range = result.To < result.From ? "no revision" : $"revisions {result.From} to {result.To}";
        string others = Others(result);
        output.WriteLine(result.IsEqual
            ? $"{result.Module}: {range}: {Count.Of(result.Calls, "call")} run again in {seconds}, every effect as recorded{others}"
            : $"{result.Module}: {range}: {Count.Of(result.DifferentCalls, "call")} of {result.Calls + result.NotRun} DIFFER{others}");
    }

    /// <summary>Writes one difference.</summary>
    public static void Write(StandardOutput output, string module, EffectDifference difference)
    {
        output.WriteLine($"{difference.Module ?? module} revision {difference.Revision}: {difference.Call}");
        output.WriteLine($"  expected {difference.Expected}");
        output.WriteLine($"  found    {difference.Found}");
    }

    private static string Others(ReexecutionResult result)
    {
        List<string> others = [];
        if (result.NotRun > 0) others.Add($"{result.NotRun} could not be run");
        if (result.JointCalls > 0) others.Add($"{Count.Of(result.JointCalls, "call")} over several modules could not be joined");
        if (result.HostTransactions > 0) others.Add($"{Count.Of(result.HostTransactions, "transaction")} of the host applied");
        if (result.VoidTransactions > 0) others.Add($"{Count.Of(result.VoidTransactions, "void transaction")} passed over");
        return others.Count == 0 ? "" : $"; {string.Join(", ", others)}";
    }
}
