using System.Threading.Channels;
using Interstice.Host.Commands;
using Interstice.Host.Following;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Subscriptions;

/// <summary>Reads the stream of one source for the subscriptions of one module, from their checkpoints on, and has their handlers run on the
/// module's loop.</summary>
/// <remarks>
/// Reads what is durable in the store, whoever owns the source. At most <see cref="SubscriptionOptions.InFlightMax"/> deliveries are under
/// way; the store is not read further meanwhile, and the source never waits. Whatever keeps a delivery from being durable breaks the
/// cursor, and the feed begins anew from the checkpoints in the tables.
/// </remarks>
internal sealed class SourceFeed
{
    private static readonly TimeSpan PauseMin = OwnershipClaim.PauseMin;
    private static readonly TimeSpan PauseMax = OwnershipClaim.PauseMax;

    private readonly ModuleLoop _loop;
    private readonly LoadedModule _loaded;
    private readonly string _source;
    private readonly Func<string, ModuleLoop?> _find;
    private readonly SubscriptionTally[] _tallies;
    private readonly SubscriptionSchema[] _subscriptions;
    private readonly ReducerSchema[] _handlers;
    private readonly DeliveryRing _ring;
    private readonly IEventStore _store;
    private readonly SubscriptionOptions _options;
    private readonly TimeProvider _time;

    // One item for each delivery under way.
    private readonly Channel<bool> _room;
    private long _doneCount;

    /// <summary>Makes one; <see cref="RunAsync"/> reads.</summary>
    /// <param name="loop">The subscribing module.</param>
    /// <param name="loaded">Its build.</param>
    /// <param name="source">The source module.</param>
    /// <param name="find">Finds the loop of a module.</param>
    /// <param name="tallies">The subscriptions to the source.</param>
    /// <param name="ring">Keeps what was delivered.</param>
    /// <param name="store">The store.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">The clock.</param>
    public SourceFeed(
        ModuleLoop loop,
        LoadedModule loaded,
        string source,
        Func<string, ModuleLoop?> find,
        SubscriptionTally[] tallies,
        DeliveryRing ring,
        IEventStore store,
        SubscriptionOptions options,
        TimeProvider time)
    {
        (_loop, _loaded, _source, _find, _tallies, _ring) = (loop, loaded, source, find, tallies, ring);
        (_store, _options, _time) = (store, options, time);
        _subscriptions = [.. tallies.Select(tally => tally.Status.Subscription)];
        _handlers = [.. _subscriptions.Select(subscription => loaded.Schema.FindReducer(subscription.Handler)!)];
        _room = Channel.CreateBounded<bool>(options.InFlightMax);
    }

    /// <summary>Delivers until it is told to end.</summary>
    /// <param name="stop">Ends it, with <see cref="OperationCanceledException"/>.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        TimeSpan pause = PauseMin;
        try
        {
            while (true)
            {
                long done = Volatile.Read(ref _doneCount);
                try
                {
                    await DeliverAsync(stop).ConfigureAwait(false);
                }
                catch (EventStoreException fault)
                {
                    Stand(SubscriptionState.Unanswered, $"the stream of module {_source} cannot be read: {fault.Message}");
                }
                catch (EventFormatException fault)
                {
                    Stand(SubscriptionState.Standing, $"the stream of module {_source} is damaged: {fault.Message}; check it with log-verify");
                }
                catch (OperationCanceledException) when (!stop.IsCancellationRequested)
                {
                    // The cursor is broken, since something was not done: from the checkpoints again.
                }

                pause = Volatile.Read(ref _doneCount) > done ? PauseMin : pause * 2 < PauseMax ? pause * 2 : PauseMax;
                await Task.Delay(pause, _time, stop).ConfigureAwait(false);
            }
        }
        finally
        {
            Stand(SubscriptionState.Elsewhere, null);
        }
    }

    private async Task DeliverAsync(CancellationToken stop)
    {
        if (!await FitsAsync(stop).ConfigureAwait(false)) return;
        var cursor = new DeliveryCursor(_loaded, _subscriptions, _options);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task watching = CancelWhenBrokenAsync(cursor, ends);
        try
        {
            Checkpoint[] checkpoints = await BeginAsync(cursor, ends.Token).ConfigureAwait(false);
            await WaitForNextAttemptAsync(checkpoints, ends.Token).ConfigureAwait(false);
            await ReadAsync(cursor, checkpoints, ends.Token).ConfigureAwait(false);
        }
        finally
        {
            cursor.Break();
            await watching.ConfigureAwait(false);
        }
    }

    private static async Task CancelWhenBrokenAsync(DeliveryCursor cursor, CancellationTokenSource ends)
    {
        await cursor.Ended.ConfigureAwait(false);
        await ends.CancelAsync().ConfigureAwait(false);
    }

    private async Task ReadAsync(DeliveryCursor cursor, Checkpoint[] checkpoints, CancellationToken ends)
    {
        StreamName stream = StreamNames.Module(_source);
        Revision dealtWith = checkpoints.Min(checkpoint => checkpoint.Revision);
        SourcePlace place = await SourcePlace.FindAsync(_store, stream, dealtWith, ends).ConfigureAwait(false);
        var matcher = new SourceMatcher(_source, _loop.Projection.Module, _subscriptions, _handlers, place.Rule);
        var saver = new CheckpointSaver(_loop, cursor, _options, _time, End);
        var whole = new WholeTransactions();
        if (_find(_source) is null) Stand(SubscriptionState.Waiting, $"module {_source} is not published yet");
        else Stand(SubscriptionState.Running, null);
        await foreach (SubscriptionMessage message in _store.SubscribeToStreamAsync(stream, place.After, ends).ConfigureAwait(false))
        {
            if (message is not SubscriptionMessage.Events events) continue;
            if (matcher.Seen == Revision.None) Stand(SubscriptionState.Running, null);
            matcher.Found.Clear();
            whole.Add(events.Batch.Span, matcher.Seen > place.After ? matcher.Seen : place.After, recorded => matcher.Take(recorded));
            foreach (Delivery delivery in matcher.Found)
            {
                if (delivery.Revision <= checkpoints[delivery.Subscription].Revision) continue;
                if (!await PassAsync(cursor, matcher, delivery, ends).ConfigureAwait(false)) return;
            }

            if (matcher.HasMisfit && !await IsFollowedAsync(matcher.PublishedAt, ends).ConfigureAwait(false)) return;
            saver.Pass(matcher.NewsAt, matcher.Sound, ends);
        }
    }

    // Where it does not fit what the source declares now, nothing is delivered until one of both is published anew.
    private async Task<bool> FitsAsync(CancellationToken stop)
    {
        if (_find(_source) is not { } source) return true;
        Task change = source.LoadedChange;
        if (source.Loaded is not { } declared) return true;
        string?[] misfits =
        [
            .. _subscriptions.Select((subscription, i) =>
                SubscriptionFit.FindMisfit(subscription, _handlers[i], declared.Schema, _source == _loop.Projection.Module)),
        ];
        if (misfits.All(misfit => misfit is null)) return true;
        await StandStillAsync(misfits, change, stop).ConfigureAwait(false);
        return false;
    }

    private async Task StandStillAsync(string?[] misfits, Task change, CancellationToken stop)
    {
        for (int i = 0; i < _tallies.Length; i++)
            _tallies[i].Stand(SubscriptionState.Standing, misfits[i] ?? $"another subscription of the module to {_source} stands still");
        await change.WaitAsync(stop).ConfigureAwait(false);
    }

    private async Task<Checkpoint[]> BeginAsync(DeliveryCursor cursor, CancellationToken ends)
    {
        Checkpoint[] checkpoints = await _loop.OnLoopAsync(() => cursor.Begin(_loop.Projection, _loop.UndoneCount)).WaitAsync(ends).ConfigureAwait(false);
        if (!_subscriptions.Where((subscription, i) => subscription.Start == SubscriptionStart.Now && !checkpoints[i].IsRecorded).Any())
            return Reached(checkpoints);

        Revision now = await FindEndAsync(ends).ConfigureAwait(false);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Enqueue(new DeliveryWork(cursor, DeliveryStep.Begin, null, Begun) { Through = now });
        await begun.Task.WaitAsync(ends).ConfigureAwait(false);
        return Reached(await _loop.OnLoopAsync(cursor.Copy).WaitAsync(ends).ConfigureAwait(false));

        void Begun(DeliveryWork work, Revision? revision)
        {
            if (revision is not null) begun.TrySetResult();
        }
    }

    private Checkpoint[] Reached(Checkpoint[] checkpoints)
    {
        for (int i = 0; i < checkpoints.Length; i++) _tallies[i].Reach(checkpoints[i].Revision);
        return checkpoints;
    }

    // Void transactions at the end belong to nobody: whoever owns the source next takes ownership behind them.
    private async Task<Revision> FindEndAsync(CancellationToken stop)
    {
        while (true)
        {
            if (_find(_source) is not { } source) return Revision.None;
            (Revision end, bool isVoid) = await source
                .OnLoopAsync(() => (source.DurableRevision, source.Projection.IsLastVoid)).WaitAsync(stop).ConfigureAwait(false);
            if (!isVoid) return end;
            Stand(SubscriptionState.Waiting, $"module {_source} has no owner now");
            await Task.Delay(PauseMax, _time, stop).ConfigureAwait(false);
        }
    }

    private async Task WaitForNextAttemptAsync(Checkpoint[] checkpoints, CancellationToken stop)
    {
        for (int i = 0; i < checkpoints.Length; i++)
        {
            if (checkpoints[i].Attempts == 0) continue;
            _tallies[i].Stand(
                SubscriptionState.Retrying,
                $"{checkpoints[i].Attempts} of {_options.AttemptsMax} attempts at a delivery behind revision {checkpoints[i].Revision} failed: {checkpoints[i].Error}");
            long nowUs = (_time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
            TimeSpan pause = TimeSpan.FromMicroseconds(Math.Max(0, checkpoints[i].NextUs - nowUs));
            await Task.Delay(pause < _options.BackoffMax ? pause : _options.BackoffMax, _time, stop).ConfigureAwait(false);
        }
    }

    private async Task<bool> PassAsync(DeliveryCursor cursor, SourceMatcher matcher, Delivery delivery, CancellationToken ends)
    {
        string? refusal = delivery.Refusal;
        if (matcher.MisfitOf(delivery.Subscription) is { } misfit)
        {
            // Rows of a publication that another one follows are what they are; the last one may still be mended.
            if (!await IsFollowedAsync(matcher.PublishedAt, ends).ConfigureAwait(false)) return false;
            refusal = misfit;
        }

        if (delivery.Arguments.Length > _loaded.Limits.ArgumentBytesMax)
            refusal ??= $"{delivery.Arguments.Length} bytes of arguments, at most {_loaded.Limits.ArgumentBytesMax} are allowed";
        await _room.Writer.WriteAsync(true, ends).ConfigureAwait(false);
        DeliveryStep step = refusal is null ? DeliveryStep.Run : DeliveryStep.Park;
        _loop.Enqueue(new DeliveryWork(cursor, step, delivery, End) { Error = refusal ?? "", HoldsRoom = true });
        return true;
    }

    private async Task<bool> IsFollowedAsync(Revision publishedAt, CancellationToken stop) => _find(_source) is { } source
        && await source.OnLoopAsync(() => source.Projection.PublishedAt > publishedAt).WaitAsync(stop).ConfigureAwait(false);

    private void End(DeliveryWork work, Revision? revision)
    {
        if (work.HoldsRoom) _room.Reader.TryRead(out _);
        if (revision is not { } at) return;
        if (work.Delivery is not { } delivery)
        {
            foreach (SubscriptionTally read in _tallies) read.ReachFrom(work.Before, work.Through);
            return;
        }

        Interlocked.Increment(ref _doneCount);

        // A failed attempt is told when it is written.
        if (work.Step == DeliveryStep.Run && work.Outcome is not CallOutcome.Committed) return;
        DateTimeOffset now = _time.GetUtcNow();
        SubscriptionTally tally = _tallies[delivery.Subscription];
        if (work.Failure is not null) tally.Failed();
        if (work.Step == DeliveryStep.Run) tally.Delivered(now);
        if (work.Step == DeliveryStep.Park) tally.Parked();
        if (work.Step != DeliveryStep.Fail) tally.Reach(delivery.Revision);
        string outcome = work.Step == DeliveryStep.Park ? "parked" : WordOf(work.Failure);
        _ring.Add(_subscriptions[delivery.Subscription].Operation, new DeliveryRecord(
            now, _subscriptions[delivery.Subscription].Source, delivery.Revision, delivery.Event, _handlers[delivery.Subscription].Name,
            work.Attempt, delivery.Origin.Depth, outcome, work.Step == DeliveryStep.Run ? null : work.Error, at, work.Fuel,
            (long)work.Took.TotalMicroseconds));
    }

    private static string WordOf(CallOutcome? failure) => failure switch
    {
        null => "committed",
        CallOutcome.Rejected => "rejected",
        CallOutcome.Trapped => "trapped",
        _ => "stopped",
    };

    private void Stand(SubscriptionState state, string? reason)
    {
        foreach (SubscriptionTally tally in _tallies) tally.Stand(state, reason);
    }
}
