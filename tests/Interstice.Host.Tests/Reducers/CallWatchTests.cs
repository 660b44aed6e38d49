using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Reducers;

public sealed class CallWatchTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ManualTime _time = new();
    private readonly AbortCounter _instance = new();

    public void Dispose() => _instance.Dispose();

    [Fact]
    public void A_call_within_its_time_is_left_alone()
    {
        var watch = new CallWatch(_time, Limit);
        watch.Begin(_instance);
        _time.Advance(Limit);
        watch.Look();
        watch.End().ShouldBeFalse();
        _instance.Aborts.ShouldBe(0);
    }

    [Fact]
    public void A_call_past_its_time_is_asked_to_stop_until_it_ends()
    {
        var watch = new CallWatch(_time, Limit);
        watch.Begin(_instance);
        _time.Advance(Limit + TimeSpan.FromTicks(1));
        watch.Look();
        watch.Look();
        _instance.Aborts.ShouldBe(2);
        watch.End().ShouldBeTrue();
        watch.Look();
        _instance.Aborts.ShouldBe(2);
    }

    [Fact]
    public void The_next_call_has_its_own_time()
    {
        var watch = new CallWatch(_time, Limit);
        watch.Begin(_instance);
        _time.Advance(2 * Limit);
        watch.Look();
        watch.End().ShouldBeTrue();
        watch.Begin(_instance);
        watch.Look();
        watch.End().ShouldBeFalse();
        _instance.Aborts.ShouldBe(1);
    }

    [Fact]
    public void Without_a_limit_nothing_is_stopped()
    {
        var watch = new CallWatch(_time, Timeout.InfiniteTimeSpan);
        watch.Begin(_instance);
        _time.Advance(TimeSpan.FromDays(1000));
        watch.Look();
        watch.End().ShouldBeFalse();
        _instance.Aborts.ShouldBe(0);
    }

    // Goal: an abort never reaches an instance between its calls, where it would stop the next one. Method: calls that end
    // at once, each of them past its time from the start, and others who look all the while.
    [Fact]
    public async Task An_abort_never_comes_after_the_end_of_its_call()
    {
        const int calls = 200_000;
        var watch = new CallWatch(TimeProvider.System, TimeSpan.FromTicks(-1));
        using var ended = new CancellationTokenSource();
        Task[] lookers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!ended.IsCancellationRequested) watch.Look();
        }))];
        int aborted = 0;
        for (int i = 0; i < calls || aborted == 0; i++)
        {
            _instance.IsRunning = true;
            watch.Begin(_instance);
            if (i % 16 == 0) Thread.SpinWait(50);
            if (watch.End()) aborted++;
            _instance.IsRunning = false;
        }

        await ended.CancelAsync();
        await Task.WhenAll(lookers);
        _instance.Late.ShouldBe(0);
    }

    private sealed class AbortCounter : IModuleInstance
    {
        private int _aborts;
        private int _late;

        public volatile bool IsRunning;

        public int Aborts => _aborts;

        public int Late => _late;

        public ulong Fuel { get; set; }

        public int CallDepth { get; set; }

        public void Abort()
        {
            Interlocked.Increment(ref _aborts);
            Thread.SpinWait(20);
            if (!IsRunning) Interlocked.Increment(ref _late);
        }

        public void ChargeFuel(ulong fuel) => throw new NotSupportedException();

        public int Bind(string export) => throw new NotSupportedException();

        public int Invoke(int function, int address, int length) => throw new NotSupportedException();

        public int Allocate(int bytes) => throw new NotSupportedException();

        public void Initialize() => throw new NotSupportedException();

        public void CaptureImage() => throw new NotSupportedException();

        public void Reset() => throw new NotSupportedException();

        public ReadOnlySpan<byte> Read(int address, int length) => throw new NotSupportedException();

        public Span<byte> Write(int address, int length) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
