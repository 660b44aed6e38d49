using System.Text.Json;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using Interstice.TestKit.Engines;

namespace Interstice.Host.Tests.Tables;

/// <summary>Every type through the whole stack: argument, row, event, result, JSON, log, snapshot and replay.</summary>
public sealed class ValueTypeTests
{
    private const string Table = "everything";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_of_every_type_are_written_read_changed_deleted_and_replayed(bool hasSnapshots)
    {
        HostFixture host = await HostFixture.StartAsync(hasSnapshots: hasSnapshots);
        ScriptedHost module = await ScriptedHost.PublishAsync(host, [.. ValueSamples.Everything]);
        for (int i = 0; i < ValueSamples.RowCount; i++)
        {
            string row = ValueSamples.Row(i, i);
            var answers = await module.RunAsync(new Script().Insert(Table, module.Row(Table, row)).Get(Table, Key(module, i)));
            module.Text(Table, answers[0].Content).ShouldBe(row);
            module.Text(Table, answers[1].Content).ShouldBe(row);
        }

        var scanned = await module.ReadAsync(new Script().Scan(Table).CountRows(Table));
        scanned[0].Rows.Select(row => module.Text(Table, row)).ShouldBe(Enumerable.Range(0, ValueSamples.RowCount).Select(i => ValueSamples.Row(i, i)));
        scanned[1].Value.ShouldBe(ValueSamples.RowCount);
        if (hasSnapshots) await SnapshotTaking.RunAsync(host.Snapshots, host.Journal, "script", 1, TimeProvider.System, null, Cancel);
        for (int i = 0; i < ValueSamples.RowCount; i++)
            (await module.RunAsync(new Script().Update(Table, module.Row(Table, ValueSamples.Row(i, i + 1)))))[0].Value.ShouldBe(0);
        (await module.RunAsync(new Script().Delete(Table, Key(module, 0)).Delete(Table, Key(module, 0)))).Select(answer => answer.Value).ShouldBe([1, 0]);
        var hash = await host.HashAsync("script");
        (await host.RebuildAsync("script")).StateHash.ShouldBe(hash);

        await using HostFixture again = await HostFixture.StartAsync(await host.StopAsync(), hasSnapshots: hasSnapshots);

        (await again.HashAsync("script")).ShouldBe(hash);
        module = await ScriptedHost.FindAsync(again);
        scanned = await module.ReadAsync(new Script().Scan(Table));
        scanned[0].Rows.Select(row => module.Text(Table, row)).ShouldBe(Enumerable.Range(1, ValueSamples.RowCount - 1).Select(i => ValueSamples.Row(i, i + 1)));
    }

    [Fact]
    public async Task Values_of_every_type_are_arguments_results_and_events()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host, [.. ValueSamples.Everything]);
        ReducerSchema echo = module.Schema.FindReducer("echo")!;
        for (int i = 0; i < ValueSamples.RowCount; i++)
        {
            string value = ValueSamples.Value(i);
            byte[] arguments = Arguments(echo, value);
            CallOutcome outcome = await host.Mediator.Send(new CallReducer("script", "echo", arguments, HostFixture.Tester), Cancel);
            Text(echo.Result!, outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString()).Value.Span).ShouldBe(value);
            QueryOutcome answer = await host.Mediator.Send(new RunQuery("script", "echoed", arguments, HostFixture.Tester), Cancel);
            Text(echo.Result!, answer.ShouldBeOfType<QueryOutcome.Answered>(answer.ToString()).Value.Span).ShouldBe(value);
            await module.RunAsync(new Script().Emit("happened", arguments));
        }

        await ExpectEventsAsync(host, module.Schema, "happened", ValueSamples.RowCount);
    }

    // A log of JSON must give the same bytes: what EventStoreDB keeps is this.
    [Fact]
    public async Task Events_of_every_type_are_the_same_bytes_after_JSON()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host, [.. ValueSamples.Everything]);
        for (int i = 0; i < ValueSamples.RowCount; i++)
        {
            await module.RunAsync(new Script().Insert(Table, module.Row(Table, ValueSamples.Row(i, i))));
            await module.RunAsync(new Script().Update(Table, module.Row(Table, ValueSamples.Row(i, i + 1))));
        }

        await module.RunAsync(new Script().Delete(Table, Key(module, 1)));
        await ExpectEventsAsync(host, module.Schema, Table, (2 * ValueSamples.RowCount) + 1);
    }

    private static async Task ExpectEventsAsync(HostFixture host, ModuleSchema schema, string name, int count)
    {
        int found = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in host.Journal.ReadStreamAsync(
            StreamNames.Module("script"), ReadDirection.Forwards, Revision.First, long.MaxValue, Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray().Where(recorded => EventTypes.IsOfTransaction(recorded.Type)))
            {
                using var written = new PayloadWriter();
                using (var json = new Utf8JsonWriter(written, EventJson.WriterOptions))
                    EventJson.TryWrite(json, recorded.Type, recorded.Data.Span, schema).ShouldBeTrue(recorded.Type);
                System.Text.Encoding.UTF8.GetString(written.Written).ShouldContain($"\"{name}\"");
                using JsonDocument document = JsonDocument.Parse(written.WrittenMemory, ValueLimits.Json);
                using var read = new PayloadWriter();
                EventJson.Read(recorded.Type, document.RootElement, schema, read);
                read.Written.SequenceEqual(recorded.Data.Span).ShouldBeTrue(document.RootElement.GetRawText());
                found++;
            }
        }

        found.ShouldBe(count);
    }

    private static byte[] Key(ScriptedHost module, int id) => module.Key(Table, "", $"{id}");

    private static byte[] Arguments(ReducerSchema reducer, string value)
    {
        using var writer = new PayloadWriter();
        using JsonDocument document = JsonDocument.Parse($"[{value}]");
        JsonValues.TryReadArguments(document.RootElement, reducer.Arguments, writer, out ValueError error).ShouldBeTrue(error.ToString());
        return writer.Written.ToArray();
    }

    private static string Text(DataType type, ReadOnlySpan<byte> value)
    {
        using var writer = new PayloadWriter();
        using (var json = new Utf8JsonWriter(writer, EventJson.WriterOptions)) JsonValues.Write(json, type, value);
        return System.Text.Encoding.UTF8.GetString(writer.Written);
    }
}
