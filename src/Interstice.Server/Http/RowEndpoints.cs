using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.RateLimiting;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables.Columnar;
using Interstice.Kernel.Values;
using Interstice.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Interstice.Server.Http;

/// <summary>Rows of tables and sums over them, now and as of a revision.</summary>
internal sealed class RowEndpoints(
    ModuleLookup modules,
    OperatorRule operators,
    ModuleHost host,
    IEventStore store,
    RequestBounds bounds,
    IntersticeOptions options,
    TimeProvider time,
    IServiceProvider services)
{
    private const int RowsDefault = 1_000;
    private const int FlushBytes = 64 * 1024;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Snapshots are optional: without, the past is rebuilt from position zero.
    private readonly SnapshotStore? _snapshots = services.GetService<SnapshotStore>();

    /// <summary>Lists rows.</summary>
    public async Task<IResult> ListAsync(HttpContext context, string module, string table)
    {
        var parameters = new QueryParameters(context.Request.Query, "where", "index", "from", "to", "limit", "at");
        TableSchema declared = ModuleLookup.Table(modules.Schema(module), module, table);
        Revision? at = parameters.Number("at", long.MaxValue) is { } revision ? new Revision(revision) : null;
        operators.ExpectFor(context, module, declared);
        if (declared.Kind == TableKind.Ephemeral) ExpectPresent(module, table, at);
        var query = new RowQuery(
            module,
            table,
            parameters.Text("where"),
            parameters.Text("index"),
            parameters.Text("from"),
            parameters.Text("to"),
            (int)(parameters.Number("limit", options.RowsMax) ?? Math.Min(RowsDefault, options.RowsMax)),
            options.RowsScannedMax);
        RowPage page = await LookAsync(module, at, query.Look, context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, query, page).ConfigureAwait(false);
        return Results.Empty;
    }

    /// <summary>Counts and adds up rows.</summary>
    public async Task<IResult> AggregateAsync(HttpContext context, string module, string table)
    {
        var parameters = new QueryParameters(context.Request.Query, "where", "group", "sum", "min", "max", "at");
        TableSchema declared = ModuleLookup.Table(modules.Schema(module), module, table);
        Revision? at = parameters.Number("at", long.MaxValue) is { } revision ? new Revision(revision) : null;
        operators.ExpectFor(context, module, declared);
        if (declared.Kind == TableKind.Ephemeral) ExpectPresent(module, table, at);
        var query = new AggregateLook(
            module,
            table,
            new AggregateRequest(
                parameters.Text("where"),
                parameters.Text("group"),
                [
                    .. Columns(parameters, "sum", AggregateFunction.Sum),
                    .. Columns(parameters, "min", AggregateFunction.Min),
                    .. Columns(parameters, "max", AggregateFunction.Max),
                ]),
            options.RowsMax,
            options.RowsScannedMax);
        AggregatePage page = await LookAsync(module, at, query.Look, context.RequestAborted).ConfigureAwait(false);
        return new JsonAnswer(json => page.Write(json, module, table));
    }

    private static IEnumerable<(AggregateFunction Function, string Column)> Columns(
        QueryParameters parameters, string name, AggregateFunction function)
    {
        if (parameters.Text(name) is not { } text) return [];
        string[] columns = text.Split(',');
        return columns.Contains("")
            ? throw QueryParameters.Bad($"{name} takes names of columns with a comma between two, not \"{text}\"")
            : columns.Select(column => (function, column));
    }

    // Its rows are in no log: only the owner has them, and only now. Another answer would look like an empty table.
    private void ExpectPresent(string module, string table, Revision? at)
    {
        if (at is not null)
            throw new ProblemException(ProblemKind.BadRequest, $"{module}.{table} is an ephemeral table: its rows are in no log, so it has no past");
        if (host.StandingOf(module) is not { Role: ModuleRole.Following } standing) return;
        throw new ProblemException(OutcomeProblems.OfOwner(
            standing.Owner, $"{module}.{table} is an ephemeral table: only the host that owns {module} has its rows, and this one follows; ask the owner"));
    }

    private Task<T> LookAsync<T>(string module, Revision? at, Func<ModuleProjection, T> look, CancellationToken cancellationToken) =>
        at is { } past ? LookBackAsync(module, past, look, cancellationToken) : host.ViewAsync(module, look);

    private async Task<T> LookBackAsync<T>(
        string module, Revision at, Func<ModuleProjection, T> look, CancellationToken cancellationToken)
    {
        using RateLimitLease place = RequestBounds.Enter(bounds.Pasts, "as many looks at the past");
        Revision last = await store.GetLastRevisionAsync(StreamNames.Module(module), cancellationToken).ConfigureAwait(false);
        if (at > last)
            throw new ProblemException(ProblemKind.BadRequest, $"module {module} has no revision {at}; its last one is {last}");
        (ModuleProjection projection, _) = await ModuleStart
            .RunAsync(_snapshots, store, module, at, time, null, cancellationToken)
            .ConfigureAwait(false);
        return look(projection);
    }

    private static async Task WriteAsync(HttpContext context, RowQuery query, RowPage page)
    {
        HttpResponse response = context.Response;
        response.ContentType = JsonAnswer.Json;
        response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(response.BodyWriter, WriterOptions);
        json.WriteStartObject();
        json.WriteString("module", query.Module);
        json.WriteString("table", query.Table);
        json.WriteNumber("revision", page.Revision.Value);
        json.WriteBoolean("more", page.HasMore);
        json.WriteStartArray("rows");
        foreach (byte[] row in page.Rows)
        {
            JsonValues.WriteRow(json, page.Row, row);
            if (json.BytesPending < FlushBytes) continue;
            json.Flush();
            await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
