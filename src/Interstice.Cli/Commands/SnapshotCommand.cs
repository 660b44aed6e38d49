using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Cli.Inspection;
using Interstice.Cli.Stores;
using Interstice.Host.Snapshots;

namespace Interstice.Cli.Commands;

/// <summary><c>snapshot</c>: takes a snapshot of a module from the log, also while another process writes.</summary>
internal static class SnapshotCommand
{
    private static readonly Argument<string> Module = new("module") { Description = "The module" };
    private static readonly Option<long?> Keep = NumberOptions.Count(
        "--keep",
        "How many snapshots of the module stay (default: 2)",
        min: 1,
        max: SnapshotOptions.KeepMax);

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command(
            "snapshot",
            "Take a snapshot of a module, so that the next start replays only what comes after it")
        {
            Module, Keep,
        }.Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string module = parsed.GetRequiredValue(Module);
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        await ModuleLookup.ExpectAsync(store.Events, module, session.Stopping).ConfigureAwait(false);
        session.Progress.Begin($"replaying {module}");
        SnapshotResult result = await SnapshotTaking
            .RunAsync(
                store.ExpectSnapshots(),
                store.Events,
                module,
                SnapshotAccess.Keep(session, parsed.GetValue(Keep)),
                HostSettings.OfModules().Keys,
                TimeProvider.System,
                new ReplayDisplay(session.Progress),
                session.Stopping)
            .ConfigureAwait(false)
            ?? throw new CliException(ExitCode.Failed, $"module {module} has no published build; publish it first");
        session.Progress.Clear();
        SnapshotAccess.Report(result.Refused);
        if (session.IsText) session.Output.WriteLine(Describe(result));
        else session.Documents.WriteDocument(json => Write(json, result));
        return ExitCode.Success;
    }

    private static string Describe(SnapshotResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(result.IsNew ? "took" : "there is already")} {result.Name}: {result.Rows:N0} rows, state hash {result.StateHash}");

    private static void Write(Utf8JsonWriter json, SnapshotResult result)
    {
        json.WriteStartObject();
        json.WriteString("module", result.Name.Module);
        json.WriteNumber("revision", result.Name.Revision.Value);
        json.WriteString("file", result.Name.ToString());
        json.WriteBoolean("new", result.IsNew);
        json.WriteNumber("bytes", result.Bytes);
        json.WriteNumber("rows", result.Rows);
        json.WriteString("stateHash", result.StateHash.ToString());
        json.WriteNumber("base", result.Base.Value);
        json.WriteNumber("removed", result.Removed);
        json.WriteNumber("ms", Math.Round(result.Elapsed.TotalMilliseconds, 3));
        json.WriteStartArray("refused");
        foreach (SnapshotRefusal refusal in result.Refused)
        {
            json.WriteStartObject();
            json.WriteString("file", refusal.File);
            json.WriteString("fault", JsonNamingPolicy.CamelCase.ConvertName(refusal.Fault.ToString()));
            json.WriteString("reason", refusal.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
