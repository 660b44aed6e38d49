using Interstice.Host.Commands;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.Server.EventStoreDb;

namespace Interstice.EventStoreDb.Tests.Faults;

// Goal: whatever a server answers wrongly or refuses while a host runs, no call is acknowledged that is not in the stream, each caller is told what
// to do, and the host goes on when the server is right again. Method: the bank over an endpoint that is restarted with other settings, or
// over a store that is wrong now and then; what clients were told is held against the stream.
public sealed class WrongServerTests : IAsyncLifetime
{
    private static readonly EventStoreDbOptions Options = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1),
        RetryDelayMax = TimeSpan.FromMilliseconds(20),
        BreakerCallsMin = 1_000_000,
    };

    private readonly TransferLedger _ledger = new();

    private EndpointServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static StreamName Stream => StreamNames.Module(HostedBank.Module);

    public async ValueTask InitializeAsync() => _server = await EndpointServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_server_that_is_restarted_under_calls_loses_none_and_doubles_none()
    {
        await using HostedBank bank = await StartAsync();
        for (int i = 0; i < 5; i++)
        {
            Task calls = CallAsync(bank, 20);
            await _server.StopAsync();
            await _server.ListenAsync();
            await calls;
        }

        await AuditAsync(bank);
        _ledger.TimesRefused.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_server_that_is_read_only_refuses_calls_and_leaves_the_state_as_it_was()
    {
        await using HostedBank bank = await StartAsync();
        await CallAsync(bank, 3);
        StateHash before = await bank.HashAsync();
        await RestartAsync(new EndpointOptions { ReadOnlyPrefix = EndpointOptions.ModuleStreams });

        await UntilRefusedAsync(bank, "does not let");
        (await bank.HashAsync()).ShouldBe(before);

        await RestartAsync(new EndpointOptions());
        await CallAsync(bank, 3);
        await AuditAsync(bank);
    }

    [Fact]
    public async Task Credentials_that_are_not_accepted_any_more_are_said_to_be_so()
    {
        await RestartAsync(new EndpointOptions { Credentials = EndpointCredentials.Of("host", "right") });
        EventStoreException wrong = await Should.ThrowAsync<EventStoreException>(() => EventStoreDbStore.ConnectAsync(
            $"esdb://host:wrong@127.0.0.1:{_server.Port}?tls=false", cancellationToken: Cancel));
        wrong.Kind.ShouldBe(EventStoreErrorKind.Refused);
        wrong.Message.ShouldContain("check user and password");

        await using HostedBank bank = await StartAsync("host:right@");
        await CallAsync(bank, 3);
        await RestartAsync(new EndpointOptions { Credentials = EndpointCredentials.Of("host", "changed") });
        await UntilRefusedAsync(bank, "check user and password");
        await RestartAsync(new EndpointOptions { Credentials = EndpointCredentials.Of("host", "right") });
        await CallAsync(bank, 3);
        await RestartAsync(new EndpointOptions());
        await AuditAsync(bank);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(-1, 1)]
    [InlineData(1000, 1)]
    [InlineData(1, 3)]
    public async Task Appends_that_are_answered_with_wrong_revisions_are_read_back(int by, int times)
    {
        var store = new MisnumberingStore(_server.Journal);
        await _server.StopAsync();
        await _server.ListenAsync(store: store);
        await using HostedBank bank = await StartAsync();
        await CallAsync(bank, 3);
        for (int i = 0; i < 5; i++)
        {
            store.Misnumber(by, times);
            await CallAsync(bank, 5);
        }

        await AuditAsync(bank);
    }

    [Fact]
    public async Task An_append_that_is_answered_with_a_wrong_revision_has_an_unknown_outcome()
    {
        var misnumbering = new MisnumberingStore(_server.Journal);
        await _server.StopAsync();
        await _server.ListenAsync(store: misnumbering);
        await using EventStoreDbStore store = EventStoreDbStore.Connect(_server.ConnectionString, Options);
        StreamName stream = new("other");
        await store.AppendAsync(stream, ExpectedRevision.NoStream, Other("first"), Cancel);
        misnumbering.Misnumber(by: 1, times: 1);
        EventStoreException fault = await Should.ThrowAsync<EventStoreException>(
            async () => await store.AppendAsync(stream, ExpectedRevision.At(Revision.First), Other("second"), Cancel));
        fault.Kind.ShouldBe(EventStoreErrorKind.Unknown);
        fault.Message.ShouldContain("behind revision 0 end at revision 2");
    }

    [Fact]
    public async Task An_event_of_anothers_that_comes_while_the_host_runs_is_reported_and_calls_are_refused()
    {
        await using HostedBank bank = await StartAsync();
        await CallAsync(bank, 1);
        long foreign = (await _server.Journal.GetLastRevisionAsync(Stream, Cancel)).Value + 1;
        await _server.Journal.AppendAsync(Stream, ExpectedRevision.Any, Other("OrderPlaced"), Cancel);
        (await bank.TryTransferAsync(1, 2, 77)).ShouldNotBeOfType<CallOutcome.Committed>();
        CallOutcome.Refused after = (await bank.TryTransferAsync(1, 2, 78)).ShouldBeOfType<CallOutcome.Refused>();
        after.Error.ShouldContain($"revision {foreign} (OrderPlaced)");
        (await _server.Journal.GetLastRevisionAsync(Stream, Cancel)).Value.ShouldBe(foreign, "nothing is written behind it");
    }

    [Theory]
    [InlineData(EventTypes.RowInserted, false)]
    [InlineData(EventTypes.OwnershipTaken, false)]
    [InlineData(EventTypes.ModulePublished, false)]
    [InlineData(EventTypes.OwnershipTaken, true)]
    [InlineData(EventTypes.ModulePublished, true)]
    public async Task An_event_that_cannot_be_decoded_ends_a_start_with_its_revision(string type, bool isJson)
    {
        long at;
        await using (HostedBank bank = await StartAsync()) await CallAsync(bank, 1);
        at = (await _server.Journal.GetLastRevisionAsync(Stream, Cancel)).Value + 1;
        EventData[] broken = [new(Guid.NewGuid(), type, isJson, isJson ? "{}"u8.ToArray() : new byte[] { 200, 1, 2 }, default)];
        await _server.Journal.AppendAsync(Stream, ExpectedRevision.Any, broken, Cancel);
        Exception report = await Should.ThrowAsync<Exception>(() => StartHostAsync(""));
        report.ShouldSatisfyAllConditions(
            () => (report is ReplayException or EventStoreException { Kind: EventStoreErrorKind.Damaged }).ShouldBeTrue($"{report}"),
            () => report.Message.ShouldContain($"revision {at} ({type})"));
    }

    // A first one that was cut off by the restart may be unknown, or have the host ask the server in vain: then that is what callers are told.
    private static async Task UntilRefusedAsync(HostedBank bank, string why)
    {
        CallOutcome outcome = await bank.TryTransferAsync(1, 2, 1);
        for (int tries = 1; tries < 100 && !IsRefused(outcome, why); tries++) outcome = await bank.TryTransferAsync(1, 2, 1);
        IsRefused(outcome, why).ShouldBeTrue($"{outcome}");
    }

    private static bool IsRefused(CallOutcome outcome, string why)
    {
        outcome.ShouldNotBeOfType<CallOutcome.Committed>();
        return outcome is CallOutcome.Refused refused
            && (refused.Kind == CallRefusal.Unavailable || refused.Error.Contains(why, StringComparison.Ordinal));
    }

    private static EventData[] Other(string type) => [new(Guid.NewGuid(), type, IsJson: true, "{}"u8.ToArray(), default)];

    private async Task RestartAsync(EndpointOptions options)
    {
        await _server.StopAsync();
        await _server.ListenAsync(options);
    }

    private async Task<HostedBank> StartAsync(string credentials = "")
    {
        HostedBank bank = await StartHostAsync(credentials);
        await bank.PublishAsync();
        await bank.OpenAsync("ann", 1_000_000);
        await bank.OpenAsync("bob", 1_000_000);
        return bank;
    }

    private Task<HostedBank> StartHostAsync(string credentials) =>
        HostedBank.StartAsync(EventStoreDbStore.Connect($"esdb://{credentials}127.0.0.1:{_server.Port}?tls=false", Options));

    private Task CallAsync(HostedBank bank, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => _ledger.TransferAsync(() => bank, Cancel)));

    private async Task AuditAsync(HostedBank bank)
    {
        await _ledger.TransferAsync(() => bank, Cancel);
        await using EventStoreDbStore truth = EventStoreDbStore.Connect(_server.ConnectionString, Options);
        await _ledger.AuditAsync(truth, await bank.HashAsync(), Cancel);
    }
}
