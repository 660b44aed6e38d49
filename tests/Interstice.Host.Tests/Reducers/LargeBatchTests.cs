using Interstice.Host.Commands;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: batches that are hashed beside the loop give the chain that hashing call by call gives, also when one of them
/// fails. Method: hold the store back until every append that may be in flight is, so that the next batch grows large; then
/// compare with a rebuild of the log that hashes every link.</summary>
public sealed class LargeBatchTests
{
    private const int Large = 10 * BatchSender<TransactionBatch>.LinksAtOnceMax;

    // A look at the chain hashes what was not sent yet, wherever in a batch it comes.
    [Theory]
    [InlineData(false, Large)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, Large)]
    public async Task A_large_batch_is_chained_as_small_ones_are(bool isLookedAt, int more)
    {
        await using HostFixture host = await StartAsync();
        List<Task<CallOutcome>> calls = await FillAsync(host);
        Task<ChainValue>? seen = isLookedAt ? await LookAsync(host, projection => projection.Chain) : null;
        calls.AddRange(Call(host, more));
        host.Store.OpenGate();

        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome.GetType() == typeof(CallOutcome.Committed));

        ModuleProjection rebuilt = await host.RebuildAsync("bank");
        if (seen is not null) (rebuilt.Chain == await seen).ShouldBe(more == 0);
        rebuilt.Chain.ShouldBe(await host.ChainAsync("bank"));
        rebuilt.StateHash.ShouldBe(await host.HashAsync("bank"));
    }

    [Theory]
    [InlineData(0, Fault.RefusedBeforeWrite)]
    [InlineData(AppendPipeline.InFlightMax - 1, Fault.RefusedBeforeWrite)]
    [InlineData(AppendPipeline.InFlightMax, Fault.RefusedBeforeWrite)]
    [InlineData(AppendPipeline.InFlightMax, Fault.Full)]
    public async Task A_large_batch_that_is_undone_leaves_the_chain_of_what_is_durable(int failing, Fault fault)
    {
        await using HostFixture host = await StartAsync();
        host.Store.FailAppend(host.Store.AppendCount + failing, fault);
        List<Task<CallOutcome>> calls = await FillAsync(host);
        host.Store.OpenGate();

        CallOutcome[] outcomes = await Task.WhenAll(calls);

        outcomes.Count(outcome => outcome is CallOutcome.Committed).ShouldBe(failing);
        ModuleProjection rebuilt = await host.RebuildAsync("bank");
        rebuilt.Chain.ShouldBe(await host.ChainAsync("bank"));
        rebuilt.StateHash.ShouldBe(await host.HashAsync("bank"));
        calls = await FillAsync(host);
        host.Store.OpenGate();
        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome.GetType() == typeof(CallOutcome.Committed));
        (await host.RebuildAsync("bank")).Chain.ShouldBe(await host.ChainAsync("bank"));
    }

    // The loop is held until all calls wait, so that it never runs out of work before the last; the store answers none.
    [Fact]
    public async Task Batches_are_sent_early_while_few_are_in_flight_and_grow_from_then_on()
    {
        const int EventsPerCall = 3;
        const int CallsPerBatch = (AppendPipeline.EventsEarly / EventsPerCall) + 1;
        await using HostFixture host = await StartAsync();
        host.Store.CloseGate();
        int before = host.Store.AppendCount;
        using var isQueued = new ManualResetEventSlim();
        Task<bool> held = host.Host.ViewAsync("bank", _ => isQueued.Wait(TimeSpan.FromMinutes(1)));
        Task<CallOutcome>[] calls = Call(host, 2 * AppendPipeline.InFlightFew * CallsPerBatch);

        isQueued.Set();
        await WaitFor.ConditionAsync(() => host.Store.AppendCount == before + AppendPipeline.InFlightFew + 1, "the batches to be sent");
        host.Store.OpenGate();

        (await held).ShouldBeTrue();
        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome.GetType() == typeof(CallOutcome.Committed));
        host.Store.AppendCount.ShouldBe(before + AppendPipeline.InFlightFew + 1);
        (await host.RebuildAsync("bank")).Chain.ShouldBe(await host.ChainAsync("bank"));
    }

    // As above, but no call waits for more than one round trip behind another: all places are taken before batches grow.
    [Fact]
    public async Task A_shared_store_gets_small_batches_until_every_place_is_taken()
    {
        const int EventsPerCall = 3;
        const int CallsPerBatch = (AppendPipeline.EventsEarlyShared / EventsPerCall) + 1;
        await using HostFixture host = await StartAsync(isShared: true);
        host.Store.CloseGate();
        int before = host.Store.AppendCount;
        using var isQueued = new ManualResetEventSlim();
        Task<bool> held = host.Host.ViewAsync("bank", _ => isQueued.Wait(TimeSpan.FromMinutes(1)));
        Task<CallOutcome>[] calls = Call(host, 2 * AppendPipeline.InFlightMax * CallsPerBatch);

        isQueued.Set();
        await WaitFor.ConditionAsync(() => host.Store.AppendCount == before + AppendPipeline.InFlightMax, "the batches to be sent");
        host.Store.OpenGate();

        (await held).ShouldBeTrue();
        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome.GetType() == typeof(CallOutcome.Committed));
        (await host.RebuildAsync("bank")).Chain.ShouldBe(await host.ChainAsync("bank"));
    }

    [Fact]
    public async Task A_publication_follows_a_large_batch_in_the_chain()
    {
        await using HostFixture host = await StartAsync();
        List<Task<CallOutcome>> calls = await FillAsync(host);
        ReadOnlyMemory<byte> another = (byte[])[.. HostFixture.Binary("bank"), 0, 2, 1, (byte)'x'];
        Task<PublishResult> publication = host.Mediator.Send(new PublishModule(another, HostFixture.Tester));
        host.Store.OpenGate();

        (await publication).Version.ShouldBe(2);

        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome.GetType() == typeof(CallOutcome.Committed));
        await host.CommitAsync("bank", "transfer", 1, 2, 1);
        (await host.RebuildAsync("bank")).Chain.ShouldBe(await host.ChainAsync("bank"));
    }

    // As many appends of one call as may be in flight, and a large batch behind them; the store's gate is closed.
    private static async Task<List<Task<CallOutcome>>> FillAsync(HostFixture host)
    {
        host.Store.CloseGate();
        List<Task<CallOutcome>> calls = [];
        for (int i = 0; i < AppendPipeline.InFlightMax; i++)
        {
            int appends = host.Store.AppendCount;
            calls.Add(host.CallAsync("bank", "transfer", 1, 2, 1));
            await WaitFor.ConditionAsync(() => host.Store.AppendCount > appends, "the call's append to be sent");
        }

        calls.AddRange(Call(host, Large));
        await LookAsync(host, projection => projection.StateHash);
        return calls;
    }

    private static Task<CallOutcome>[] Call(HostFixture host, int times) =>
        [.. Enumerable.Range(0, times).Select(i => host.CallAsync("bank", "transfer", (i % 2) + 1, 2 - (i % 2), 1))];

    // The loop works in turn: when it has looked, it has run every call before.
    private static async Task<Task<T>> LookAsync<T>(HostFixture host, Func<ModuleProjection, T> look)
    {
        bool hasLooked = false;
        Task<T> seen = host.Host.ViewAsync("bank", projection =>
        {
            T value = look(projection);
            Volatile.Write(ref hasLooked, true);
            return value;
        });
        await WaitFor.ConditionAsync(() => Volatile.Read(ref hasLooked), "the loop to look");
        return seen;
    }

    private static async Task<HostFixture> StartAsync(bool isShared = false)
    {
        HostFixture host = await HostFixture.StartAsync(prepare: store => store.CanBeShared = isShared);
        await host.PublishAsync("bank");
        await host.CommitAsync("bank", "open_account", "ann", 1000);
        await host.CommitAsync("bank", "open_account", "bob", 1000);
        return host;
    }
}
