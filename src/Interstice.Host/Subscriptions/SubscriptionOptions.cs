namespace Interstice.Host.Subscriptions;

/// <summary>Settings of subscriptions between modules.</summary>
public sealed record SubscriptionOptions
{
    /// <summary>Attempts at a delivery before it is parked, 1 to 100. Default 5.</summary>
    public int AttemptsMax { get; init; } = 5;

    /// <summary>Pause before the second attempt, above 0; each further one is four times as long. Default 100 ms.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two attempts. Default 10 seconds.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Deliveries of one source that may wait in a module's queue and for the store, 1 to 65,536. Default 256. The source is not
    /// read further meanwhile.</summary>
    public int InFlightMax { get; init; } = 256;

    /// <summary>How long what nothing was delivered of may stay without a checkpoint. Default 1 second.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many of the last deliveries of each subscription are kept in memory to be looked at, 0 to 1,000,000. Default 256.</summary>
    public int RecordedMax { get; init; } = 256;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(AttemptsMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(AttemptsMax, 100);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(BackoffMin, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(BackoffMax, BackoffMin);
        ArgumentOutOfRangeException.ThrowIfLessThan(InFlightMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(InFlightMax, 65_536);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CheckpointInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(RecordedMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RecordedMax, 1_000_000);
    }

    /// <summary>The pause after a failed attempt.</summary>
    /// <param name="attempts">Attempts so far, 1 or more.</param>
    public TimeSpan BackoffAfter(int attempts)
    {
        double milliseconds = BackoffMin.TotalMilliseconds * Math.Pow(4, attempts - 1);
        return milliseconds < BackoffMax.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : BackoffMax;
    }
}
