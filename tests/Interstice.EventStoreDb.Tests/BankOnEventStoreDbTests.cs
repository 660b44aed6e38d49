using System.Text.Json;
using Interstice.Host.Commands;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;

namespace Interstice.EventStoreDb.Tests;

/// <summary>The bank in a host whose store is a server of EventStoreDB's protocol.</summary>
public sealed class BankOnEventStoreDbTests : IAsyncLifetime
{
    private const string Module = HostedBank.Module;

    private EndpointServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EndpointServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(EventPayloads.Json)]
    [InlineData(EventPayloads.Canonical)]
    public async Task A_host_that_is_opened_again_has_the_hash_it_was_closed_with(EventPayloads payloads)
    {
        StateHash before;
        await using (HostedBank first = await StartAsync(payloads))
        {
            await first.PublishAsync();
            await first.OpenAsync("ann", 1_000_000);
            await first.OpenAsync("bob", 1_000_000);
            await Task.WhenAll(Enumerable.Range(0, 500).Select(i => first.TransferAsync(1 + ((ulong)i % 2), 2 - ((ulong)i % 2), i + 1)));
            before = await first.HashAsync();
        }

        await using HostedBank second = await StartAsync(payloads);
        (await second.HashAsync()).ShouldBe(before);
        await second.TransferAsync(1, 2, 5);
        (await second.HashAsync()).ShouldNotBe(before);
        List<RecordedEvent> stored = await StoredAsync();
        stored.ShouldAllBe(recorded => recorded.IsJson == (payloads == EventPayloads.Json));
    }

    [Fact]
    public async Task Hashes_are_the_same_whichever_encoding_the_events_have()
    {
        await using (HostedBank first = await StartAsync(EventPayloads.Json))
        {
            await first.PublishAsync();
            await first.OpenAsync("ann", 100);
        }

        StateHash before;
        await using (HostedBank second = await StartAsync(EventPayloads.Canonical))
        {
            await second.OpenAsync("bob", 100);
            before = await second.HashAsync();
        }

        await using HostedBank third = await StartAsync(EventPayloads.Json);
        (await third.HashAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData(EventPayloads.Json)]
    [InlineData(EventPayloads.Canonical)]
    public async Task A_key_is_known_to_the_next_host_in_either_encoding(EventPayloads payloads)
    {
        using var arguments = new PayloadWriter();
        arguments.String("ann");
        arguments.Int64(5);
        byte[] call = arguments.Written.ToArray();
        CallOutcome.Committed first;
        await using (HostedBank host = await StartAsync(payloads))
        {
            await host.PublishAsync();
            first = (CallOutcome.Committed)await host.CallAsync("open_account", call, "a \"key\" \\");
        }

        await using HostedBank next = await StartAsync(payloads);
        var again = (CallOutcome.Committed)await next.CallAsync("open_account", call, "a \"key\" \\");
        (again.IsRepeat, again.Revision, again.Mutations, again.Fuel).ShouldBe((true, first.Revision, first.Mutations, first.Fuel));
        again.Value.ToArray().ShouldBe(first.Value.ToArray());
        (await StoredAsync()).Count.ShouldBe((int)first.Revision.Value + 1 + 1); // and the next host's ownership
    }

    [Fact]
    public async Task What_happened_can_be_read_as_JSON_by_anyone()
    {
        await using HostedBank host = await StartAsync(EventPayloads.Json);
        await host.PublishAsync();
        await host.OpenAsync("ann", 1_500_000);

        List<RecordedEvent> stored = await StoredAsync();
        stored.Select(recorded => recorded.Type).ShouldBe(
            ["OwnershipTaken", "ModulePublished", "RowInserted", "RowInserted", "EventEmitted"]);
        using var account = JsonDocument.Parse(stored[2].Data);
        account.RootElement.GetProperty("table").GetString().ShouldBe("accounts");
        account.RootElement.GetProperty("row").GetProperty("owner").GetString().ShouldBe("ann");
        account.RootElement.GetProperty("row").GetProperty("balance").GetString().ShouldBe("1500000");
        using var call = JsonDocument.Parse(stored[2].Metadata);
        call.RootElement.GetProperty("reducer").GetString().ShouldBe("open_account");
        call.RootElement.GetProperty("arguments").GetProperty("initial").GetString().ShouldBe("1500000");
        call.RootElement.GetProperty("events").GetInt32().ShouldBe(3);
        call.RootElement.GetProperty("result").GetString().ShouldBe("1");
        call.RootElement.GetProperty("publication").GetString().ShouldBe("1");
        using var emitted = JsonDocument.Parse(stored[4].Data);
        emitted.RootElement.GetProperty("event").GetString().ShouldBe("large_transfer");
        using var third = JsonDocument.Parse(stored[4].Metadata);
        third.RootElement.GetProperty("index").GetInt32().ShouldBe(2);
        third.RootElement.GetProperty("$correlationId").GetGuid().ShouldBe(stored[2].Id);
        using var published = JsonDocument.Parse(stored[1].Data);
        published.RootElement.GetProperty("schema").GetArrayLength().ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_transaction_that_is_too_large_as_JSON_alone_is_refused_with_size_and_limit()
    {
        // Control characters take six times their bytes in JSON, once in the row and once in the arguments.
        await using HostedBank host = await StartAsync(EventPayloads.Canonical);
        await host.PublishAsync();
        using var arguments = new PayloadWriter();
        arguments.String(new string('\u0001', 60_000));
        arguments.Int64(0);
        CallOutcome outcome = await host.CallAsync("open_account", arguments.Written.ToArray());
        outcome.ShouldBeOfType<CallOutcome.Trapped>().ToString().ShouldContain("at most 524288 are allowed");
        await host.OpenAsync(new string('\u0001', 30_000), 0);
    }

    [Fact]
    public async Task An_event_of_anothers_in_the_stream_is_reported_with_module_and_revision()
    {
        await using (HostedBank host = await StartAsync(EventPayloads.Json))
        {
            await host.PublishAsync();
            await host.OpenAsync("ann", 100);
        }

        EventData[] foreign = [new(Guid.NewGuid(), "OrderPlaced", IsJson: true, "{}"u8.ToArray(), default)];
        await _server.Journal.AppendAsync(StreamNames.Module(Module), ExpectedRevision.Any, foreign, Cancel);

        ReplayException report = await Should.ThrowAsync<ReplayException>(() => StartAsync(EventPayloads.Json));
        report.Kind.ShouldBe(ReplayErrorKind.UnknownType);
        report.Message.ShouldContain("module bank, revision 4 (OrderPlaced)");
    }

    private async Task<List<RecordedEvent>> StoredAsync()
    {
        List<RecordedEvent> events = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in _server.Journal.ReadStreamAsync(
                           StreamNames.Module(Module), ReadDirection.Forwards, Revision.First, cancellationToken: Cancel))
            foreach (RecordedEvent recorded in batch.ToArray())
                events.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
        return events;
    }

    private async Task<HostedBank> StartAsync(EventPayloads payloads) => await HostedBank.StartAsync(
        await EventStoreDbStore.ConnectAsync(
            _server.ConnectionString, new EventStoreDbOptions { Payloads = payloads }, cancellationToken: Cancel));
}
