using Interstice.Host.Retention;
using Interstice.Host.Snapshots;
using Interstice.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.Host.Tests.Snapshots;

// Goal: parts of the log that become old while nothing is snapshotted are moved all the same, once an hour by the clock that was given.
public sealed class SnapshotScheduleTests
{
    [Fact]
    public async Task Old_parts_are_looked_for_after_the_start_and_then_every_hour_and_not_more_often()
    {
        var time = new ManualTime();
        var retention = new CountedRetention();
        var options = new SnapshotOptions { CheckInterval = TimeSpan.FromMinutes(1) };
        await using var schedule = new SnapshotSchedule(
            null!, null!, options, Host.Idempotency.KeyRetention.Default, [], () => [], retention, time, NullLogger.Instance);
        TimeSpan passed = TimeSpan.Zero;
        while (retention.Asked < 5)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            time.Advance(options.CheckInterval);
            passed += options.CheckInterval;
            await Task.Yield();
            retention.Asked.ShouldBeLessThanOrEqualTo(1 + (int)passed.TotalHours);
        }
    }

    private sealed class CountedRetention : ILogRetention
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public Task<bool> IsDueAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return Task.FromResult(false);
        }

        public Task<string?> ApplyAsync(LogNeeds needs, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("nothing is due");
    }
}
