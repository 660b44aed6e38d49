using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Timers;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Journals;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;
using Target = Interstice.Host.Tests.Timers.TimerScene.Target;

namespace Interstice.Host.Tests.Timers;

/// <summary>Goal: whatever happens, every tick that is due has fired exactly once. Against a list of timers, with failing appends and
/// restarts; and with two hosts over one store.</summary>
public sealed class TimerModelTests
{
    private const int Steps = 40;

    private static readonly Fault[] Faults = [Fault.RefusedBeforeWrite, Fault.UnknownNotWritten, Fault.UnknownWritten, Fault.WrongRevision];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_tick_that_is_due_has_fired_once_whatever_happened()
    {
        int first = Random.Shared.Next();
        for (int i = 0; i < 6; i++) await RunAsync(first + i);
    }

    [Fact]
    public async Task A_timer_of_a_host_that_died_fires_on_the_one_that_comes_after()
    {
        var time = new ManualTime();
        await using JournalStore store = await OpenAsync();
        SharedHost first = await StartAsync(store, time);
        await first.Mediator.Send(new PublishModule(HostFixture.Binary("timers"), HostFixture.Tester), Cancel);
        await ScheduleAsync(first, time, 10);
        await first.DisposeAsync();
        time.Advance(TimeSpan.FromSeconds(60));

        await using SharedHost second = await StartAsync(store, time);
        await FiredAsync(second, 1);
        await ExpectOnceAsync(store);
    }

    [Fact]
    public async Task Two_hosts_that_both_think_that_they_own_a_module_fire_its_timer_once()
    {
        var time = new ManualTime();
        await using JournalStore store = await OpenAsync();
        await using SharedHost first = await StartAsync(store, time);
        await first.Mediator.Send(new PublishModule(HostFixture.Binary("timers"), HostFixture.Tester), Cancel);
        await ScheduleAsync(first, time, 10);
        await using SharedHost second = await StartAsync(store, time);
        foreach (SharedHost host in new[] { first, second })
            for (int i = 0; i < 3; i++) await host.Host.ViewAsync(TimerScene.Module, _ => true);

        time.Advance(TimeSpan.FromSeconds(10));

        // One append landed. The other host asks the store what became of its own, and finds that.
        await FiredAsync(first, 1);
        await FiredAsync(second, 1);
        await ExpectOnceAsync(store);
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        TimerScene scene = await TimerScene.StartAsync();
        List<Expected> model = [];
        try
        {
            for (int step = 0; step < Steps; step++)
            {
                switch (random.Next(6))
                {
                    case 0 or 1:
                        model.Add(await ScheduleAsync(scene, random));
                        break;
                    case 2 when model.Count > 0:
                        Expected stopped = model[random.Next(model.Count)];
                        await scene.Fixture.CommitAsync(TimerScene.Module, "stop", stopped.Timer);
                        if (stopped.EndsUs > scene.NowUs) model[model.IndexOf(stopped)] = stopped with { EndsUs = scene.NowUs };
                        break;
                    case 3:
                        string directory = await scene.Fixture.StopAsync();
                        scene.Time.Advance(TimeSpan.FromSeconds(random.Next(20)));
                        scene = await TimerScene.StartAsync(scene.Time, directory);
                        break;
                    case 4:
                        await scene.SettleAsync();
                        scene.Fixture.Store.FailAppend(scene.Fixture.Store.AppendCount + random.Next(2), Faults[random.Next(Faults.Length)]);
                        await scene.PassAsync(random.Next(1, 20));
                        break;
                    default:
                        await scene.PassAsync(random.Next(1, 20));
                        break;
                }

                await CalmAsync(scene, seed);
                await CompareAsync(scene, model, $"seed {seed}, step {step}");
            }

            await scene.ExpectReplayedAsync();
        }
        finally
        {
            await scene.DisposeAsync();
        }
    }

    private static async Task<Expected> ScheduleAsync(TimerScene scene, Random random)
    {
        bool repeats = random.Next(2) == 0;
        bool failsFirst = !repeats && random.Next(3) == 0;
        long dueSeconds = random.Next(-2, 30);
        long interval = repeats ? random.Next(3, 10) : 0;
        long dueUs = scene.NowUs + (dueSeconds * 1_000_000);
        ulong timer = await scene.AtAsync(2, dueSeconds, interval, failsFirst ? Target.NotYet : Target.Fire, each: repeats);
        return new(timer, dueUs, interval * 1_000_000, long.MaxValue);
    }

    // Until this host owns the module again and nothing is due.
    private static async Task CalmAsync(TimerScene scene, int seed)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        do
        {
            patience.IsCancellationRequested.ShouldBeFalse($"seed {seed}: timers stay due");
            await scene.PassAsync(0.25);
        }
        while (scene.Fixture.Host.StandingOf(TimerScene.Module)!.Role != ModuleRole.Owner
            || (await scene.TimersAsync()).Exists(timer => timer.NextUs <= scene.NowUs));
        scene.Fixture.Store.ClearFaults();
    }

    private static async Task CompareAsync(TimerScene scene, List<Expected> model, string why)
    {
        List<TimerRow> failing = [.. (await scene.TimersAsync()).Where(timer => timer.Attempts > 0)];
        List<(ulong, long)> expected = [];
        foreach (Expected timer in model)
        {
            for (long due = timer.DueUs; due <= Math.Min(scene.NowUs, timer.EndsUs); due += timer.IntervalUs)
            {
                if (!failing.Exists(row => row.Id == timer.Timer)) expected.Add((timer.Timer, due));
                if (timer.IntervalUs == 0) break;
            }
        }

        // One that was taken out while it was being tried again has not fired.
        List<(ulong Timer, long Due)> fired = [.. (await scene.FiredAsync()).Select(row => (row.Timer, row.DueUs))];
        fired.Distinct().Count().ShouldBe(fired.Count, why);
        IEnumerable<(ulong Timer, long Due)> missing = expected.Except(fired);
        missing.ShouldAllBe(tick => model.Exists(timer => timer.Timer == tick.Timer && timer.EndsUs != long.MaxValue && timer.IntervalUs == 0), why);
        fired.Except(expected).ShouldBeEmpty(why);
    }

    private static async Task<JournalStore> OpenAsync() =>
        await JournalStore.OpenAsync(new JournalOptions { Directory = "/memory", SegmentBytes = 8 << 20 }, null, new MemoryFiles(), Cancel);

    private static Task<SharedHost> StartAsync(JournalStore store, ManualTime time) =>
        SharedHost.StartAsync(store, new ModuleHostOptions { Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } }, time);

    private static async Task ScheduleAsync(SharedHost host, ManualTime time, int seconds)
    {
        using var arguments = new PayloadWriter();
        arguments.UInt64(7);
        arguments.Int64(((time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond) + (seconds * 1_000_000L));
        arguments.Int64(0);
        arguments.Byte((byte)Target.Fire);
        arguments.Byte(0);
        var call = new CallReducer(TimerScene.Module, "at", arguments.Written.ToArray(), HostFixture.Tester);
        (await host.Mediator.Send(call, Cancel)).ShouldBeOfType<CallOutcome.Committed>();
    }

    private static async Task FiredAsync(SharedHost host, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await host.Host.ViewAsync(TimerScene.Module, projection => TimerScene.FiredIn(projection).Count) != count)
        {
            patience.IsCancellationRequested.ShouldBeFalse($"{count} firings: {host.Host.StandingOf(TimerScene.Module)}");
            await Task.Yield();
        }
    }

    private static async Task ExpectOnceAsync(JournalStore store)
    {
        var projection = new ModuleProjection(TimerScene.Module) { ComparesEveryHash = true };
        await ModuleReplay.RunAsync(store, projection, null, TimeProvider.System, null, Cancel);
        TimerScene.FiredIn(projection).Count.ShouldBe(1);
    }

    /// <summary>A timer as it was made.</summary>
    private sealed record Expected(ulong Timer, long DueUs, long IntervalUs, long EndsUs);
}
