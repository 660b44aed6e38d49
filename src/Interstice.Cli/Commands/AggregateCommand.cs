using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Inspection;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Inspection;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables.Columnar;

namespace Interstice.Cli.Commands;

/// <summary><c>aggregate</c>: counts and sums over a table, rebuilt by replay, also as of a revision. Takes no lock, runs no
/// code.</summary>
internal static class AggregateCommand
{
    private static readonly Argument<string> Name =
        new("module.table") { Description = "The table, such as bank.accounts" };

    private static readonly Option<string?> Where = new("--where")
    {
        Description = "Only rows for which this holds, such as \"balance < 0\" (docs/expressions.md)",
        HelpName = "EXPRESSION",
    };

    private static readonly Option<string?> Group = new("--group")
    {
        Description = "A line for each value of this column (default: one for all rows)",
        HelpName = "COLUMN",
    };

    private static readonly Option<string[]> Sum = Columns("--sum", "Sum of a column; may be given several times");
    private static readonly Option<string[]> Min = Columns("--min", "Least value of a column; may be given several times");
    private static readonly Option<string[]> Max = Columns("--max", "Greatest value of a column; may be given several times");
    private static readonly Option<long?> At = NumberOptions.Count("--at", "Rows as of this revision of the module", "REVISION");

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("aggregate", "Counts and sums over a table, also as of a revision; takes no lock and runs no code")
        {
            Name, Where, Group, Sum, Min, Max, At,
        }.Talks().Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        QualifiedName name = QualifiedName.Parse(parsed.GetRequiredValue(Name), "table");
        long? at = parsed.GetValue(At);
        var request = new AggregateRequest(
            parsed.GetValue(Where),
            parsed.GetValue(Group),
            [.. Wanted(parsed, Sum, AggregateFunction.Sum), .. Wanted(parsed, Min, AggregateFunction.Min), .. Wanted(parsed, Max, AggregateFunction.Max)]);
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        JsonElement groups = server is not null
            ? await AskAsync(server, name, request, at).ConfigureAwait(false)
            : await CountAsync(session, name, request, at is { } revision ? new Revision(revision) : null).ConfigureAwait(false);
        new AggregateReport(request, groups).Write(session);
        return ExitCode.Success;
    }

    private static async Task<JsonElement> AskAsync(ServerClient server, QualifiedName name, AggregateRequest request, long? at)
    {
        JsonElement answer = await server.GetAsync(
            $"v1/modules/{Uri.EscapeDataString(name.Module)}/tables/{Uri.EscapeDataString(name.Member)}/aggregate" + QueryText.Of(
                ("where", request.Where),
                ("group", request.Group),
                ("sum", Names(request, AggregateFunction.Sum)),
                ("min", Names(request, AggregateFunction.Min)),
                ("max", Names(request, AggregateFunction.Max)),
                ("at", at?.ToString(CultureInfo.InvariantCulture)))).ConfigureAwait(false);
        return answer.GetProperty("groups");
    }

    private static async Task<JsonElement> CountAsync(Session session, QualifiedName name, AggregateRequest request, Revision? at)
    {
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        ModuleProjection projection = await ModuleLookup
            .ProjectAsync(session, store, name.Module, at)
            .ConfigureAwait(false);
        TableSchema table = ModuleLookup.FindTable(ModuleLookup.SchemaOf(projection), name);
        if (table.Kind == TableKind.Ephemeral)
        {
            throw new CliException(
                ExitCode.Usage,
                $"{name} is an ephemeral table: its rows are in no log, only in the running host that owns {name.Module}; ask it with --server URL");
        }

        AggregateQuery query = Bind(name, table, request);
        var document = new AggregateDocument(table, query, Aggregation.Run(projection.State!.FindTable(table.Name)!, query));
        using var buffer = new JsonBuffer(isIndented: false);
        using JsonDocument groups = JsonDocument.Parse(buffer.Build(json =>
        {
            json.WriteStartArray();
            document.WriteItems(json);
            json.WriteEndArray();
        }));
        return groups.RootElement.Clone();
    }

    private static AggregateQuery Bind(QualifiedName name, TableSchema table, AggregateRequest request)
    {
        try
        {
            return request.Bind(table, name.ToString());
        }
        catch (ExpressionException fault)
        {
            throw new CliException(ExitCode.Usage, $"--where: {fault.Message}", fault);
        }
        catch (ArgumentException fault)
        {
            throw new CliException(ExitCode.Usage, fault.Message, fault);
        }
    }

    private static IEnumerable<(AggregateFunction Function, string Column)> Wanted(
        ParseResult parsed, Option<string[]> option, AggregateFunction function) =>
        (parsed.GetValue(option) ?? []).Select(column => (function, column));

    private static string? Names(AggregateRequest request, AggregateFunction function)
    {
        string[] names = [.. request.Aggregates.Where(wanted => wanted.Function == function).Select(wanted => wanted.Column)];
        return names.Length == 0 ? null : string.Join(',', names);
    }

    private static Option<string[]> Columns(string option, string description) =>
        new(option) { Description = description, HelpName = "COLUMN" };
}
