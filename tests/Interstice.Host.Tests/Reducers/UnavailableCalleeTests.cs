using System.Collections.Concurrent;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Subscriptions;
using Interstice.Host.Tests.Subscriptions;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.TestKit;
using Interstice.TestKit.Engines;
using Steps = Interstice.Host.Tests.Tables.Script;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: where the host calls a reducer by itself, a module that the reducer calls and that cannot run now is no failed attempt: what
/// is due stays due, is neither counted nor parked, and happens once as soon as the module can run.
/// Method: a restart does not load the build of module <c>b</c>, which the reducer calls; then another build of it is published.</summary>
public sealed class UnavailableCalleeTests
{
    private static readonly byte[] Calling = Declarations.Append(
        HostFixture.Binary("script"),
        """{"reducer":{"name":"relay","parameters":[{"name":"script","type":"bytes"}],"result":"bytes","calls":["b.run"]}}""");

    private static readonly byte[] Hearing = Declarations.Append(
        Calling, """{"subscription":{"source":"source.told","operation":"event","handler":"relay"}}""");

    private static readonly byte[] Telling = Declarations.Append(HostFixture.Binary("script"), """{"event":{"name":"told","type":"bytes"}}""");

    private static readonly byte[] CallOfB = CallScript();

    [Fact]
    public async Task A_firing_that_calls_a_module_that_cannot_run_counts_no_attempt_and_happens_once_it_can()
    {
        var time = new ManualTime();
        ModuleHostOptions options = new() { Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } };
        HostFixture first = await HostFixture.StartAsync(options: options, time: time);
        await first.PublishAsync("relay", "b");
        await PublishAsync(first, Calling, "script");
        long dueUs = ((time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond) + 10_000_000;
        using var steps = new Steps();
        await RunAsync(first, "script", steps.Schedule("relay", CallOfB, dueUs, intervalUs: 0, firesEach: false));
        string directory = await first.StopAsync();

        await using HostFixture second = await HostFixture.StartAsync(
            directory, options, _ => new ForgetfulEngine(HostFixture.Binary("relay")), time: time);
        Revision before = await RevisionAsync(second);
        for (int i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromSeconds(5));

            // Behind the looks stand the duty that this makes due, and what it writes.
            for (int look = 0; look < 3; look++) await RevisionAsync(second);
        }

        (await RevisionAsync(second)).ShouldBe(before, "nothing is written of what never ran");
        (await TimersAsync(second)).ShouldHaveSingleItem().Attempts.ShouldBe(0u);
        await PublishAsync(second, AnotherB(), "b");
        await WaitFor.ConditionAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return second.Journal.GetLastRevisionAsync(StreamNames.Module("script")).AsTask().GetAwaiter().GetResult() > before;
            },
            "the timer to fire");
        await ExpectCallsOfBAsync(second, 1);
        (await TimersAsync(second)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_delivery_that_calls_a_module_that_cannot_run_counts_no_attempt_and_is_made_once_it_can()
    {
        HostFixture first = await HostFixture.StartAsync(options: SubscriptionChain.Options);
        await first.PublishAsync("relay", "b");
        await PublishAsync(first, Telling, "source");
        await PublishAsync(first, Hearing, "script");
        using var steps = new Steps();
        steps.Emit("told", CallOfB);
        await RunAsync(first, "source", steps);
        await WaitFor.ConditionAsync(() => first.Host.Subscriptions.Any(status => status.Delivered == 1), "the first delivery");
        string directory = await first.StopAsync();

        ConcurrentQueue<StreamName> reads = [];
        await using HostFixture second = await HostFixture.StartAsync(
            directory,
            SubscriptionChain.Options,
            _ => new ForgetfulEngine(HostFixture.Binary("relay")),
            store => store.OnRead = reads.Enqueue);
        await RunAsync(second, "source", steps);

        // Each refused delivery has the checkpoint's place read again in its source.
        int Reads() => reads.Count(stream => stream == StreamNames.Module("source"));
        int readsBefore = Reads();
        await WaitFor.ConditionAsync(() => Reads() > readsBefore + 3, "the delivery to be refused several times");
        SubscriptionStatus status = second.Host.Subscriptions.Single();
        (status.Failed, status.Parked, status.Delivered).ShouldBe((0, 0, 0));
        second.Host.DeliveriesTo("script").ShouldBeEmpty();

        await PublishAsync(second, AnotherB(), "b");
        // The last that is written of a delivery, behind the numbers.
        await WaitFor.ConditionAsync(() => second.Host.DeliveriesTo("script").Count > 0, "the delivery to be made");
        status = second.Host.Subscriptions.Single();
        (status.Failed, status.Parked, status.Delivered).ShouldBe((0, 0, 1));
        second.Host.DeliveriesTo("script").Select(record => (record.Attempt, record.Outcome)).ShouldBe([(1, "committed")]);
        await ExpectCallsOfBAsync(second, 2);
    }

    // The part of each call in b is a transaction there.
    private static async Task ExpectCallsOfBAsync(HostFixture host, int count)
    {
        (await SubscriptionChain.TransactionsAsync(host.Journal, "b")).Select(made => made.Record.Reducer)
            .ShouldBe(Enumerable.Repeat("script.relay", count));
        foreach (string module in (string[])["b", "script"])
            (await host.RebuildAsync(module)).StateHash.ShouldBe(await host.HashAsync(module), module);
    }

    private static byte[] CallScript()
    {
        using var steps = new Steps();
        return steps.Call("b", "run", new Script().PutRandom(1).Arguments, isCaught: false).ToArguments();
    }

    private static byte[] AnotherB() => [.. HostFixture.Binary("relay"), 0, 2, 1, (byte)'x'];

    private static Task<PublishResult> PublishAsync(HostFixture host, byte[] binary, string name) =>
        host.Mediator.Send(new PublishModule(binary, HostFixture.Tester, name), TestContext.Current.CancellationToken);

    private static async Task RunAsync(HostFixture host, string module, Steps steps)
    {
        CallOutcome outcome = await host.Mediator.Send(
            new CallReducer(module, "run", steps.ToArguments(), HostFixture.Tester), TestContext.Current.CancellationToken);
        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
    }

    private static Task<Revision> RevisionAsync(HostFixture host) => host.Host.ViewAsync("script", projection => projection.Revision);

    private static Task<List<TimerRow>> TimersAsync(HostFixture host) => host.Host.ViewAsync("script", projection =>
    {
        List<TimerRow> rows = [];
        foreach (ReadOnlySpan<byte> row in projection.State!.FindTable(SystemTables.Timers)!.Scan(0, default, descending: false))
            rows.Add(TimerRow.Read(row));
        return rows;
    });
}
