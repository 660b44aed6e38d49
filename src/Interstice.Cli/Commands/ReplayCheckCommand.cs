using System.CommandLine;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Host.Inspection;
using Interstice.Host.Reexecution;
using Interstice.Kernel.Events;

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

    private static readonly Option<bool> ReExecute = new("--re-execute")
    {
        Description = "Run every recorded call again in its build and compare all its effects, instead of replaying them",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command(
            "replay-check",
            "Replay from position zero several times and compare the hash after every transaction")
        {
            Runs, Module, ReExecute, RevisionRange.From, RevisionRange.To,
        }.Runs(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        if (parsed.GetValue(ReExecute)) return await ReExecuteAsync(parsed, session).ConfigureAwait(false);
        if (parsed.GetValue(RevisionRange.From) is not null || parsed.GetValue(RevisionRange.To) is not null)
            throw new CliException(ExitCode.Usage, "--from and --to go with --re-execute; a replay begins at position zero");
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        var check = new ReplayCheck(session, store.Events, parsed.GetValue(Module), RepairHoles.Of(session, store));
        ReplayCheckReport report = await check.RunAsync((int)(parsed.GetValue(Runs) ?? 2)).ConfigureAwait(false);
        if (session.IsText) WriteText(session.Output, report);
        else session.Documents.WriteDocument(report.Write);
        if (report.CommitPointFailure is { } failure) ExceptionDispatchInfo.Throw(failure);
        return report.IsDeterministic ? ExitCode.Success : ExitCode.Failed;
    }

    private static async Task<ExitCode> ReExecuteAsync(ParseResult parsed, Session session)
    {
        if (parsed.GetValue(Runs) is not null) throw new CliException(ExitCode.Usage, "--runs and --re-execute exclude each other; give one of them");
        (Revision from, Revision? to) = RevisionRange.Of(parsed);
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        List<ReexecutionResult> results = await new StoredCalls(session, store)
            .RunAsync(parsed.GetValue(Module), from, to).ConfigureAwait(false);
        if (session.IsText)
        {
            foreach (ReexecutionResult result in results) ReexecutionText.Write(session.Output, result);
        }
        else
        {
            session.Documents.WriteDocument(json => Write(json, results));
        }

        return results.TrueForAll(result => result.IsEqual) ? ExitCode.Success : ExitCode.Failed;
    }

    // The members of every replay-check, and what was run again.
    private static void Write(Utf8JsonWriter json, List<ReexecutionResult> results)
    {
        json.WriteStartObject();
        ReexecutionResult? first = results.Find(result => !result.IsEqual);
        EffectDifference? difference = first?.Differences[0];
        new ReplayCheckReport([], difference is null ? null : new(
            StreamNames.Module(difference.Module ?? first!.Module), difference.Revision, difference.Reducer, difference.Expected, difference.Found)).WriteMembers(json);
        json.WriteStartArray("modules");
        foreach (ReexecutionResult result in results) ReexecutionDocument.Write(json, result);
        json.WriteEndArray();
        json.WriteEndObject();
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
        OpenCommitPointText.Write(output, report.OpenCommitPoints);
        output.WriteLine(report.Divergence is { } first
            ? $"DIVERGED at {first.Stream} revision {first.Revision} ({first.Reducer ?? "no reducer"}): "
                + $"expected {first.Expected}, found {first.Actual}"
            : "deterministic: every transaction gave the hash that was recorded with it, in every run");
        if (report.CommitPointFailure is not null)
            output.WriteLine("NOT CHECKED: whether each module has its part of what was committed over several modules");
    }
}
