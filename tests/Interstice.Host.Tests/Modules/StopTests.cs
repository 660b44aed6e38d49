using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Modules;

public sealed class StopTests
{
    // Told apart from all other timers by its length.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(7_654);

    // Each waits on a thread of its own: were one given up behind the other, a host of a hundred modules would take as many times as long.
    [Fact]
    public async Task Modules_whose_store_does_not_answer_are_given_up_together()
    {
        string[] modules = ["a", "b", "c"];
        var time = new CountedTime(StopTimeout);
        ModuleHostOptions options = new() { Loop = new() { StopTimeout = StopTimeout }, Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } };
        HostFixture host = await HostFixture.StartAsync(options: options, time: time);
        foreach (string module in modules) await host.PublishAsync("lifecycle", module);
        int first = host.Store.AppendCount;
        host.Store.HangsFrom = first;
        Task<CallOutcome>[] calls = [.. modules.Select(module => host.CallAsync(module, "note", 9))];
        await WaitFor.ConditionAsync(() => host.Store.AppendCount == first + modules.Length, "the appends that hang");

        Task stopping = host.Host.DisposeAsync().AsTask();
        await WaitFor.ConditionAsync(() => time.Count == modules.Length, "every module's wait to begin");
        time.Advance(StopTimeout);
        await stopping;

        foreach (CallOutcome outcome in await Task.WhenAll(calls)) outcome.ShouldBeOfType<CallOutcome.Unknown>();
    }

    /// <summary>A clock that stands, and counts the timers of one length.</summary>
    private sealed class CountedTime(TimeSpan counted) : TimeProvider
    {
        private readonly ManualTime _inner = new();
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override long TimestampFrequency => _inner.TimestampFrequency;

        public override long GetTimestamp() => _inner.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = _inner.CreateTimer(callback, state, dueTime, period);
            if (dueTime == counted) Interlocked.Increment(ref _count);
            return timer;
        }

        public void Advance(TimeSpan by) => _inner.Advance(by);
    }
}
