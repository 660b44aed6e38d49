using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Reexecution;
using Interstice.Host.Reloading;
using Interstice.Host.Replay;
using Interstice.Host.Tests.Reexecution;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Reloading;

/// <summary>Goal: calls wait no longer than the pause may take, but for the one call that is running when it is over.</summary>
public sealed class CanaryPauseTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_run_after_the_call_in_which_the_time_was_over()
    {
        await using HostFixture host = await CountAsync(1, 2, 3, 4, 5);
        using var pause = new CancellationTokenSource();
        var check = new Stopping(pause, atCall: 2);
        var walk = new HistoryWalk(new RecordedGroup(ReexecutionTests.History(host), new ModuleProjection("counter"), new ModuleLimits()), check, null);

        Should.Throw<OperationCanceledException>(() => walk.GoTo(new Revision(100), pause.Token));

        check.Calls.ShouldBe(2);
        check.Applications.ShouldBe(2);
    }

    [Fact]
    public async Task A_last_call_that_ends_after_the_time_is_refused_too()
    {
        await using HostFixture host = await CountAsync(1, 2);
        var time = new ManualTime();
        var engine = new ManagedModuleEngine();
        byte[] binary = HostFixture.Binary("counter");
        using IModuleCode code = engine.Load(binary);
        var candidate = new PublicationCandidate(
            binary, CodeHash.Of(binary), code, PublicationRules.Check(code), CodeStore.CountChunks(binary.Length), HostFixture.Tester);
        var watch = new CallWatch(TimeProvider.System, Timeout.InfiniteTimeSpan);
        var options = new ReloadOptions { PauseTimeMax = TimeSpan.FromSeconds(2) };
        using var canary = new CanaryRun(
            ReexecutionTests.History(host), new ModuleProjection("counter"), candidate, [], [], new ModuleLimits(), watch, options, time, new Late(time));
        Revision last = await host.Journal.GetLastRevisionAsync(StreamNames.Module("counter"), Cancel);

        ModuleRefusedException refused = Should.Throw<ModuleRefusedException>(() => canary.Finish(last));

        canary.Revision.ShouldBe(last);
        refused.Kind.ShouldBe(ModuleRefusalKind.Canary);
        refused.Message.ShouldContain("longer than the 2000 ms");
    }

    private static async Task<HostFixture> CountAsync(params int[] values)
    {
        HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("counter");
        foreach (int value in values) await host.CommitAsync("counter", "add", $"{value}");
        return host;
    }

    // The time is over while a call runs.
    private sealed class Stopping(CancellationTokenSource pause, int atCall) : IHistoryCheck
    {
        public int Calls { get; private set; }

        public int Applications { get; private set; }

        public void TakeUp(RecordedMember main, CancellationToken cancellationToken)
        {
        }

        public bool Check(in RecordedTransaction transaction)
        {
            if (++Calls == atCall) pause.Cancel();
            return true;
        }

        public void Applied(in RecordedCall call, ReadOnlySpan<RecordedEvent> events, ModuleProjection projection)
        {
            if (!call.Reducer.IsEmpty) Applications++;
        }
    }

    // The time is over when everything has been read.
    private sealed class Late(ManualTime time) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress progress) => time.Advance(TimeSpan.FromSeconds(3));
    }
}
