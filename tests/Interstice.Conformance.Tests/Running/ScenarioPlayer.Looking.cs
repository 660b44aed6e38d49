using System.Collections.Immutable;
using System.Text.Json;
using Interstice.Conformance.Tests.Scenarios;
using Interstice.Host.Inspection;
using Interstice.Host.Projections;
using Interstice.Host.Reexecution;
using Interstice.Host.Subscriptions;
using Interstice.Kernel.Events;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Tables.Columnar;

namespace Interstice.Conformance.Tests.Running;

/// <content>What can be seen from outside: rows, events, notifications, deliveries, the graph, leaks.</content>
internal sealed partial class ScenarioPlayer
{
    private static List<JsonElement> Rows(ModuleProjection projection, string table, Func<RowScan>? scan = null, RowExpression? condition = null)
    {
        Table found = projection.State!.FindTable(table) ?? throw new InvalidOperationException($"there is no table {table}");
        List<JsonElement> rows = [];
        foreach (ReadOnlySpan<byte> row in scan?.Invoke() ?? found.Scan(0, KeyRange.All, descending: false))
            if (condition is null || condition.Matches(row)) rows.Add(ProbeAnswers.Row(found.Schema, row));
        return rows;
    }

    // `column` keeps one column of each row.
    private Task ExpectRowsAsync(JsonElement step)
    {
        string[] name = step.Text("rows")!.Split('.');
        string? column = step.Text("column");
        return UntilAsync(
            () => ViewAsync(name[0], projection => Rows(projection, name[1])
                .ConvertAll(row => column is null ? row : row.GetProperty(column))),
            rows => _expectation.Matches(step.GetProperty("are"), JsonLook.From(rows)),
            rows => JsonLook.From(rows).GetRawText());
    }

    // The condition is pushed down to the scan: it sees the bytes of rows, in the order of an index.
    private async Task SelectAsync(JsonElement step)
    {
        string[] name = step.Text("select")!.Split('.');
        List<JsonElement> rows = await ViewAsync(name[0], projection =>
        {
            Table table = projection.State!.FindTable(name[1])!;
            RowExpression condition = RowExpression.Compile(step.Text("where")!, table.Schema);
            int index = step.Text("index") is { } by ? table.Schema.FindIndex(by)!.Number : 0;
            return Rows(projection, name[1], () => table.Scan(index, KeyRange.All, step.Of("descending") is not null), condition);
        });
        _expectation.Matches(step.GetProperty("are"), JsonLook.From(rows)).ShouldBeTrue(JsonLook.From(rows).GetRawText());
    }

    // The rows and a copy of columns give the same groups: here the number of rows and a sum of each.
    private async Task AggregateAsync(JsonElement step)
    {
        string[] name = step.Text("aggregate")!.Split('.');
        (string rows, string columnar, bool canEvaluate) = await ViewAsync(name[0], projection =>
        {
            Table table = projection.State!.FindTable(name[1])!;
            int Number(string column) => table.Schema.Columns.Single(known => known.Name == column).Number;
            RowExpression condition = RowExpression.Compile(step.Text("where")!, table.Schema);
            var query = new AggregateQuery(
                condition, Number(step.Text("by")!), [new Aggregate(AggregateFunction.Sum, Number(step.Text("sum")!))]);
            ColumnarTable columns = ColumnarTable.Build(table);
            return (Groups(Aggregation.Run(table, query)), Groups(Aggregation.Run(columns, query)), columns.CanEvaluate(condition));
        });
        canEvaluate.ShouldBeTrue();
        rows.ShouldBe(step.Text("is"));
        columnar.ShouldBe(rows);
    }

    private static string Groups(ImmutableArray<AggregateGroup> groups) => string.Join("; ", groups.Select(group =>
        $"{(group.Key is AggregateValue.OfColumn key ? ProbeAnswers.Value(key.Type, key.Canonical.Span).ToString() : "")}: {group.RowCount}, "
        + $"{(group.Values[0] as AggregateValue.Integer)?.Value}"));

    private async Task ExpectLoggedAsync(JsonElement step)
    {
        string[] name = step.Text("log")!.Split('.');
        List<JsonElement> found = [];
        var decoder = new EventDecoder(_host.Store);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in _host.Store.ReadStreamAsync(
            StreamNames.Module(name[0]), ReadDirection.Forwards, Revision.First, long.MaxValue, Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
            {
                LoggedEvent logged = await decoder.DecodeAsync(recorded, Cancel);
                if (recorded.Type != EventTypes.EventEmitted || logged.Subject != name[1] || logged.IsVoid) continue;
                found.Add(logged.Table is { } table
                    ? ProbeAnswers.Row(table, logged.Row.Span)
                    : ProbeAnswers.Value(logged.Emitted!.Payload, logged.Row.Span));
            }
        }

        _expectation.Matches(step.GetProperty("are"), JsonLook.From(found)).ShouldBeTrue(JsonLook.From(found).GetRawText());
    }

    private Task ExpectNotifiedAsync(JsonElement step) => UntilAsync(
        () => Task.FromResult(_heard.Of(step.Text("notified")!)),
        lines => lines.SequenceEqual(step.Items("are").Select(line => line.GetString())),
        lines => string.Join(", ", lines));

    // Each as `source handler outcome attempt depth`.
    private Task ExpectDeliveriesAsync(JsonElement step) => UntilAsync(
        () => Task.FromResult(_host.Host.DeliveriesTo(step.Text("deliveries")!)
            .Select(delivery => $"{delivery.Source} {delivery.Handler} {delivery.Outcome} {delivery.Attempt} {delivery.Depth}").ToArray()),
        lines => lines.SequenceEqual(step.Items("are").Select(line => line.GetString())),
        lines => string.Join(", ", lines));

    private Task ExpectGraphAsync(JsonElement step)
    {
        _host.Host.Graph.Edges.Select(edge => edge.ToString()).ShouldBe(step.Items("graph").Select(edge => edge.GetString()), ignoreOrder: true);
        return Task.CompletedTask;
    }

    private async Task ExpectLeaksAsync(JsonElement step)
    {
        LeakResult result = await History().FindLeaksAsync(step.Text("leaks")!, new(), null, Cancel);
        result.Leaks.Select(leak => leak.Reducer).ShouldBe(step.Items("are").Select(reducer => reducer.GetString()!), ignoreOrder: true);
    }

    private RecordedHistory History() => new(_host.Store, new ManagedEngine.ManagedModuleEngine(), null, TimeProvider.System);
}
