using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Timers;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Reducers;

/// <summary>Firing durable timers: a firing, the timer's next due time and the reducer's effects are one transaction.</summary>
internal sealed partial class ModuleLoop
{
    // Fires the timer that is due first.
    private bool TryFire(LoadedModule loaded)
    {
        long nowUs = NowUs();
        if (!SystemRows.TryFindFirstTimer(Projection, out ReadOnlySpan<byte> first) || TimerRow.NextOf(first) > nowUs) return false;
        var timer = TimerRow.Read(first);
        ulong ticks = TimerRules.TicksOf(timer, nowUs);
        var firing = new TimerFiring(timer.Id, timer.DueUs, ticks, timer.Attempts + 1);
        TimerRow? next = TimerRules.Behind(timer, ticks);
        CallOutcome outcome = RunForHost(
            loaded, timer.Reducer, timer.Arguments, nowUs, overlay => SystemRows.Replace(overlay, timer, next), firing);
        if (outcome is CallOutcome.Committed) return true;
        if (outcome is CallOutcome.Refused { Kind: not CallRefusal.TimedOut })
        {
            // It never ran to its end, for no fault of its own: no attempt is counted.
            PauseDuties();
            return false;
        }

        if (RecordFailure(loaded, timer, ticks, CallDocument.ErrorOf(outcome)!, nowUs)) return true;

        // What cannot even be written down is tried again, but not without a pause.
        PauseDuties();
        return false;
    }

    /// <summary>Does with what is parked what a person decided.</summary>
    public void ExecuteParked(ParkedWork work)
    {
        if (!TryGetLoaded(work, out LoadedModule loaded)) return;
        if (SystemRows.FindParked(Projection, work.Id) is not { } parked)
        {
            work.Refuse(CallRefusal.BadArguments, $"module {Projection.Module} has nothing parked under number {work.Id}");
            return;
        }

        HostRows takeOut = overlay => SystemRows.Delete(overlay, SystemTables.Parked, parked.Id);
        if (work.Drops)
        {
            var dropped = new CallInputs(default, HostIdentity.Value, NowUs(), _numbers.NextSeed(_identity), takeOut);
            loaded.Runner.RunHost(dropped);
            Commit(work, loaded, null, dropped);
            return;
        }

        if (parked.Timer == 0)
        {
            ReplayDelivery(work, loaded, parked, takeOut);
            return;
        }

        var firing = new TimerFiring(parked.Timer, parked.DueUs, parked.Ticks, parked.Attempts + 1);
        RunForHost(loaded, work, parked.Reducer, parked.Arguments, NowUs(), takeOut, firing);
    }

    private CallOutcome RunForHost(
        LoadedModule loaded, string reducer, byte[] arguments, long nowUs, HostRows rows, TimerFiring firing)
    {
        var work = new HostWork(reducer, arguments, rows, HostIdentity.Value);
        RunForHost(loaded, work, reducer, arguments, nowUs, rows, firing);
        return work.Outcome!;
    }

    // What was declared when the timer was made may be gone since: then it fails as a reducer does.
    private void RunForHost(
        LoadedModule loaded, TransactionWork work, string name, byte[] arguments, long nowUs, HostRows rows, TimerFiring firing)
    {
        ReducerSchema? reducer = loaded.Schema.FindReducer(name);
        string? misfit = reducer is null ? loaded.DescribeUnknownReducer(name)
            : reducer.Arguments.TryValidate(arguments, out _) ? null
            : $"the arguments do not fit {Projection.Module}.{name} any more";
        if (misfit is not null)
        {
            work.SetOutcome(new CallOutcome.Rejected(misfit));
            Settle(work);
            return;
        }

        var inputs = new CallInputs(arguments, HostIdentity.Value, nowUs, _numbers.NextSeed(_identity), rows, firing);
        RunAndCommit(work, loaded, reducer!, inputs);
    }

    private bool RecordFailure(LoadedModule loaded, TimerRow timer, ulong ticks, string error, long nowUs)
    {
        bool isLast = TimerRules.IsLastAttempt(timer);
        LogFiringFailed(Projection.Module, timer.Reducer, timer.Id, timer.Attempts + 1, isLast ? "parked" : "tried again", error);
        void Record(MutationOverlay overlay)
        {
            if (!isLast)
            {
                SystemRows.Replace(overlay, timer, TimerRules.Failed(timer, error, nowUs));
                return;
            }

            SystemRows.Replace(overlay, timer, TimerRules.Behind(timer, ticks));
            SystemRows.Insert(overlay, TimerRules.Park(timer, ticks, error, nowUs));
        }

        var inputs = new CallInputs(default, HostIdentity.Value, nowUs, _numbers.NextSeed(_identity), Record);
        loaded.Runner.RunHost(inputs);
        var work = new HostWork(null, default, Record, HostIdentity.Value);
        Commit(work, loaded, null, inputs);
        return work.Outcome is CallOutcome.Committed;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "{Module}.{Reducer}: timer {Timer} failed in attempt {Attempt} and is {Next}: {Error}")]
    private partial void LogFiringFailed(string module, string reducer, ulong timer, uint attempt, string next, string error);
}
