using Interstice.Host.Clients;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Clients;

/// <summary>Goal: the host's own calls come when they should, once, whatever happens in between.</summary>
public sealed class LifecycleTests
{
    private const string Module = "lifecycle";
    private const byte Init = 1;
    private const byte Upgrade = 2;
    private const byte Connected = 3;
    private const byte Disconnected = 4;
    private const byte ByCall = 9;

    private static readonly Identity Ann = Identity.Of("tests", "ann");
    private static readonly Identity Bob = Identity.Of("tests", "bob");

    [Fact]
    public async Task Init_is_the_first_transaction_behind_the_first_publication_and_upgrade_behind_each_later_one()
    {
        HostFixture first = await HostFixture.StartAsync();
        await first.PublishAsync("lifecycle");
        (await CallsAsync(first)).ShouldBe([(Init, HostFixture.Tester)]);
        await first.CommitAsync(Module, "note", ByCall);
        await PublishAsync(first, Build('a'));
        await PublishAsync(first, Build('a'));
        await PublishAsync(first, Build('b'));
        byte[] expected = [Init, ByCall, Upgrade, Upgrade];
        (await CallsAsync(first)).Select(call => call.What).ShouldBe(expected);
        await ExpectReplayedAsync(first);

        string directory = await first.StopAsync();
        await using HostFixture second = await HostFixture.StartAsync(directory);
        (await CallsAsync(second)).Select(call => call.What).ShouldBe(expected);
        await ExpectReplayedAsync(second);
    }

    [Fact]
    public async Task A_publication_whose_init_fails_changes_nothing()
    {
        await using HostFixture fixture = await HostFixture.StartAsync();
        ModuleRefusedException refusal = await Should.ThrowAsync<ModuleRefusedException>(() => fixture.PublishAsync("lifecycle-init-fails"));
        refusal.Message.ShouldContain("not today");
        fixture.Host.Names.ShouldBeEmpty();
        (await fixture.Store.GetLastRevisionAsync(StreamNames.Module("init_fails"))).ShouldBe(Revision.None);
    }

    [Fact]
    public async Task A_publication_whose_upgrade_fails_changes_nothing_and_the_build_before_goes_on()
    {
        await using HostFixture fixture = await HostFixture.StartAsync();
        await fixture.PublishAsync("lifecycle");
        await fixture.CommitAsync(Module, "lock");
        Revision before = await fixture.Host.ViewAsync(Module, projection => projection.Revision);
        (await Should.ThrowAsync<ModuleRefusedException>(() => PublishAsync(fixture, Build('a')))).Message.ShouldContain("locked");
        (await fixture.Host.ViewAsync(Module, projection => projection.Revision)).ShouldBe(before);
        await fixture.CommitAsync(Module, "note", ByCall);
        await ExpectReplayedAsync(fixture);
    }

    // Appends of a publication: its listing, the code, the publication, then init with the change of ownership before it.
    [Theory]
    [InlineData(Fault.RefusedBeforeWrite)]
    [InlineData(Fault.UnknownNotWritten)]
    [InlineData(Fault.UnknownWritten)]
    public async Task An_init_whose_append_fails_runs_once_before_any_call(Fault fault)
    {
        var time = new ManualTime();
        ModuleHostOptions options = new() { Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } };
        HostFixture fixture = await HostFixture.StartAsync(options: options, time: time);
        await fixture.PublishAsync("bank");
        int start = fixture.Store.AppendCount;
        await using (HostFixture counted = await HostFixture.StartAsync())
        {
            await counted.PublishAsync("bank");
            int before = counted.Store.AppendCount;
            await counted.PublishAsync("lifecycle");
            await CallsAsync(counted);
            start += counted.Store.AppendCount - before - 1;
        }

        fixture.Store.FailAppend(start, fault);
        await fixture.PublishAsync("lifecycle");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await fixture.CallAsync(Module, "note", ByCall) is var outcome and not CallOutcome.Committed)
        {
            patience.IsCancellationRequested.ShouldBeFalse($"no call is committed: {outcome}");
            time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        (await CallsAsync(fixture)).Select(call => call.What).ShouldBe([Init, ByCall]);
        await ExpectReplayedAsync(fixture);
        string directory = await fixture.StopAsync();
        await using HostFixture second = await HostFixture.StartAsync(directory);
        (await CallsAsync(second)).Select(call => call.What).ShouldBe([Init, ByCall]);
    }

    [Fact]
    public async Task Clients_that_come_and_go_are_told_to_the_module_and_stand_in_its_table_meanwhile()
    {
        await using HostFixture fixture = await HostFixture.StartAsync();
        await fixture.PublishAsync("lifecycle");
        ClientSession ann = await ConnectAsync(fixture, Ann);
        ClientSession bob = await ConnectAsync(fixture, Bob);
        (await ClientsAsync(fixture)).ShouldBe([(ann.Connection, Ann), (bob.Connection, Bob)], ignoreOrder: true);

        (await ann.DisconnectAsync()).ShouldBeOfType<CallOutcome.Committed>();
        await ann.DisposeAsync();
        (await ClientsAsync(fixture)).ShouldBe([(bob.Connection, Bob)]);
        (await CallsAsync(fixture)).ShouldBe([(Init, HostFixture.Tester), (Connected, Ann), (Connected, Bob), (Disconnected, Ann)]);
        await bob.DisposeAsync();
        await ExpectReplayedAsync(fixture);
    }

    [Fact]
    public async Task A_client_that_the_module_rejects_is_not_connected()
    {
        await using HostFixture fixture = await HostFixture.StartAsync();
        await fixture.PublishAsync("lifecycle");
        await fixture.CommitAsync(Module, "lock");
        var refused = (await fixture.Host.ConnectAsync(Module, Ann)).ShouldBeOfType<ConnectOutcome.Refused>();
        refused.Outcome.ShouldBeOfType<CallOutcome.Rejected>().Error.ShouldBe("locked");
        (await ClientsAsync(fixture)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_client_goes_also_where_the_reducer_that_is_told_so_fails()
    {
        await using HostFixture fixture = await HostFixture.StartAsync();
        await fixture.PublishAsync("lifecycle");
        ClientSession ann = await ConnectAsync(fixture, Ann);
        await fixture.CommitAsync(Module, "lock");
        await fixture.CommitAsync(Module, "lock");
        (await ann.DisconnectAsync()).ShouldBeOfType<CallOutcome.Committed>();
        (await ClientsAsync(fixture)).ShouldBeEmpty();
        (await CallsAsync(fixture)).Select(call => call.What).ShouldBe([Init, Connected]);
        await ExpectReplayedAsync(fixture);
    }

    [Fact]
    public async Task A_host_that_starts_disconnects_the_clients_of_the_one_before()
    {
        HostFixture first = await HostFixture.StartAsync();
        await first.PublishAsync("lifecycle");
        await ConnectAsync(first, Ann);
        await ConnectAsync(first, Ann);
        string directory = await first.StopAsync();

        await using HostFixture second = await HostFixture.StartAsync(directory);
        ClientSession bob = await ConnectAsync(second, Bob);
        (await CallsAsync(second)).Select(call => call.What).ShouldBe([Init, Connected, Connected, Disconnected, Disconnected, Connected]);
        (await ClientsAsync(second)).ShouldBe([(bob.Connection, Bob)]);
        await ExpectReplayedAsync(second);
    }

    [Fact]
    public async Task A_module_without_such_reducers_is_told_nothing()
    {
        await using HostFixture fixture = await HostFixture.StartAsync();
        await fixture.PublishAsync("bank");
        Revision before = await fixture.Host.ViewAsync("bank", projection => projection.Revision);
        await using (((ConnectOutcome.Connected)await fixture.Host.ConnectAsync("bank", Ann)).Session)
        {
        }

        (await fixture.Host.ViewAsync("bank", projection => projection.Revision)).ShouldBe(before);
    }

    private static byte[] Build(char mark) => [.. HostFixture.Binary("lifecycle"), 0, 2, 1, (byte)mark];

    private static Task<PublishResult> PublishAsync(HostFixture fixture, byte[] binary) =>
        fixture.Mediator.Send(new PublishModule(binary, HostFixture.Tester), TestContext.Current.CancellationToken);

    private static async Task<ClientSession> ConnectAsync(HostFixture fixture, Identity identity)
    {
        ConnectOutcome outcome = await fixture.Host.ConnectAsync(Module, identity);
        return outcome.ShouldBeOfType<ConnectOutcome.Connected>(outcome.ToString()).Session;
    }

    private static Task<List<(byte What, Identity Caller)>> CallsAsync(HostFixture fixture) => fixture.Host.ViewAsync(Module, projection =>
    {
        List<(byte, Identity)> calls = [];
        foreach (ReadOnlySpan<byte> row in RowsOf(projection, "calls"))
        {
            var reader = new PayloadReader(row);
            reader.UInt64();
            calls.Add((reader.Byte(), reader.Identity()));
        }

        return calls;
    });

    private static Task<List<(Guid Connection, Identity Identity)>> ClientsAsync(HostFixture fixture) => fixture.Host.ViewAsync(Module, projection =>
    {
        List<(Guid, Identity)> clients = [];
        foreach (ReadOnlySpan<byte> row in RowsOf(projection, SystemTables.Clients))
        {
            var reader = new PayloadReader(row);
            clients.Add((reader.Guid(), reader.Identity()));
        }

        return clients;
    });

    private static RowScan RowsOf(ModuleProjection projection, string table) =>
        projection.State!.FindTable(table)!.Scan(0, KeyRange.All, descending: false);

    private static async Task ExpectReplayedAsync(HostFixture fixture)
    {
        ModuleProjection rebuilt = await fixture.RebuildAsync(Module);
        (rebuilt.StateHash, rebuilt.Chain).ShouldBe((await fixture.HashAsync(Module), await fixture.ChainAsync(Module)));
    }
}
