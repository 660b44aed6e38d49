using System.CommandLine;
using System.Text.RegularExpressions;
using Interstice.Cli.Inspection;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Inspection;
using Interstice.Kernel.Schema;

namespace Interstice.Cli.Commands;

/// <summary><c>log-inspect</c>: the events of the log, filtered. Takes no lock, runs no code.</summary>
internal static class LogInspectCommand
{
    private static readonly Option<string?> Module = Text("--module", "MODULE", "Only events of this module");
    private static readonly Option<string?> Table = Text("--table", "TABLE", "Only this table, or this emitted event");
    private static readonly Option<string?> Operation = FilterOptions.Word(
        "--op",
        $"Only this operation: {string.Join(", ", EventDecoder.Operations)}",
        EventDecoder.Operations);

    private static readonly Option<string?> Reducer = Text("--reducer", "REDUCER", "Only calls of this reducer; MODULE.REDUCER: with their parts in other modules");
    private static readonly Option<string?> Caller = FilterOptions.Identity(
        "--caller",
        "Only this caller: the identity, or how it begins");
    private static readonly Option<long?> From = NumberOptions.Count("--from", "First position, inclusive", "POSITION");
    private static readonly Option<long?> To = NumberOptions.Count("--to", "Last position, inclusive", "POSITION");
    private static readonly Option<long?> Since = FilterOptions.Time(
        "--since",
        "Earliest time, inclusive, such as 2026-01-31T12:00:00Z");
    private static readonly Option<long?> Until = FilterOptions.Time("--until", "Latest time, inclusive");
    private static readonly Option<Regex?> Match = FilterOptions.Expression(
        "--match",
        "Only events whose JSON matches");
    private static readonly Option<long?> Skip = NumberOptions.Count("--skip", "Leave out this many first");
    private static readonly Option<long?> Limit = NumberOptions.Count("--limit", "Most events");
    private static readonly Option<bool> Follow =
        new("--follow") { Description = "Go on with what is appended, until Ctrl-C" };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("log-inspect", "The events of the log, filtered; takes no lock and runs no code")
        {
            Module, Table, Operation, Reducer, Caller, From, To, Since, Until, Match, Skip, Limit, Follow,
        }.Talks().Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        using var filter = new LogFilter
        {
            Module = parsed.GetValue(Module),
            Table = parsed.GetValue(Table),
            Operation = parsed.GetValue(Operation),
            Reducer = parsed.GetValue(Reducer),
            Caller = parsed.GetValue(Caller),
            From = (ulong?)parsed.GetValue(From),
            To = (ulong?)parsed.GetValue(To),
            SinceUs = parsed.GetValue(Since),
            UntilUs = parsed.GetValue(Until),
            Match = parsed.GetValue(Match),
        };
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        if (server is not null)
        {
            return await new RemoteLog(session, server)
                .WriteAsync(filter, parsed.GetValue(Skip), parsed.GetValue(Limit), parsed.GetValue(Follow))
                .ConfigureAwait(false);
        }

        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        if (!parsed.GetValue(Follow)) await ExpectNamesAsync(session, store, filter).ConfigureAwait(false);
        var page = new LogPage(parsed.GetValue(Skip) ?? 0, parsed.GetValue(Limit) ?? long.MaxValue);
        var inspection = new LogInspection(session, store.Events, filter, page);
        await inspection.RunAsync(parsed.GetValue(Follow)).ConfigureAwait(false);
        return ExitCode.Success;
    }

    // A misspelt name would give an empty answer that looks like one. Following waits for names that do not exist yet.
    private static async Task ExpectNamesAsync(Session session, OpenStore store, LogFilter filter)
    {
        if (filter.Module is null && filter.Table is null && filter.Reducer is null) return;
        if (filter.Module is { } module)
            await ModuleLookup.ExpectAsync(store.Events, module, session.Stopping).ConfigureAwait(false);
        List<Publication> all = await Publication.ReadAllAsync(store.Events, null, session.Stopping).ConfigureAwait(false);
        List<ModuleSchema> schemas =
        [
            .. all
                .Where(known => filter.Module is null || known.Module == filter.Module)
                .Select(known => known.Schema),
        ];
        Expect("table", filter.Table, schemas.SelectMany(schema => schema.AllTables.Select(table => table.Name)
            .Concat(schema.Events.Select(declared => declared.Name))));
        // A qualified name stands for parts in other modules, too, so that it may be one of a module that is not asked for.
        bool isQualified = filter.Reducer?.Contains('.', StringComparison.Ordinal) == true;
        IEnumerable<ModuleSchema> declaring = isQualified ? all.Select(known => known.Schema) : schemas;
        Expect(
            "reducer",
            filter.Reducer,
            declaring.SelectMany(schema => schema.Reducers.Select(reducer => isQualified ? $"{schema.Name}.{reducer.Name}" : reducer.Name)));

        void Expect(string what, string? name, IEnumerable<string> known)
        {
            string[] names = [.. known.Distinct(StringComparer.Ordinal)];
            string where = filter.Module is null ? "no module has a" : $"module {filter.Module} has no";
            if (name is not null && !names.Contains(name, StringComparer.Ordinal))
                throw ModuleLookup.Unknown($"{where} {what}", name, names);
        }
    }

    private static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName };
}
