using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;
using Target = Interstice.Host.Tests.Timers.TimerScene.Target;

namespace Interstice.Host.Tests.Timers;

/// <summary>Goal: a timer fires when it is due, once, with its effects, whatever happens to the host and the store.</summary>
public sealed class TimerTests
{
    [Fact]
    public async Task A_timer_fires_when_it_is_due_and_not_before_and_tells_its_reducer_what_fires()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        long due = scene.NowUs + 10_000_000;
        ulong timer = await scene.AtAsync(7, 10);
        await scene.PassAsync(9.999);
        (await scene.FiredAsync()).ShouldBeEmpty();

        await scene.PassAsync(0.001);
        (await scene.FiredAsync()).ShouldBe([new(7, timer, due, 1, 1, due, HostIdentity.Value)]);
        (await scene.TimersAsync()).ShouldBeEmpty();
        await scene.PassAsync(100);
        (await scene.FiredAsync()).Count.ShouldBe(1);
        await scene.ExpectReplayedAsync();
    }

    [Fact]
    public async Task A_firing_and_its_effects_are_one_transaction_of_the_host()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        await scene.AtAsync(7, 1);
        await scene.PassAsync(1);
        List<RecordedEvent> events = await EventsAsync(scene);
        TransactionRecord record = TransactionRecord.Read(events[^2].Metadata.Span);
        (record.Reducer, record.EventCount, record.Caller).ShouldBe(("fire", 2, HostIdentity.Value));
        events[^2].Type.ShouldBe(EventTypes.RowDeleted);
        events[^1].Type.ShouldBe(EventTypes.RowInserted);
    }

    [Fact]
    public async Task What_is_due_in_the_past_fires_at_once()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        long due = scene.NowUs - 5_000_000;
        await scene.AtAsync(7, -5);
        await scene.SettleAsync();
        (await scene.FiredAsync()).ShouldHaveSingleItem().DueUs.ShouldBe(due);
    }

    [Fact]
    public async Task Timers_fire_in_the_order_in_which_they_are_due()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        foreach (ulong seconds in new ulong[] { 5, 1, 4, 2, 3, 1 }) await scene.AtAsync(seconds, seconds);
        await scene.PassAsync(10);
        (await scene.FiredAsync()).Select(fired => fired.Payload).ShouldBe([1UL, 1UL, 2UL, 3UL, 4UL, 5UL]);
    }

    [Fact]
    public async Task An_interval_counts_from_the_previous_due_time_and_missed_ticks_fire_once_with_their_number()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        long start = scene.NowUs;
        await scene.AtAsync(7, 10, interval: 10);
        await scene.PassAsync(12);
        await scene.PassAsync(8);
        await scene.PassAsync(35);
        (await scene.FiredAsync()).Select(fired => ((fired.DueUs - start) / 1_000_000, fired.Ticks)).ShouldBe([(10, 1), (20, 1), (30, 3)]);
        (await scene.TimersAsync()).ShouldHaveSingleItem().DueUs.ShouldBe(start + 60_000_000);
        await scene.ExpectReplayedAsync();
    }

    [Fact]
    public async Task Each_missed_tick_fires_where_the_timer_says_so()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        long start = scene.NowUs;
        await scene.AtAsync(7, 10, interval: 10, each: true);
        await scene.PassAsync(35);
        (await scene.FiredAsync()).Select(fired => ((fired.DueUs - start) / 1_000_000, fired.Ticks)).ShouldBe([(10, 1), (20, 1), (30, 1)]);
    }

    [Fact]
    public async Task A_failed_firing_leaves_only_the_attempt_and_is_tried_again_after_growing_pauses()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        ulong timer = await scene.AtAsync(3, 1, target: Target.NotYet);
        await scene.PassAsync(1);
        (await scene.FiredAsync()).ShouldBeEmpty();
        TimerRow failed = (await scene.TimersAsync()).ShouldHaveSingleItem();
        (failed.Id, failed.Attempts, failed.Error, failed.NextUs).ShouldBe((timer, 1u, "not yet", scene.NowUs + 1_000_000));

        await scene.PassAsync(1);
        (await scene.TimersAsync()).ShouldHaveSingleItem().NextUs.ShouldBe(scene.NowUs + 2_000_000);
        await scene.PassAsync(1.9);
        (await scene.FiredAsync()).ShouldBeEmpty();
        await scene.PassAsync(0.1);
        (await scene.FiredAsync()).ShouldHaveSingleItem().Attempt.ShouldBe(3u);
        (await scene.TimersAsync()).ShouldBeEmpty();
        await scene.ExpectReplayedAsync();
    }

    [Theory]
    [InlineData(Target.NotYet, "not yet")]
    [InlineData(Target.Crash, "unreachable")]
    internal async Task After_five_attempts_a_timer_is_parked_with_the_reason(Target target, string reason)
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        ulong timer = await scene.AtAsync(100, 0, target: target);
        for (int i = 0; i < 5; i++) await scene.PassAsync(20);
        (await scene.TimersAsync()).ShouldBeEmpty();
        ParkedRow parked = (await scene.ParkedAsync()).ShouldHaveSingleItem();
        (parked.Timer, parked.Attempts, parked.Ticks, parked.SourceRevision).ShouldBe((timer, 5u, 1UL, -1));
        parked.Reason.ShouldContain(reason);
        await scene.PassAsync(1000);
        (await scene.FiredAsync()).ShouldBeEmpty();
        await scene.ExpectReplayedAsync();
    }

    [Fact]
    public async Task A_parked_tick_is_replayed_in_one_transaction_or_stays()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        ulong timer = await scene.AtAsync(6, 0, target: Target.NotYet);
        await scene.AtAsync(100, 0, target: Target.NotYet);
        for (int i = 0; i < 5; i++) await scene.PassAsync(20);
        (await scene.ParkedAsync()).Select(parked => parked.Id).ShouldBe([1UL, 2UL]);

        (await scene.Fixture.Host.ReplayParkedAsync(TimerScene.Module, 2)).ShouldBeOfType<CallOutcome.Rejected>().Error.ShouldBe("not yet");
        (await scene.Fixture.Host.ReplayParkedAsync(TimerScene.Module, 1)).ShouldBeOfType<CallOutcome.Committed>();
        (await scene.Fixture.Host.ReplayParkedAsync(TimerScene.Module, 1)).ShouldBeOfType<CallOutcome.Refused>()
            .Kind.ShouldBe(CallRefusal.BadArguments);
        TimerScene.Fired fired = (await scene.FiredAsync()).ShouldHaveSingleItem();
        (fired.Timer, fired.Attempt).ShouldBe((timer, 6u));
        (await scene.ParkedAsync()).ShouldHaveSingleItem().Id.ShouldBe(2UL);
        (await scene.Fixture.Host.DropParkedAsync(TimerScene.Module, 2)).ShouldBeOfType<CallOutcome.Committed>();
        (await scene.ParkedAsync()).ShouldBeEmpty();
        await scene.ExpectReplayedAsync();
    }

    [Fact]
    public async Task An_interval_timer_whose_tick_is_parked_goes_on_with_the_next_one()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        long start = scene.NowUs;
        await scene.AtAsync(100, 10, interval: 1000, target: Target.NotYet);
        for (int i = 0; i < 5; i++) await scene.PassAsync(20);
        (await scene.ParkedAsync()).ShouldHaveSingleItem().DueUs.ShouldBe(start + 10_000_000);
        TimerRow next = (await scene.TimersAsync()).ShouldHaveSingleItem();
        (next.DueUs, next.NextUs, next.Attempts, next.Error).ShouldBe((start + 1_010_000_000, start + 1_010_000_000, 0u, ""));
    }

    [Fact]
    public async Task A_timer_that_was_taken_out_does_not_fire()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        ulong timer = await scene.AtAsync(7, 10);
        await scene.Fixture.CommitAsync(TimerScene.Module, "stop", timer);
        await scene.PassAsync(20);
        (await scene.FiredAsync()).ShouldBeEmpty();
        (await scene.AtAsync(8, 10)).ShouldBe(timer + 1, "numbers are not used again");
    }

    [Fact]
    public async Task A_call_that_fails_leaves_no_timer()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        (await scene.Fixture.CallAsync(TimerScene.Module, "at_and_fail", 7UL, scene.Due(1))).ShouldBeOfType<CallOutcome.Rejected>();
        await scene.PassAsync(20);
        (await scene.TimersAsync()).ShouldBeEmpty();
        (await scene.FiredAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_firing_may_take_out_its_own_timer_and_make_another()
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        ulong timer = await scene.AtAsync(7, 1, interval: 1, target: Target.EndsItself);
        await scene.PassAsync(1);
        await scene.PassAsync(100);
        (await scene.FiredAsync()).Select(fired => fired.Timer).ShouldBe([timer, timer + 1]);
        (await scene.TimersAsync()).ShouldBeEmpty();
        await scene.ExpectReplayedAsync();
    }

    [Fact]
    public async Task A_module_has_no_more_timers_than_it_may()
    {
        await using TimerScene scene = await TimerScene.StartAsync(timersMax: 2);
        await scene.AtAsync(1, 10);
        await scene.AtAsync(2, 20);
        (await scene.TryAtAsync(3, 30)).ShouldBeOfType<CallOutcome.Trapped>().Error
            .ShouldContain("the module has 2 timers, at most 2 are allowed (TimersMax); cancel some, or set more");
        (await scene.TimersAsync()).Count.ShouldBe(2);
        await scene.PassAsync(10);
        await scene.AtAsync(4, 30);
        (await scene.TimersAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_host_that_starts_fires_what_became_due_while_none_ran()
    {
        TimerScene first = await TimerScene.StartAsync();
        await first.AtAsync(7, 10);
        await first.AtAsync(8, 1000);
        string directory = await first.Fixture.StopAsync();
        first.Time.Advance(TimeSpan.FromSeconds(60));

        await using TimerScene second = await TimerScene.StartAsync(first.Time, directory);
        await second.SettleAsync();
        (await second.FiredAsync()).ShouldHaveSingleItem().Payload.ShouldBe(7UL);
        await second.PassAsync(940);
        (await second.FiredAsync()).Select(fired => fired.Payload).ShouldBe([7UL, 8UL]);
        await second.ExpectReplayedAsync();
    }

    [Theory]
    [InlineData(Fault.RefusedBeforeWrite)]
    [InlineData(Fault.UnknownNotWritten)]
    [InlineData(Fault.UnknownWritten)]
    [InlineData(Fault.WrongRevision)]
    public async Task A_firing_whose_append_fails_happens_once_all_the_same(Fault fault)
    {
        await using TimerScene scene = await TimerScene.StartAsync();
        await scene.AtAsync(7, 10);
        await scene.SettleAsync();
        scene.Fixture.Store.FailAppend(scene.Fixture.Store.AppendCount, fault);
        await scene.PassAsync(10);
        await UntilAsync(scene, async () => (await scene.FiredAsync()).Count > 0);
        await scene.PassAsync(10);
        (await scene.FiredAsync()).ShouldHaveSingleItem();
        (await scene.TimersAsync()).ShouldBeEmpty();
        TimerScene.FiredIn(await scene.Fixture.RebuildAsync(TimerScene.Module)).Count.ShouldBe(1);
        await scene.ExpectReplayedAsync();
    }

    // While the host asks the store what became of an append, the clock goes no faster than the machine: the time for that would be over
    // before the store has been asked.
    private static async Task UntilAsync(TimerScene scene, Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            patience.IsCancellationRequested.ShouldBeFalse($"waited in vain; {scene.Fixture.Host.StandingOf(TimerScene.Module)}");
            await Task.Delay(1, TestContext.Current.CancellationToken); // leaves the pool to the host
            if (scene.Fixture.Host.StandingOf(TimerScene.Module)?.Role == ModuleRole.Resolving) scene.Time.Advance(TimeSpan.FromMilliseconds(1));
            else await scene.PassAsync(1);
        }
    }

    private static async Task<List<RecordedEvent>> EventsAsync(TimerScene scene)
    {
        List<RecordedEvent> events = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in scene.Fixture.Store.ReadStreamAsync(
            StreamNames.Module(TimerScene.Module), ReadDirection.Forwards, Revision.First, long.MaxValue, TestContext.Current.CancellationToken))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
                events.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
        }

        return events;
    }
}
