using Interstice.Kernel.Events;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Interstice.EventStoreDb;

/// <summary>How calls are limited, refused and tried again. One breaker serves appends, reads and questions of a store.</summary>
/// <remarks>An append has a limit of time and the breaker, and is never tried again: what follows it in a chain may be on its way
/// already. What only asks is tried again.</remarks>
internal sealed class CallPolicies
{
    internal CallPolicies(EventStoreDbOptions options, TimeProvider time, StoreFailures failures)
    {
        ResiliencePipeline breaker = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = options.BreakerCallsMin,
                SamplingDuration = options.BreakerWindow,
                BreakDuration = options.BreakTime,
                ShouldHandle = arguments => ValueTask.FromResult(IsForWantOfAnAnswer(arguments.Outcome.Exception)),
            })
            .Build();
        Appending = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddPipeline(breaker)
            .AddTimeout(options.AppendTimeout)
            .Build();
        Asking = Retrying(options, time, failures, options.RetriesMax, breaker).AddTimeout(options.ReadTimeout).Build();
        // Without the breaker: a subscription may wait for ever, and as the breaker's one probe it would keep everything else out.
        Following = Retrying(options, time, failures, int.MaxValue, breaker: null).Build();
    }

    /// <summary>For appends.</summary>
    internal ResiliencePipeline Appending { get; }

    /// <summary>For reads, questions and settings.</summary>
    internal ResiliencePipeline Asking { get; }

    /// <summary>For subscriptions, which may be silent for ever.</summary>
    internal ResiliencePipeline Following { get; }

    private static ResiliencePipelineBuilder Retrying(
        EventStoreDbOptions options, TimeProvider time, StoreFailures failures, int retriesMax, ResiliencePipeline? breaker)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (retriesMax > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = retriesMax,
                Delay = options.RetryDelay,
                MaxDelay = options.RetryDelayMax,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(!failures.IsClosed
                    && (IsForWantOfAnAnswer(arguments.Outcome.Exception) || arguments.Outcome.Exception is BrokenCircuitException)),
            });
        }

        if (breaker is not null) builder.AddPipeline(breaker);
        return builder;
    }

    private static bool IsForWantOfAnAnswer(Exception? failure) =>
        failure is TimeoutRejectedException or EventStoreException { Kind: EventStoreErrorKind.Unavailable or EventStoreErrorKind.Unknown };
}
