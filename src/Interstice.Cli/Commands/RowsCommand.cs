using System.CommandLine;
using System.Globalization;
using Interstice.Cli.Errors;
using Interstice.Cli.Inspection;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;

namespace Interstice.Cli.Commands;

/// <summary><c>rows</c>: rows of a table, rebuilt by replay, also as of a revision. Takes no lock, runs no
/// code.</summary>
internal static class RowsCommand
{
    // A terminal is for looking; the stable formats are complete unless a limit is given.
    private const long TextRowsMax = 100;

    private static readonly Argument<string> Name =
        new("module.table") { Description = "The table, such as bank.accounts" };
    private static readonly Option<string?> Where = new("--where")
    {
        Description =
            "Only rows for which this holds, such as \"balance < 0 and owner like 'a%'\" (docs/expressions.md)",
        HelpName = "EXPRESSION",
    };

    private static readonly Option<string?> Index = new("--index")
    {
        Description = "Index to read in the order of (default: the primary key)",
        HelpName = "INDEX",
    };

    private static readonly Option<string?> From = new("--from")
    {
        Description = "First key, inclusive: a value, or a JSON array of the leading columns",
        HelpName = "KEY",
    };

    private static readonly Option<string?> To = new("--to") { Description = "Last key, inclusive", HelpName = "KEY" };
    private static readonly Option<long?> Limit = NumberOptions.Count(
        "--limit",
        "Most rows (default: 100 in text, else all)");
    private static readonly Option<long?> At = NumberOptions.Count(
        "--at",
        "Rows as of this revision of the module",
        "REVISION");

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("rows", "Rows of a table, also as of a revision; takes no lock and runs no code")
        {
            Name, Where, Index, From, To, Limit, At,
        }.Talks().Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        QualifiedName name = QualifiedName.Parse(parsed.GetRequiredValue(Name), "table");
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        if (server is not null)
        {
            (string, string?)[] parameters =
            [
                ("where", parsed.GetValue(Where)),
                ("index", parsed.GetValue(Index)),
                ("from", parsed.GetValue(From)),
                ("to", parsed.GetValue(To)),
                ("at", parsed.GetValue(At)?.ToString(CultureInfo.InvariantCulture)),
            ];
            return await new RemoteRows(session, server).WriteAsync(name, parsed.GetValue(Limit), parameters).ConfigureAwait(false);
        }

        Revision? at = parsed.GetValue(At) is { } revision ? new Revision(revision) : null;
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        ModuleProjection projection = await ModuleLookup
            .ProjectAsync(session, store, name.Module, at)
            .ConfigureAwait(false);
        TableSchema table = ModuleLookup.FindTable(ModuleLookup.SchemaOf(projection), name);
        IndexSchema index = FindIndex(name, table, parsed.GetValue(Index));
        byte[] from = parsed.GetValue(From) is { } first ? ArgumentTexts.EncodeKey("--from", first, index.Key) : [];
        byte[] to = parsed.GetValue(To) is { } last ? ArgumentTexts.EncodeKey("--to", last, index.Key) : [];
        RowExpression? where = parsed.GetValue(Where) is { } text ? Compile(text, table) : null;
        var list = new RowList(session, projection.State!.FindTable(table.Name)!, index, where);
        long limit = parsed.GetValue(Limit) ?? (session.IsText ? TextRowsMax : long.MaxValue);
        if (session.IsText) list.WriteText(from, to, limit, isLimitGiven: parsed.GetValue(Limit) is not null);
        else list.WriteDocuments(from, to, limit);
        return ExitCode.Success;
    }

    private static IndexSchema FindIndex(QualifiedName name, TableSchema table, string? wanted)
    {
        if (table.PrimaryKey is not { } primary)
            throw new CliException(
                ExitCode.Usage,
                $"{name} is an event table and keeps no rows; look at its events with log-inspect");
        if (table.Kind == TableKind.Ephemeral)
        {
            throw new CliException(
                ExitCode.Usage,
                $"{name} is an ephemeral table: its rows are in no log, only in the running host that owns {name.Module}; ask it with --server URL");
        }

        if (wanted is null) return primary;
        return table.FindIndex(wanted) ?? throw ModuleLookup.Unknown(
            $"table {name} has no index",
            wanted,
            table.Indexes.Select(index => index.Name).Prepend(primary.Name));
    }

    private static RowExpression Compile(string text, TableSchema table)
    {
        try
        {
            return RowExpression.Compile(text, table);
        }
        catch (ExpressionException fault)
        {
            throw new CliException(ExitCode.Usage, $"--where: {fault.Message}", fault);
        }
    }
}
