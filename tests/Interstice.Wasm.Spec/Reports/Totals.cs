using Interstice.Wasm.Spec.Running;

namespace Interstice.Wasm.Spec.Reports;

/// <summary>How many commands came out which way.</summary>
public sealed record Totals(int Passed, int Failed, int Skipped)
{
    /// <summary>Counts results.</summary>
    public static Totals Of(IEnumerable<CommandResult> results)
    {
        int passed = 0, failed = 0, skipped = 0;
        foreach (CommandResult result in results)
        {
            switch (result.Verdict)
            {
                case Verdict.Passed: passed++; break;
                case Verdict.Failed: failed++; break;
                default: skipped++; break;
            }
        }

        return new Totals(passed, failed, skipped);
    }
}
