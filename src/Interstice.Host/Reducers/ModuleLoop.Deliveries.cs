using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Subscriptions;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reducers;

/// <summary>Running handlers of subscriptions.</summary>
internal sealed partial class ModuleLoop
{
    private TaskCompletionSource _loadedChange = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when another build is taken into use, or none. Read it before <see cref="Loaded"/>.</summary>
    public Task LoadedChange => Volatile.Read(ref _loadedChange).Task;

    /// <summary>Last revision that is durable; on the loop's thread.</summary>
    public Revision DurableRevision => _pipeline.Durable;

    /// <summary>Does a step of a subscription. What it did is in the tables, or its cursor is broken, before any work behind it.</summary>
    public void ExecuteDelivery(DeliveryWork work)
    {
        if (!TryGetLoaded(work, out LoadedModule loaded)) return;
        if (work.Cursor.IsBroken || work.Cursor.UndoneCount != _undoneCount || !ReferenceEquals(loaded, work.Cursor.Loaded))
        {
            work.Refuse(CallRefusal.NotCommitted, $"module {Projection.Module}: a delivery before it was not done");
            return;
        }

        if (work.Step == DeliveryStep.Run) RunDelivery(work, loaded);
        else WriteOfDelivery(work, loaded);
    }

    private void RunDelivery(DeliveryWork work, LoadedModule loaded)
    {
        Delivery delivery = work.Delivery!;
        DeliveryCursor cursor = work.Cursor;
        ReducerSchema handler = cursor.HandlerOf(delivery.Subscription);
        long nowUs = NowUs();
        CallInputs inputs = new(
            delivery.Arguments, HostIdentity.Value, nowUs, _numbers.NextSeed(_identity),
            overlay => cursor.WriteDone(overlay, delivery, nowUs));
        work.Attempt = cursor.AttemptsOf(delivery.Subscription) + 1;
        long started = _time.GetTimestamp();
        RunAndCommit(work, loaded, handler, inputs);
        work.Took = _time.GetElapsedTime(started);
        work.Fuel = loaded.Runner.FuelUsed;
        if (work.Outcome is CallOutcome.Committed) cursor.Advance(delivery);
        else if (work.Outcome is not CallOutcome.Refused { Kind: not CallRefusal.TimedOut }) FailDelivery(work, loaded);
    }

    // What is behind it waits until it succeeds or is parked: order is kept.
    private void FailDelivery(DeliveryWork work, LoadedModule loaded)
    {
        bool isLast = work.Cursor.IsLastAttempt(work.Delivery!.Subscription);
        WriteOfDelivery(work.Then(isLast ? DeliveryStep.Park : DeliveryStep.Fail, DescribeFailure(work.Outcome!)), loaded);
        if (!isLast) work.Cursor.Break();
    }

    private void WriteOfDelivery(DeliveryWork work, LoadedModule loaded)
    {
        long nowUs = NowUs();
        CallInputs inputs = new(default, HostIdentity.Value, nowUs, _numbers.NextSeed(_identity), overlay =>
        {
            switch (work.Step)
            {
                case DeliveryStep.Fail:
                    work.Cursor.WriteFailed(overlay, work.Delivery!, work.Error, nowUs);
                    break;
                case DeliveryStep.Park:
                    work.Cursor.WriteParked(overlay, work.Delivery!, work.Error, work.Failure is not null, nowUs);
                    break;
                case DeliveryStep.Begin:
                    work.Cursor.WriteBegun(overlay, work.Through, nowUs);
                    break;
                default:
                    work.Cursor.WriteThrough(overlay, work.Before, work.Through, nowUs);
                    break;
            }
        });
        loaded.Runner.RunHost(inputs);
        Commit(work, loaded, null, inputs);
        if (work.Outcome is not CallOutcome.Committed) work.Cursor.Break();
        else if (work.Step == DeliveryStep.Park) work.Cursor.Advance(work.Delivery!);
        else if (work.Step == DeliveryStep.Begin) work.Cursor.AdvanceBegun(work.Through);
        else if (work.Step == DeliveryStep.Save) work.Cursor.AdvanceThrough(work.Before, work.Through);
    }

    // A person's decision: it begins a chain of causes of its own, and stays parked if it fails again.
    private void ReplayDelivery(ParkedWork work, LoadedModule loaded, ParkedRow parked, HostRows takeOut)
    {
        if (loaded.Schema.FindReducer(parked.Reducer) is not { } handler)
        {
            work.Refuse(CallRefusal.UnknownReducer, loaded.DescribeUnknownReducer(parked.Reducer));
            return;
        }

        if (!handler.Arguments.TryValidate(parked.Arguments, out _))
        {
            work.Refuse(
                CallRefusal.BadArguments,
                $"number {parked.Id}: what is kept of the delivery are no arguments of {Projection.Module}.{parked.Reducer} ({parked.Reason}); drop it");
            return;
        }

        work.Cause = parked.SourceEvent;
        RunAndCommit(
            work, loaded, handler, new CallInputs(parked.Arguments, HostIdentity.Value, NowUs(), _numbers.NextSeed(_identity), takeOut));
    }

    private static string DescribeFailure(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Rejected rejected => rejected.Error,
        CallOutcome.Trapped trapped => trapped.Error,
        CallOutcome.Refused refused => refused.Error,
        _ => outcome.ToString(),
    };

    private void AnnounceLoaded() =>
        Interlocked.Exchange(ref _loadedChange, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
