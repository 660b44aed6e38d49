using System.Collections.Immutable;
using System.CommandLine;
using Interstice.Cli.Errors;
using Interstice.Cli.Inspection;
using Interstice.Cli.Stores;
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
        }.Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        QualifiedName name = QualifiedName.Parse(parsed.GetRequiredValue(Name), "table");
        Revision? at = parsed.GetValue(At) is { } revision ? new Revision(revision) : null;
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        ModuleProjection projection = await ModuleLookup
            .ProjectAsync(session, store, name.Module, at)
            .ConfigureAwait(false);
        TableSchema table = ModuleLookup.FindTable(ModuleLookup.SchemaOf(projection), name);
        if (table.Kind != TableKind.Logged)
        {
            throw new CliException(
                ExitCode.Usage,
                $"{name} is an {table.Kind.ToString().ToLowerInvariant()} table: the log keeps no rows of it to count");
        }

        var aggregates = ImmutableArray.CreateBuilder<Aggregate>();
        foreach ((Option<string[]> option, AggregateFunction function) in
            new[] { (Sum, AggregateFunction.Sum), (Min, AggregateFunction.Min), (Max, AggregateFunction.Max) })
        {
            foreach (string column in parsed.GetValue(option) ?? [])
                aggregates.Add(new Aggregate(function, FindColumn(name, table, column)));
        }

        var query = new AggregateQuery(
            parsed.GetValue(Where) is { } text ? Compile(text, table) : null,
            parsed.GetValue(Group) is { } group ? FindColumn(name, table, group) : null,
            aggregates.ToImmutable());
        if (query.FindMisfit(table) is { } misfit) throw new CliException(ExitCode.Usage, $"{name}: {misfit}");
        new AggregateReport(table, query, Aggregation.Run(projection.State!.FindTable(table.Name)!, query)).Write(session);
        return ExitCode.Success;
    }

    private static int FindColumn(QualifiedName name, TableSchema table, string column) => table.FindColumn(column)?.Number
        ?? throw ModuleLookup.Unknown($"table {name} has no column", column, table.Columns.Select(known => known.Name));

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

    private static Option<string[]> Columns(string option, string description) =>
        new(option) { Description = description, HelpName = "COLUMN" };
}
