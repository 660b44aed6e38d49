using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Host.Modules;
using Interstice.Host.Snapshots;

namespace Interstice.Cli.Commands;

/// <summary><c>snapshots</c>: lists the snapshots of a store, each checked as a start would check it.</summary>
internal static class SnapshotsCommand
{
    private static readonly Argument<string?> Module = new("module")
    {
        Description = "The module; all of them without it",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("snapshots", "List snapshots, each checked against its bytes, its rows and the log") { Module }.Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        SnapshotStore snapshots = store.ExpectSnapshots();
        if (parsed.GetValue(Module) is { } one) await ModuleLookup.ExpectAsync(store.Events, one, session.Stopping).ConfigureAwait(false);
        IReadOnlyList<string> modules = parsed.GetValue(Module) is { } module
            ? [module]
            : await ModuleList.ReadAsync(store.Events, session.Stopping).ConfigureAwait(false);
        var text = new TextTable("module", "revision#", "position#", "bytes#", "transactions#", "state hash", "good");
        bool isGood = true;
        session.Progress.Begin("checking snapshots");
        foreach (string name in modules)
        {
            foreach (SnapshotState state in await SnapshotInspection
                .RunAsync(snapshots, store.Events, name, session.Stopping)
                .ConfigureAwait(false))
            {
                isGood &= state.IsGood;
                if (session.IsText) Add(text, state);
                else session.Documents.WriteItem(json => Write(json, state));
            }
        }

        session.Progress.Clear();
        if (!session.IsText) session.Documents.EndItems();
        else if (text.Count > 0) text.Write(session.Output);
        else session.Output.WriteLine($"there are no snapshots in {snapshots.Directory}; take one with interstice snapshot MODULE");
        return isGood ? ExitCode.Success : ExitCode.Failed;
    }

    private static void Add(TextTable text, SnapshotState state) => text.Add(
        state.Name.Module,
        state.Name.Revision.Value.ToString("N0", CultureInfo.InvariantCulture),
        state.Header?.Position.Commit.ToString("N0", CultureInfo.InvariantCulture) ?? "",
        state.Bytes.ToString("N0", CultureInfo.InvariantCulture),
        state.Header?.TransactionCount.ToString("N0", CultureInfo.InvariantCulture) ?? "",
        state.Header?.StateHash.ToString() ?? "",
        state.Refusal is { } refusal ? $"no: {refusal.Reason}" : "yes");

    private static void Write(Utf8JsonWriter json, SnapshotState state)
    {
        json.WriteStartObject();
        json.WriteString("module", state.Name.Module);
        json.WriteNumber("revision", state.Name.Revision.Value);
        json.WriteString("file", state.Name.ToString());
        json.WriteNumber("bytes", state.Bytes);
        json.WriteBoolean("good", state.IsGood);
        if (state.Header is { } header)
        {
            json.WriteNumber("position", header.Position.Commit);
            json.WriteNumber("transactions", header.TransactionCount);
            json.WriteString("stateHash", header.StateHash.ToString());
        }
        else
        {
            json.WriteNull("position");
            json.WriteNull("transactions");
            json.WriteNull("stateHash");
        }

        json.WriteString("fault", state.Refusal is { } refused ? JsonNamingPolicy.CamelCase.ConvertName(refused.Fault.ToString()) : null);
        json.WriteString("reason", state.Refusal?.Reason);
        json.WriteEndObject();
    }
}
