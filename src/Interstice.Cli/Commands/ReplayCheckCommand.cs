using System.CommandLine;
using System.Globalization;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;

namespace Interstice.Cli.Commands;

/// <summary><c>replay-check</c>: replays from position zero several times and compares every state hash.</summary>
internal static class ReplayCheckCommand
{
    private const int RunsMax = 1000;

    private static readonly Option<long?> Runs = NumberOptions.Count(
        "--runs",
        "How often (default: 2)",
        min: 1,
        max: RunsMax);
    private static readonly Option<string?> Module = new("--module")
    {
        Description = "Only this module (default: all)",
        HelpName = "MODULE",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command(
            "replay-check",
            "Replay from position zero several times and compare the hash after every transaction")
        {
            Runs, Module,
        }.Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        var check = new ReplayCheck(session, store.Events, parsed.GetValue(Module));
        ReplayCheckReport report = await check.RunAsync((int)(parsed.GetValue(Runs) ?? 2)).ConfigureAwait(false);
        if (session.IsText) WriteText(session.Output, report);
        else session.Documents.WriteDocument(report.Write);
        return report.IsDeterministic ? ExitCode.Success : ExitCode.Failed;
    }

    private static void WriteText(StandardOutput output, ReplayCheckReport report)
    {
        var table = new TextTable("run#", "events#", "ms#", "state hash");
        foreach (ReplayRun run in report.Runs)
        {
            table.Add(
                (table.Count + 1).ToString(CultureInfo.InvariantCulture),
                run.Events.ToString("N0", CultureInfo.InvariantCulture),
                run.Elapsed.TotalMilliseconds.ToString("N1", CultureInfo.InvariantCulture),
                run.Hash.ToString());
        }

        if (table.Count > 0) table.Write(output);
        output.WriteLine(report.Divergence is { } first
            ? $"DIVERGED at {first.Stream} revision {first.Revision} ({first.Reducer ?? "no reducer"}): "
                + $"expected {first.Expected}, found {first.Actual}"
            : "deterministic: every transaction gave the hash that was recorded with it, in every run");
    }
}
