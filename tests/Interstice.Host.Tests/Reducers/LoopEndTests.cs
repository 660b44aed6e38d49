using Interstice.Host.Commands;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: a loop ends in bounded time and leaves nobody without an answer, or with one that the log does not bear out.</summary>
public sealed class LoopEndTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // With the append of a call, or with the claim that is to find out what became of one.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_stop_waits_for_a_store_that_hangs_as_long_as_it_may_and_no_longer(int answered)
    {
        var time = new ManualTime();
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost host = await bank.StartAsync(time);
        int hanging = host.Store.AppendCount + answered;
        host.Store.HangsFrom = hanging;
        for (int append = host.Store.AppendCount; append < hanging; append++) host.Store.FailAppend(append, Fault.UnknownNotWritten);
        Task<CallOutcome> call = host.OpenAccountAsync("hangs");
        await WaitFor.ConditionAsync(() => host.Store.AppendCount > hanging, "the append that hangs");

        Task stopping = host.Host.DisposeAsync().AsTask();
        stopping.IsCompleted.ShouldBeFalse("it waits for the store");
        await WaitFor.ConditionAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(10));
                return stopping.IsCompleted;
            },
            "the stop to end");
        await stopping;
        (await bank.RebuildAsync()).TransactionCount.ShouldBe(2, "nothing was written");
        (await call.WaitAsync(Cancel)).ShouldBeOfType<CallOutcome.Unknown>();
    }

    [Fact]
    public async Task A_loop_that_fails_tells_those_in_flight_that_their_outcome_is_unknown()
    {
        var time = new BreakableTime();
        await using SharedBank bank = await SharedBank.OpenAsync();
        await using SharedHost host = await bank.StartAsync(time);
        host.Store.CloseGate();
        Task<CallOutcome>[] calls = new Task<CallOutcome>[3];
        for (int i = 0; i < calls.Length; i++)
        {
            int appends = host.Store.AppendCount;
            calls[i] = host.OpenAccountAsync($"in flight {i}");
            await WaitFor.ConditionAsync(() => host.Store.AppendCount > appends, "the append to be sent");
        }

        time.BreakOnce();
        Task<CallOutcome> running = host.OpenAccountAsync("running");
        (await running).ShouldBeOfType<CallOutcome.Unknown>();
        foreach (Task<CallOutcome> call in calls) (await call).ShouldBeOfType<CallOutcome.Unknown>();
        (await host.OpenAccountAsync("late")).ShouldBeOfType<CallOutcome.Refused>();
        host.Store.OpenGate();
        await host.Store.SettleAsync();

        await using SharedHost next = await bank.StartAsync();
        for (int i = 0; i < calls.Length; i++) (await next.CountAccountsAsync($"in flight {i}")).ShouldBeLessThan(2);
        (await next.CountAccountsAsync("running")).ShouldBe(0);
        await bank.ExpectTruthAsync(next);
    }

    private sealed class BreakableTime : TimeProvider
    {
        private int _isBroken;

        /// <summary>Lets the next look fail.</summary>
        public void BreakOnce() => Volatile.Write(ref _isBroken, 1);

        public override DateTimeOffset GetUtcNow() =>
            Interlocked.Exchange(ref _isBroken, 0) == 1 ? throw new InvalidOperationException("injected: the clock is gone") : base.GetUtcNow();
    }
}
