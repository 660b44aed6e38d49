using Interstice.Host.Clients;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Tests.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.TestKit;
using Interstice.TestKit.Engines;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Clients;

/// <summary>Goal: a client that comes or goes is heard of by all modules that its reducer calls, or by none, whatever becomes of the transaction.
/// Method: module <c>door</c> calls <c>hall</c> in both reducers; on a store that takes both parts at once, and on one that has a commit point.</summary>
public sealed class LifecycleCallTests
{
    private static readonly string[] Modules = ["door", "hall"];

    private static readonly Identity Ann = Identity.Of("tests", "ann");

    private static readonly byte[] Hall = Declarations.Append(
        HostFixture.Binary("probe"),
        """{"table":{"name":"stubborn","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"caller","type":"identity"},{"name":"at","type":"timestamp"},{"name":"firing","type":"option<bool>"}]}}""",
        """{"table":{"name":"obstacles","columns":[{"name":"id","type":"u8","primaryKey":true}]}}""",
        """{"reducer":{"name":"stubborn"}}""");

    public static TheoryData<bool, bool, int, Fault> Failures()
    {
        TheoryData<bool, bool, int, Fault> failures = [];
        foreach (bool connects in (bool[])[true, false])
        {
            foreach (Fault fault in (Fault[])[Fault.RefusedBeforeWrite, Fault.Full, Fault.WrongRevision, Fault.UnknownNotWritten, Fault.UnknownWritten])
            {
                failures.Add(false, connects, 0, fault);
                failures.Add(true, connects, 0, fault);
                failures.Add(true, connects, 1, fault);
            }
        }

        return failures;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Both_reducers_call_other_modules_in_the_transaction_that_writes_the_client(bool hasCommitPoints)
    {
        await using HostFixture host = await StartAsync(hasCommitPoints);
        ClientSession ann = await ConnectAsync(host);
        (await StateAsync(host)).ShouldBe((1, 1, 1));

        (await ann.DisconnectAsync()).ShouldBeOfType<CallOutcome.Committed>();

        (await StateAsync(host)).ShouldBe((0, 2, 2));
        TransactionRecord part = TransactionRecord.Read((await LastAsync(host, "hall")).Metadata.Span);
        (part.Reducer, part.Caller).ShouldBe(("door.go", Ann));
        await ExpectReplayedAsync(host);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Each_append_of_it_may_fail_in_every_way_and_nobody_hears_half_of_it(bool hasCommitPoints, bool connects, int append, Fault fault)
    {
        var time = new ManualTime();
        await using HostFixture host = await StartAsync(hasCommitPoints, time);
        ClientSession before = await ConnectAsync(host);
        host.Store.FailAppend(host.Store.AppendCount + append, fault);

        bool isThere = connects ? await host.Host.ConnectAsync("door", Ann) is ConnectOutcome.Connected : await IsThereAfterAsync(before);

        if (connects && isThere) (await StateAsync(host)).ShouldBe((2, 2, 2));
        int clients = connects ? isThere ? 2 : 1 : 0;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        (long Clients, long Visits, long Told) state;
        while ((state = await StateAsync(host)).Clients != clients || state.Visits != state.Told || !Array.TrueForAll(Modules, module => IsOwner(host, module)))
        {
            patience.IsCancellationRequested.ShouldBeFalse($"{state}");
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        // Each that came was told, and each that went: twice for one that came although nobody knew.
        (state.Visits % 2).ShouldBe(clients % 2);
        state.Visits.ShouldBeInRange(1, 3);
        await ExpectReplayedAsync(host);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_called_module_refuses_is_a_client_that_is_not_connected_or_goes_without_its_reducer(bool hasCommitPoints)
    {
        await using HostFixture host = await StartAsync(hasCommitPoints);
        ClientSession ann = await ConnectAsync(host);
        await host.CommitAsync("hall", "run", Convert.ToBase64String(ObstacleScript()));

        var refused = (await host.Host.ConnectAsync("door", Ann)).ShouldBeOfType<ConnectOutcome.Refused>();
        refused.Outcome.ShouldBeOfType<CallOutcome.Rejected>(refused.Outcome.ToString()).Error.ShouldBe("not yet");
        (await StateAsync(host)).ShouldBe((1, 1, 1));
        (await ann.DisconnectAsync()).ShouldBeOfType<CallOutcome.Committed>();

        (await StateAsync(host)).ShouldBe((0, 1, 1));
        await ExpectReplayedAsync(host);
    }

    // A module that cannot run now is asked again after a pause, not at once and for ever: that would keep its whole group busy.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_stays_until_the_module_that_must_hear_of_it_can_run_and_others_are_served_meanwhile(bool hasCommitPoints)
    {
        HostFixture first = await StartAsync(hasCommitPoints);
        await ConnectAsync(first);
        string directory = await first.StopAsync();
        var time = new ManualTime();

        await using HostFixture second = await HostFixture.StartAsync(
            directory, engine: _ => new ForgetfulEngine(Hall), prepare: store => store.TakesOneStreamOnly = hasCommitPoints, time: time);
        (await second.CallAsync("hall", "stubborn")).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.Unavailable);
        await second.CommitAsync("door", "knock");

        // What was committed ends the pause, and another begins: behind the first look stands that attempt, behind the second nothing.
        (await CountAsync(second, "door", SystemTables.Clients)).ShouldBe(1);
        (await CountAsync(second, "door", SystemTables.Clients)).ShouldBe(1);
        await second.Mediator.Send(new PublishModule(AnotherHall(), HostFixture.Tester, "hall"), TestContext.Current.CancellationToken);
        await second.CommitAsync("hall", "stubborn");
        (await CountAsync(second, "door", SystemTables.Clients)).ShouldBe(1, "the pause is not over");

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await CountAsync(second, "door", SystemTables.Clients) > 0)
        {
            patience.IsCancellationRequested.ShouldBeFalse("the client is still there");
            time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        (await StateAsync(second)).ShouldBe((0, 3, 3), "it came and went, and somebody called each of the two");
        await ExpectReplayedAsync(second);
    }

    // Step 1 of the probe's scripts: it inserts the row 1 into the table.
    private static byte[] ObstacleScript()
    {
        using var step = new PayloadWriter();
        step.Byte(1);
        step.Int64(0);
        step.Int64(0);
        foreach (byte[] field in (byte[][])["obstacles"u8.ToArray(), [], [1], []]) step.Bytes(field);
        return step.Written.ToArray();
    }

    private static byte[] AnotherHall() => [.. Hall, 0, 2, 1, (byte)'x'];

    private static async Task<HostFixture> StartAsync(bool hasCommitPoints, TimeProvider? time = null)
    {
        ModuleHostOptions options = new() { Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } };
        HostFixture host = await HostFixture.StartAsync(
            options: options, prepare: store => store.TakesOneStreamOnly = hasCommitPoints, time: time);
        await host.Mediator.Send(new PublishModule(Hall, HostFixture.Tester, "hall"), TestContext.Current.CancellationToken);
        await host.PublishAsync("door");
        return host;
    }

    private static async Task<ClientSession> ConnectAsync(HostFixture host)
    {
        ConnectOutcome outcome = await host.Host.ConnectAsync("door", Ann);
        return outcome.ShouldBeOfType<ConnectOutcome.Connected>(outcome.ToString()).Session;
    }

    // Else it is still being found out what became of an append, which writes a change of ownership.
    private static bool IsOwner(HostFixture host, string module) => host.Host.StandingOf(module)?.Role == ModuleRole.Owner;

    private static async Task<bool> IsThereAfterAsync(ClientSession session) => await session.DisconnectAsync() is not CallOutcome.Committed;

    private static async Task<(long Clients, long Visits, long Told)> StateAsync(HostFixture host) => (
        await CountAsync(host, "door", SystemTables.Clients), await CountAsync(host, "door", "visits"), await CountAsync(host, "hall", "stubborn"));

    private static Task<long> CountAsync(HostFixture host, string module, string table) =>
        host.Host.ViewAsync(module, projection => projection.State!.FindTable(table)!.Count);

    private static async Task<RecordedEvent> LastAsync(HostFixture host, string module)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in host.Journal.ReadStreamAsync(
            StreamNames.Module(module), ReadDirection.Backwards, Revision.End, 1, TestContext.Current.CancellationToken))
            return batch.Span[0] with { Metadata = batch.Span[0].Metadata.ToArray() };
        throw new InvalidOperationException($"the stream of {module} is empty");
    }

    private static async Task ExpectReplayedAsync(HostFixture host)
    {
        foreach (string module in Modules)
        {
            ModuleProjection rebuilt = await host.RebuildAsync(module);
            (rebuilt.StateHash, rebuilt.Chain).ShouldBe((await host.HashAsync(module), await host.ChainAsync(module)), module);
        }
    }
}
