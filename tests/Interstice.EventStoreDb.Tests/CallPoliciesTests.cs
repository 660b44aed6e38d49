using Interstice.Kernel.Events;
using Interstice.TestKit;
using Polly;
using Polly.CircuitBreaker;

namespace Interstice.EventStoreDb.Tests;

public sealed class CallPoliciesTests
{
    private static readonly EventStoreDbOptions Options = new() { BreakerCallsMin = 2, RetriesMax = 0 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_subscription_that_waits_keeps_nothing_else_out_when_calls_were_refused_at_once()
    {
        var time = new ManualTime();
        var policies = new CallPolicies(Options, time, new StoreFailures("server"));
        for (int i = 0; i < 2; i++) await Should.ThrowAsync<EventStoreException>(() => FailAsync(policies.Appending));
        await Should.ThrowAsync<BrokenCircuitException>(() => FailAsync(policies.Appending));

        // The first call after the break is the one that decides whether others are let through.
        time.Advance(Options.BreakTime);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task waiting = policies.Following.ExecuteAsync(
            static async stop => await Task.Delay(Timeout.Infinite, stop), ending.Token).AsTask();
        bool isLetThrough = false;
        await policies.Appending.ExecuteAsync(
            _ =>
            {
                isLetThrough = true;
                return ValueTask.CompletedTask;
            },
            Cancel);
        isLetThrough.ShouldBeTrue();
        await ending.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Subscriptions_that_fail_do_not_have_other_calls_refused()
    {
        var failures = new StoreFailures("server");
        var time = new ManualTime();
        var policies = new CallPolicies(Options, time, failures);
        int tries = 0;
        Task following = policies.Following.ExecuteAsync(
            _ =>
            {
                if (Interlocked.Increment(ref tries) == 20) failures.Close();
                throw new EventStoreException(EventStoreErrorKind.Unavailable, "gone");
            },
            Cancel).AsTask();
        while (!following.IsCompleted)
        {
            time.Advance(Options.RetryDelayMax);
            await Task.Yield();
        }

        tries.ShouldBe(20);
        await Should.ThrowAsync<EventStoreException>(() => FailAsync(policies.Appending));
    }

    [Fact]
    public async Task A_closed_store_has_nothing_tried_again()
    {
        var failures = new StoreFailures("server");
        var policies = new CallPolicies(Options with { RetriesMax = 1000, BreakerCallsMin = 5000 }, TimeProvider.System, failures);
        failures.Close();
        foreach (ResiliencePipeline policy in new[] { policies.Asking, policies.Following })
        {
            int tries = 0;
            await Should.ThrowAsync<EventStoreException>(() => policy.ExecuteAsync(
                _ =>
                {
                    tries++;
                    throw StoreFailures.Closed();
                },
                Cancel).AsTask());
            tries.ShouldBe(1);
        }
    }

    private static Task FailAsync(ResiliencePipeline policy) => policy.ExecuteAsync(
        static _ => throw new EventStoreException(EventStoreErrorKind.Unavailable, "gone"), Cancel).AsTask();
}
