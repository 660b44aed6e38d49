using Interstice.Host.Commands;
using Interstice.Host.Following;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Reducers;

/// <summary>Runs the calls of one module one after another, on the thread of its execution group.</summary>
/// <remarks>
/// Invariants: only the group's thread touches the projection, the instance and the pipeline. A transaction is applied in
/// memory, handed to the pipeline and answered when it is durable; the loop does not wait for the store. Whatever was applied
/// after the last durable revision can be undone. Nothing that rests on an undurable revision is answered.
/// </remarks>
internal sealed partial class ModuleLoop : IAsyncDisposable
{
    private const string StoppingReason = "the host is stopping; try again when it is back";

    private readonly IEventStore _store;
    private readonly LoopInbox _inbox;
    private readonly LoopOptions _options;
    private readonly LoopIdentity _identity;
    private readonly BuildFinder _find;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AppendPipeline _pipeline;
    private readonly CallWatch _watch;
    private readonly IndexThread _indexes;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoadedModule? _loaded;
    private string? _unavailable;
    private readonly Queue<LoopWork> _again = new();
    private bool _appendFailed;
    private bool _isOwner = true;
    private LoopWork? _running;
    private volatile bool _stopping;
    private volatile bool _ended;
    private volatile bool _isGivenUp;

    /// <summary>Makes a loop over a rebuilt projection; <see cref="Start"/> sets it going. One that follows reads nothing before
    /// <see cref="Follow"/>.</summary>
    public ModuleLoop(
        ModuleProjection projection,
        IEventStore store,
        LoopOptions options,
        LoopIdentity identity,
        BuildFinder find,
        TimeProvider time,
        ILogger logger,
        bool follows = false,
        bool holdsDuties = false)
    {
        Projection = projection;
        _store = store;
        _options = options;
        _identity = identity;
        _find = find;
        _time = time;
        _logger = logger;
        _holdsDuties = holdsDuties;
        _standing = new(projection.Module, ModuleRole.Owner, null, time.GetUtcNow(), 0);
        if (follows) StandFollowing();
        _watch = identity.Watchdog.Add();
        _inbox = new LoopInbox(options.QueueLengthMax);
        _pipeline = new AppendPipeline(
            store, StreamNames.Module(projection.Module), _inbox, projection.Revision, projection.Links);
        projection.LiveChain = _pipeline.LinkAll;
        _indexes = new IndexThread(StreamNames.Module(projection.Module));
        projection.EnterIndexesElsewhere(_indexes);
    }

    /// <summary>The tables and what else the stream says of the module.</summary>
    public ModuleProjection Projection { get; }

    /// <summary>What runs, or null when the module takes no calls. Read by other threads to look declarations up.</summary>
    public LoadedModule? Loaded => Volatile.Read(ref _loaded);

    /// <summary>Why the module takes no calls, or null.</summary>
    public string? UnavailableReason => Volatile.Read(ref _unavailable);

    /// <summary>Calls and queries that wait for their turn.</summary>
    public int WaitingCount => _inbox.WorkCount;

    /// <summary>Starts the thread.</summary>
    /// <param name="stackBytes">Stack that the engine asks for.</param>
    public void Start(int stackBytes = 0) => GroupThread.Start(this, stackBytes);

    /// <summary>Queues work; refuses it when the queue is full or the host is stopping.</summary>
    public void Enqueue(LoopWork work)
    {
        if (_stopping)
        {
            work.Refuse(CallRefusal.Stopping, StoppingReason);
        }
        else if (!_inbox.TryAdd(work))
        {
            work.Refuse(
                CallRefusal.QueueFull,
                $"module {Projection.Module}: {_options.QueueLengthMax} calls are waiting already; try again later");
        }
        else if (_ended || _isGivenUp)
        {
            // The loop ended between the two looks, or waits for a store that may never answer: nobody else will take what is queued.
            while (_inbox.TryTakeLate(out LoopWork late)) late.Refuse(CallRefusal.Stopping, StoppingReason);
        }
    }

    /// <summary>Answers work that has no events of its own: at once, or when what it rests on is durable.</summary>
    public void Settle(LoopWork work)
    {
        if (work.Writes && _group is { Joint: not null, Calls.IsOpen: true }) SettleJoint(work);
        else if (_pipeline.IsDrained) work.Succeed(_pipeline.Durable, _pipeline.DurablePosition);
        else _pipeline.Current.AddWaiter(work, _pipeline.Applied);
    }

    /// <summary>Takes no more work.</summary>
    public void BeginStop()
    {
        _stopping = true;
        _inbox.Wake();
    }

    /// <summary>Finishes what is queued, waits for the store, and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        BeginStop();
        try
        {
            await EndAsync().WaitAsync(_options.StopTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The store does not answer. The thread goes on waiting in the background and keeps what it needs; callers are told.
            LogStopTimedOut(Projection.Module, _options.StopTimeout);
            _isGivenUp = true;
            _ = OnLoopAsync(() => AbandonCallers());
            _inbox.Wake();
            return;
        }

        EndAlarm();
        _errandCancelled.Dispose();
        _identity.Watchdog.Remove(_watch);
        _pipeline.Dispose();
        _indexes.Dispose();
        Retire(Loaded);
    }

    /// <summary>Tells callers, if nobody waits for the loop any more. On its thread, also while that waits for the store.</summary>
    /// <param name="running">What the thread is doing, if nobody else would answer it.</param>
    /// <returns>Whether nobody does.</returns>
    public bool AbandonIfGivenUp(LoopWork? running)
    {
        if (_isGivenUp) AbandonCallers(running);
        return _isGivenUp;
    }

    private bool AbandonCallers(LoopWork? running = null)
    {
        string reason = $"module {Projection.Module}: the host stopped before the store answered; it may or may not be committed";
        foreach (TransactionBatch batch in _pipeline.InFlight.Append(_pipeline.Current))
            foreach (TransactionBatch.Waiter waiter in batch.Waiters) waiter.Work.Unresolved(reason);
        running?.Unresolved(reason);
        GiveUpUnresolved(reason);
        KeepPromises();
        RefuseHeld(CallRefusal.Stopping, StoppingReason);
        RefuseQueued(CallRefusal.Stopping, StoppingReason);
        _attemptsFailed++;
        return true;
    }

    // The claim is made by the loop's thread: it is there, or will never be, when that has ended.
    private async Task EndAsync()
    {
        await _stopped.Task.ConfigureAwait(false);
        await _errand.ConfigureAwait(false);
        await _completing.ConfigureAwait(false);
    }

    /// <summary>Does the next of what is to be done. On the thread of its group, as all that follows.</summary>
    public LoopTurn TakeTurn()
    {
        if (_group!.Joint is { } joint) return TakeTurnIn(joint);
        while (_inbox.TryTakeEnded(out TransactionBatch _)) CommitEnded();
        TakeOrders();
        if (_doubt is not null) ActOnDoubt();
        if (_appendFailed)
        {
            if (!_pipeline.HaveAllEnded) return Await(LoopTurn.AwaitsAppends);
            UndoFailed();
            return LoopTurn.Worked;
        }

        if (_pipeline.IsReadyEarly) Send();
        else if (_pipeline.IsBatchFull && !TrySend()) return Await(LoopTurn.AwaitsAppends);
        if (TryTakeWork(out LoopWork work))
        {
            if ((_isOwner && _group!.IsLone && !Projection.HasCommitPoint) || MayDo(work)) Execute(work);
            return LoopTurn.Worked;
        }

        if (_pipeline.Current.EventCount > 0 && TrySend()) return LoopTurn.Worked;
        if (_stopping && _pipeline.IsDrained && (Standing.Role != ModuleRole.Resolving || _attemptsFailed > 0)) return LoopTurn.Ended;
        return Await(LoopTurn.Idle);
    }

    private void Execute(LoopWork work)
    {
        try
        {
            work.Execute(this);
        }
        catch
        {
            _running = work;
            throw;
        }
    }

    private bool TryTakeWork(out LoopWork work) =>
        _again.Count > 0 ? _again.TryDequeue(out work!) : _inbox.TryTakeWork(out work);

    private bool TrySend()
    {
        if (_pipeline.IsFull) return false;
        Send();
        return true;
    }

    private void Send()
    {
        _pipeline.Send();
        AfterSend();
    }

    // Ends may be queued out of order; what is committed goes from the oldest on.
    private void CommitEnded()
    {
        while (_pipeline.TryPeekOldest(out TransactionBatch batch) && batch.End is { } end)
        {
            if (end is not AppendEnd.Durable durable)
            {
                _appendFailed = true;
                return;
            }

            CommitOldest(batch, durable.Result.Revision, durable.Result.Position);
        }

        AnswerIdleWaiters();
    }

    private void CommitOldest(TransactionBatch batch, Revision revision, Position position)
    {
        if (!batch.IsAnswered) batch.Answer(position);
        _pipeline.Commit(revision, position);
        Projection.Release(batch.TransactionCount);
        _pipeline.Recycle(batch);
        EndPause();
    }

    // Work without events that joined a batch which stayed empty: everything that it rests on is durable now.
    private void AnswerIdleWaiters()
    {
        if (!_pipeline.IsDrained || _pipeline.Current.Waiters.Count == 0) return;
        Projection.Release(_pipeline.Current.TakeTransactions());
        _pipeline.Current.Answer(_pipeline.DurablePosition);
        _pipeline.Current.ClearWaiters();
    }

    private void GiveUp(string reason)
    {
        Volatile.Write(ref _unavailable, reason);
        _stopping = true;
        _running?.Unresolved(reason);
        foreach (TransactionBatch batch in _pipeline.Abandon())
        {
            if (batch.IsAnswered) continue;
            foreach (TransactionBatch.Waiter waiter in batch.Waiters) waiter.Work.Unresolved(reason);
        }
    }

    private void RefuseQueued(CallRefusal kind, string reason)
    {
        while (_inbox.TryTakeWork(out LoopWork work)) work.Refuse(kind, reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "module {Module}: the store did not answer within {Timeout} while the host stopped")]
    private partial void LogStopTimedOut(string module, TimeSpan timeout);

    [LoggerMessage(Level = LogLevel.Critical, Message = "the loop of module {Module} failed")]
    private partial void LogLoopFailed(Exception fault, string module);
}
