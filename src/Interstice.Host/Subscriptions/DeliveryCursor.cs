using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Subscriptions;

/// <summary>An unbroken run of deliveries from one source, in order, from the checkpoints in a module's tables on.</summary>
/// <remarks>
/// Invariant: deliveries of a cursor are done on the module's loop in the order of the source, and none after one that failed, was undone or
/// was not done: that breaks the cursor for good, and another one begins from the checkpoints. So each event is dealt with once.
/// The checkpoints belong to the loop's thread.
/// </remarks>
/// <param name="loaded">The build whose handlers run; another one breaks the cursor.</param>
/// <param name="subscriptions">The subscriptions to the source.</param>
/// <param name="options">Settings.</param>
internal sealed class DeliveryCursor(LoadedModule loaded, IReadOnlyList<SubscriptionSchema> subscriptions, SubscriptionOptions options)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Checkpoint[] _checkpoints = [];

    /// <summary>The build whose handlers run.</summary>
    public LoadedModule Loaded => loaded;

    /// <summary>Whether nothing more is done under it. Read by any thread.</summary>
    public bool IsBroken => _ended.Task.IsCompleted;

    /// <summary>Ends when it is broken.</summary>
    public Task Ended => _ended.Task;

    /// <summary>How often the module had undone something when it began. What it read then may not have been durable, so that one more time
    /// breaks it.</summary>
    public long UndoneCount { get; private set; }

    /// <summary>Reads where it begins; on the loop's thread.</summary>
    /// <param name="projection">The subscribing module.</param>
    /// <param name="undoneCount">How often the module has undone something.</param>
    /// <returns>A copy of the checkpoints, in the order of the subscriptions.</returns>
    public Checkpoint[] Begin(ModuleProjection projection, long undoneCount)
    {
        UndoneCount = undoneCount;
        _checkpoints = SubscriptionRows.Read(projection, subscriptions);
        return Copy();
    }

    /// <summary>Ends it. Any thread; the feed that waits under it begins another.</summary>
    public void Break() => _ended.TrySetResult();

    /// <summary>A copy of the checkpoints; on the loop's thread.</summary>
    public Checkpoint[] Copy() => [.. _checkpoints];

    /// <summary>The reducer that a subscription runs.</summary>
    public ReducerSchema HandlerOf(int subscription) => loaded.Schema.FindReducer(subscriptions[subscription].Handler)!;

    /// <summary>Failed attempts at the next delivery of a subscription.</summary>
    public int AttemptsOf(int subscription) => _checkpoints[subscription].Attempts;

    /// <summary>Whether one more failed attempt is the last.</summary>
    public bool IsLastAttempt(int subscription) => _checkpoints[subscription].Attempts + 1 >= options.AttemptsMax;

    /// <summary>Writes that a delivery is done, into its own transaction.</summary>
    public void WriteDone(MutationOverlay overlay, Delivery delivery, long nowUs) =>
        SubscriptionRows.Write(overlay, subscriptions[delivery.Subscription], Checkpoint.At(delivery.Revision), nowUs);

    /// <summary>The transaction of <see cref="WriteDone"/> or <see cref="WriteParked"/> was applied.</summary>
    public void Advance(Delivery delivery) => _checkpoints[delivery.Subscription] = Checkpoint.At(delivery.Revision);

    /// <summary>Writes that an attempt failed.</summary>
    public void WriteFailed(MutationOverlay overlay, Delivery delivery, string error, long nowUs)
    {
        Checkpoint before = _checkpoints[delivery.Subscription];
        int attempts = before.Attempts + 1;
        long nextUs = nowUs + (options.BackoffAfter(attempts).Ticks / TimeSpan.TicksPerMicrosecond);
        SubscriptionRows.Write(
            overlay, subscriptions[delivery.Subscription], new Checkpoint(before.Revision, attempts, nextUs, error, IsRecorded: true), nowUs);
    }

    /// <summary>Parks a delivery and writes that it is done with.</summary>
    /// <param name="overlay">The transaction.</param>
    /// <param name="delivery">The delivery.</param>
    /// <param name="reason">Why.</param>
    /// <param name="isFailure">Whether an attempt at it has just failed.</param>
    /// <param name="nowUs">When.</param>
    public void WriteParked(MutationOverlay overlay, Delivery delivery, string reason, bool isFailure, long nowUs)
    {
        SubscriptionSchema subscription = subscriptions[delivery.Subscription];
        int attempts = _checkpoints[delivery.Subscription].Attempts + (isFailure ? 1 : 0);
        bool keepsArguments = delivery.Arguments.Length <= Math.Min(loaded.Limits.ArgumentBytesMax, loaded.Limits.TransactionBytesMax / 2);
        SubscriptionRows.Park(overlay, subscription, delivery, keepsArguments, attempts, reason, nowUs);
        WriteDone(overlay, delivery, nowUs);
    }

    /// <summary>Writes where subscriptions begin that hear what comes from now on.</summary>
    /// <param name="overlay">The transaction.</param>
    /// <param name="now">The last event that they do not hear.</param>
    /// <param name="nowUs">When.</param>
    public void WriteBegun(MutationOverlay overlay, Revision now, long nowUs)
    {
        for (int i = 0; i < _checkpoints.Length; i++)
            if (IsToBegin(i)) SubscriptionRows.Write(overlay, subscriptions[i], Checkpoint.At(now), nowUs);
    }

    /// <summary>The transaction of <see cref="WriteBegun"/> was applied.</summary>
    public void AdvanceBegun(Revision now)
    {
        for (int i = 0; i < _checkpoints.Length; i++)
            if (IsToBegin(i)) _checkpoints[i] = Checkpoint.At(now);
    }

    /// <summary>Moves the checkpoints that stand before a place to a later one; nothing was left to deliver in between.</summary>
    /// <param name="overlay">The transaction.</param>
    /// <param name="before">Those before this revision are moved.</param>
    /// <param name="through">Where to.</param>
    /// <param name="nowUs">When.</param>
    public void WriteThrough(MutationOverlay overlay, Revision before, Revision through, long nowUs)
    {
        for (int i = 0; i < _checkpoints.Length; i++)
        {
            if (IsBehind(i, before)) SubscriptionRows.Write(overlay, subscriptions[i], Checkpoint.At(through), nowUs);
        }
    }

    /// <summary>The transaction of <see cref="WriteThrough"/> was applied.</summary>
    public void AdvanceThrough(Revision before, Revision through)
    {
        for (int i = 0; i < _checkpoints.Length; i++)
            if (IsBehind(i, before)) _checkpoints[i] = Checkpoint.At(through);
    }

    private bool IsToBegin(int subscription) =>
        subscriptions[subscription].Start == SubscriptionStart.Now && !_checkpoints[subscription].IsRecorded;

    private bool IsBehind(int subscription, Revision before) =>
        _checkpoints[subscription] is { Attempts: 0 } checkpoint && (checkpoint.Revision < before || !checkpoint.IsRecorded);
}
