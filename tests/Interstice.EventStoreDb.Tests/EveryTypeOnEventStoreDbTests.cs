using System.Text.Json;
using Interstice.Host;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using Interstice.ManagedEngine;
using Interstice.TestKit.Engines;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.EventStoreDb.Tests;

/// <summary>Values of every type in events of a server of EventStoreDB's protocol, in both encodings.</summary>
public sealed class EveryTypeOnEventStoreDbTests : IAsyncLifetime
{
    private const string Module = "script";

    private static readonly Identity Caller = Identity.Of("tests", "caller");

    private EndpointServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EndpointServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(EventPayloads.Json)]
    [InlineData(EventPayloads.Canonical)]
    public async Task Rows_of_every_type_have_the_same_hash_and_text_after_a_restart(EventPayloads payloads)
    {
        StateHash hash;
        await using (ServiceProvider first = await StartAsync(payloads))
        {
            byte[] binary = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "modules", "script.wasm"), Cancel);
            IMediator mediator = first.GetRequiredService<IMediator>();
            await mediator.Send(new PublishModule(Declarations.Append(binary, ValueSamples.Everything), Caller), Cancel);
            TableSchema table = await ViewAsync(first, schema => schema.FindTable("everything")!);
            for (int i = 0; i < ValueSamples.RowCount; i++)
            {
                foreach ((byte operation, int number) in new[] { ((byte)1, i), ((byte)2, i + 1) })
                {
                    byte[] call = Arguments(operation, Row(table, ValueSamples.Row(i, number)));
                    CallOutcome outcome = await mediator.Send(new CallReducer(Module, "run", call, Caller), Cancel);
                    outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
                }
            }

            hash = await HashAsync(first);
        }

        await using ServiceProvider second = await StartAsync(payloads);
        (await HashAsync(second)).ShouldBe(hash);
        string[] rows = await second.GetRequiredService<ModuleHost>().ViewAsync(Module, projection =>
        {
            List<string> found = [];
            foreach (ReadOnlySpan<byte> row in projection.State!.FindTable("everything")!.Scan(0, default, descending: false))
                found.Add(Text(projection.Schema!.FindTable("everything")!, row));
            return found.ToArray();
        });
        rows.ShouldBe(Enumerable.Range(0, ValueSamples.RowCount).Select(i => ValueSamples.Row(i, i + 1)));
        await foreach (ReadOnlyMemory<RecordedEvent> batch in _server.Journal.ReadStreamAsync(
            StreamNames.Module(Module), ReadDirection.Forwards, Revision.First, long.MaxValue, Cancel))
            batch.ToArray().ShouldAllBe(recorded => recorded.IsJson == (payloads == EventPayloads.Json));
    }

    private async Task<ServiceProvider> StartAsync(EventPayloads payloads)
    {
        EventStoreDbStore store = await EventStoreDbStore.ConnectAsync(
            _server.ConnectionString, new EventStoreDbOptions { Payloads = payloads }, cancellationToken: Cancel);
        ServiceProvider services = new ServiceCollection()
            .AddSingleton<IEventStore>(_ => store)
            .AddSingleton<IModuleEngine, ManagedModuleEngine>()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddIntersticeHost()
            .BuildServiceProvider();
        await services.GetRequiredService<ModuleHost>().StartAsync();
        return services;
    }

    private static Task<T> ViewAsync<T>(ServiceProvider services, Func<ModuleSchema, T> view) =>
        services.GetRequiredService<ModuleHost>().ViewAsync(Module, projection => view(projection.Schema!));

    private static Task<StateHash> HashAsync(ServiceProvider services) =>
        services.GetRequiredService<ModuleHost>().ViewAsync(Module, projection => projection.StateHash);

    // One step of tests/modules/plain/script.wat.
    private static byte[] Arguments(byte operation, byte[] row)
    {
        using var script = new PayloadWriter();
        script.Byte(operation);
        script.UInt64(0);
        script.String("everything");
        script.String("");
        script.Bytes(row);
        script.String("");
        using var arguments = new PayloadWriter();
        arguments.Bytes(script.Written);
        return arguments.Written.ToArray();
    }

    private static byte[] Row(TableSchema table, string json)
    {
        using var writer = new PayloadWriter();
        using JsonDocument document = JsonDocument.Parse(json);
        JsonValues.TryReadRow(document.RootElement, table.Row, writer, out ValueError error).ShouldBeTrue(error.ToString());
        return writer.Written.ToArray();
    }

    private static string Text(TableSchema table, ReadOnlySpan<byte> row)
    {
        using var writer = new PayloadWriter();
        using (var json = new Utf8JsonWriter(writer, Kernel.Events.Json.EventJson.WriterOptions)) JsonValues.WriteRow(json, table.Row, row);
        return System.Text.Encoding.UTF8.GetString(writer.Written);
    }
}
