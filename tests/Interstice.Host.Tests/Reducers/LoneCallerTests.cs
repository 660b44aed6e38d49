using Interstice.Host.Commands;
using Interstice.Host.Projections;
using Interstice.TestKit.EventStores;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: a caller without company gets the same answers whoever writes. Method: call after call on a store that
/// lets its caller write, until the loop's thread does, and then faults in such an append.</summary>
public sealed class LoneCallerTests
{
    private const int CallsMax = 100;

    [Fact]
    public async Task A_lone_caller_is_answered_by_appends_on_the_loops_thread()
    {
        await using HostFixture host = await StartAsync();

        await CallUntilAppendedHereAsync(host);

        await ExpectLogAgreesAsync(host);
        int here = host.Store.AppendsHere;
        CallOutcome[] together = await Task.WhenAll(
            Enumerable.Range(0, 500).Select(_ => host.CallAsync("bank", "transfer", 1, 2, 1)));
        together.ShouldAllBe(outcome => outcome.GetType() == typeof(CallOutcome.Committed));
        (host.Store.AppendsHere - here).ShouldBeLessThan(500);
        await ExpectLogAgreesAsync(host);
    }

    [Fact]
    public async Task A_caller_that_blocks_behind_its_answer_holds_up_nobody()
    {
        await using HostFixture host = await StartAsync();
        for (int i = 0; i < CallsMax; i += 10)
        {
            using var mayGoOn = new ManualResetEventSlim();
            var isAnswered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task blocked = host.CallAsync("bank", "transfer", 1, 2, 1).ContinueWith(
                _ =>
                {
                    isAnswered.SetResult();
                    mayGoOn.Wait();
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            await isAnswered.Task;

            for (int j = 0; j < 10; j++) await host.CommitAsync("bank", "transfer", 2, 1, 1);

            mayGoOn.Set();
            await blocked;
        }

        await ExpectLogAgreesAsync(host);
    }

    [Theory]
    [InlineData(Fault.RefusedBeforeWrite)]
    [InlineData(Fault.Full)]
    public async Task An_append_on_the_loops_thread_that_is_refused_is_undone(Fault fault)
    {
        await using HostFixture host = await StartAsync();
        await CallUntilAppendedHereAsync(host);
        var before = await host.HashAsync("bank");
        host.Store.FailAppend(host.Store.AppendCount, fault);

        (await host.CallAsync("bank", "transfer", 1, 2, 1))
            .ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.NotCommitted);

        (await host.HashAsync("bank")).ShouldBe(before);
        await CallUntilAppendedHereAsync(host);
        await ExpectLogAgreesAsync(host);
    }

    private static async Task CallUntilAppendedHereAsync(HostFixture host)
    {
        int here = host.Store.AppendsHere;
        for (int i = 0; host.Store.AppendsHere == here; i++)
        {
            i.ShouldBeLessThan(CallsMax, "the loop never appended by itself");
            await host.CommitAsync("bank", "transfer", (i % 2) + 1, 2 - (i % 2), 1);
        }
    }

    private static async Task<HostFixture> StartAsync()
    {
        HostFixture host = await HostFixture.StartAsync();
        host.Store.CanAppendHere = true;
        await host.PublishAsync("bank");
        await host.CommitAsync("bank", "open_account", "ann", 1000);
        await host.CommitAsync("bank", "open_account", "bob", 1000);
        return host;
    }

    private static async Task ExpectLogAgreesAsync(HostFixture host)
    {
        ModuleProjection rebuilt = await host.RebuildAsync("bank");
        rebuilt.StateHash.ShouldBe(await host.HashAsync("bank"));
        rebuilt.Chain.ShouldBe(await host.ChainAsync("bank"));
    }
}
