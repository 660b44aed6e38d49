using System.CommandLine;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Host.Inspection;
using Interstice.Host.Reexecution;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Commands;

/// <summary><c>leak-check</c>: reducers whose effects depend on what calls before them left in the module.</summary>
internal static class LeakCheckCommand
{
    private static readonly Argument<string> Module = new("module") { Description = "The module" };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("leak-check", "Reducers whose effects depend on what earlier calls left in the module; takes no lock")
        {
            Module, RevisionRange.From, RevisionRange.To,
        }.Runs(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        (Revision from, Revision? to) = RevisionRange.Of(parsed);
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        LeakResult result = await new StoredCalls(session, store)
            .FindLeaksAsync(parsed.GetRequiredValue(Module), from, to).ConfigureAwait(false);
        if (session.IsText) WriteText(session.Output, result);
        else session.Documents.WriteDocument(json => ReexecutionDocument.Write(json, result));
        return result.Leaks.Count == 0 && result.NotRun == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private static void WriteText(StandardOutput output, LeakResult result)
    {
        foreach (LeakingReducer leak in result.Leaks)
        {
            output.WriteLine($"{result.Module}.{leak.Reducer} LEAKS: {Count.Of(leak.Calls, "call")} did something else without the reset, first");
            ReexecutionText.Write(output, result.Module, leak.First);
        }

        string calls = Count.Of(result.Calls, "call");
        if (result.Leaks.Count == 0) output.WriteLine($"{result.Module}: no leak in {calls}");
        if (result.NotRun > 0) output.WriteLine($"{Count.Of(result.NotRun, "call")} could not be run; replay-check --re-execute says why");
        if (result.JointCalls > 0) output.WriteLine($"{Count.Of(result.JointCalls, "call")} over several modules could not be joined");
        if (result.DifferentAlike > 0)
        {
            output.WriteLine(
                $"{Count.Of(result.DifferentAlike, "call")} did something else than recorded with the reset as well; replay-check --re-execute says what");
        }
    }
}
