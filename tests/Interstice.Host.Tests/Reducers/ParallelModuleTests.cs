using Interstice.Host.Commands;
using Interstice.Host.Reducers;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: modules that cannot call each other run at the same time; those that can, do not.
/// Method: a clock that lets nobody have the time before two calls ask for it at once.</summary>
public sealed class ParallelModuleTests
{
    [Fact]
    public async Task Two_modules_that_cannot_call_each_other_are_inside_a_call_at_once()
    {
        using var time = new MeetingTime();
        await using HostFixture host = await HostFixture.StartAsync(time: time);
        await host.PublishAsync("counter", "one");
        await host.PublishAsync("counter", "two");
        time.Begin(2);

        CallOutcome[] outcomes = await Task.WhenAll(host.CallAsync("one", "add", "1"), host.CallAsync("two", "add", "1"));

        outcomes.ShouldAllBe(outcome => outcome is CallOutcome.Committed);
        time.MetCount.ShouldBe(2);
    }

    [Fact]
    public async Task Modules_that_may_call_each_other_share_a_thread_until_a_build_without_calls_parts_them()
    {
        await using HostFixture host = await RelayHost.StartAsync();
        (await host.ThreadsAsync()).Distinct().Count().ShouldBe(1);

        foreach (char module in RelayHost.Modules) await host.PublishAsync("relay-alone", $"{module}");

        (await host.ThreadsAsync()).Distinct().Count().ShouldBe(RelayHost.Modules.Length);
        foreach (char module in RelayHost.Modules) await host.CommitAsync(module, new Script().Put(1, 1));
        await host.ExpectLogsAgreeAsync();
    }

    // On the threads of modules only: those of the host need the time for themselves.
    private sealed class MeetingTime : TimeProvider, IDisposable
    {
        private volatile Barrier? _meeting;
        private int _met;

        public int MetCount => Volatile.Read(ref _met);

        public void Begin(int count) => _meeting = new Barrier(count);

        public void Dispose() => _meeting?.Dispose();

        public override DateTimeOffset GetUtcNow()
        {
            if (_meeting is { } meeting && Thread.CurrentThread.Name?.StartsWith("module ", StringComparison.Ordinal) == true && _met < 2)
            {
                meeting.SignalAndWait(TestContext.Current.CancellationToken);
                Interlocked.Increment(ref _met);
            }

            return base.GetUtcNow();
        }
    }
}
