using System.Collections.Concurrent;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>The one pipeline of an execution group in a store that appends to several streams at once. What its modules do is gathered in one
/// <see cref="JointBatch"/>, several of which are in flight, so that all of it has one order and calls that go over several modules share
/// what an append costs. Used by the group's thread; ends come by way of <see cref="TakeEnded"/>.</summary>
/// <remarks>
/// Invariants: a transaction is behind everything that it may have read, in the log as in the chain of expectations, and before everything
/// that may have read it: so it is in an append of its own if it has changed several modules, and in one append with others of its
/// module if these have not changed what it has read elsewhere. Each append is there only if the one before it is, whatever streams it goes
/// to. Once one has failed nothing is sent until all in flight have ended; then every module goes back to what is durable.
/// </remarks>
internal sealed partial class JointPipeline : IDisposable
{
    // Events of all modules, as of one in a pipeline of its own.
    private const int EventsMax = AppendPipeline.EventsPerAppendMax;
    private const int EventsEarly = AppendPipeline.EventsEarly;

    // As many works of a module as make an early batch if each has an event.
    private const int RoundsMax = EventsEarly;

    private readonly GroupThread _group;
    private readonly IEventStore _store;
    private readonly LoopWake _wake;
    private readonly BatchSender<JointBatch> _sender;
    private readonly AnswerThread _answers;
    private readonly ConcurrentQueue<JointBatch> _ended = new();
    private readonly Queue<JointBatch> _inFlight = new();
    private readonly int _bytesMax;
    private JointBatch _current = new();
    private JointBatch? _lastSent;
    private bool _isFull;
    private int _eventsGathered;
    private int _roundsGathered;
    private int _loneBatches;

    /// <summary>Makes one with nothing in flight.</summary>
    /// <param name="group">The thread.</param>
    /// <param name="store">Where batches go.</param>
    /// <param name="stream">A stream of the group, for the names of threads.</param>
    /// <param name="wake">Wakes the group's thread.</param>
    public JointPipeline(GroupThread group, IEventStore store, StreamName stream, LoopWake wake)
    {
        _group = group;
        _store = store;
        _wake = wake;
        _sender = new BatchSender<JointBatch>(batch => _ = AppendAsync(batch), stream);
        _answers = new AnswerThread(stream);
        _bytesMax = Math.Min(AppendPipeline.BytesPerAppendMax, store.GatheredBytesMax);
    }

    /// <summary>Whether an append has failed, and what is in flight has not ended yet.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether nothing more may be gathered now.</summary>
    public bool IsBlocked => HasFailed || _isFull;

    /// <summary>Whether an end waits to be taken.</summary>
    public bool HasEnded => !_ended.IsEmpty;

    /// <summary>Whether everything that was done is durable.</summary>
    public bool IsDrained => _inFlight.Count == 0 && !HasUnsent;

    private bool HasUnsent
    {
        get
        {
            foreach (ModuleLoop loop in _group.Loops)
                if (loop.Pipeline.Current.EventCount > 0) return true;
            return false;
        }
    }

    private bool CanSend
    {
        get
        {
            if (HasFailed || _inFlight.Count >= AppendPipeline.InFlightMax) return false;
            foreach (ModuleLoop loop in _group.Loops)
                if (loop.Pipeline.IsHeldBehind && loop.Pipeline.Current.EventCount > 0) return false;
            return true;
        }
    }

    /// <summary>Waits until all that was sent has been hashed.</summary>
    public void Settle() => _sender.Settle();

    /// <summary>A transaction is about to change one module: nothing in its append may have read that module before.</summary>
    public void BeforeWrite(ModuleLoop writer)
    {
        if (writer.IsReadByOthers) Cut();
    }

    /// <summary>A transaction that went over several modules is about to change one of them: what it has read elsewhere is in appends before
    /// it, and nothing that changes that comes into its append.</summary>
    /// <param name="writer">What it changes.</param>
    /// <param name="participants">Where it has been.</param>
    public void BeforeWrite(ModuleLoop writer, IReadOnlyList<CallChain<ModuleLoop>.Participant> participants)
    {
        bool isBehind = writer.IsReadByOthers;
        foreach (CallChain<ModuleLoop>.Participant participant in participants)
            isBehind |= participant.Loop != writer && participant.Loop.Pipeline.Current is var batch && batch.EventCount > batch.CutCount;
        if (isBehind) Cut();
        foreach (CallChain<ModuleLoop>.Participant participant in participants)
            if (participant.Loop != writer) participant.Loop.IsReadByOthers = true;
    }

    /// <summary>Ends an append: what comes is in the next.</summary>
    public void Cut()
    {
        foreach (ModuleLoop loop in _group.Loops) loop.IsReadByOthers = false;
        _current.Cut(_group.Loops);
    }

    /// <summary>Ends an append that holds one transaction which has changed several modules.</summary>
    /// <param name="parts">The modules; their parts stand in the log in this order, that of the module which was called from outside first.</param>
    public void Cut(ReadOnlySpan<ModuleLoop> parts) => _current.Cut(parts);

    /// <summary>A piece of work was done: sends what is better sent now.</summary>
    /// <param name="worker">The module that it was queued at.</param>
    public void AfterWork(ModuleLoop worker)
    {
        (int events, long bytes, bool takesOwnership) = (0, 0, false);
        foreach (ModuleLoop loop in _group.Loops)
        {
            TransactionBatch batch = loop.Pipeline.Current;
            if (batch.EventCount == 0) continue;
            events += batch.EventCount;
            bytes += batch.Buffer.Length;
            takesOwnership |= loop.Pipeline.TakesOwnership;
        }

        if (events > _eventsGathered) worker.IsGathering = true;
        _eventsGathered = events;

        // Nothing goes behind a change of ownership before it is durable.
        _isFull = takesOwnership || events >= EventsMax || bytes >= _bytesMax;
        if ((_isFull || (events >= EventsEarly && _inFlight.Count < AppendPipeline.InFlightFew)) && CanSend) Send();
    }

    /// <summary>Every module had its turn: sends what was gathered if it is as much as it will be. What others do who gather nothing, such as
    /// queries, nobody waits for; and whatever they do, after so many rounds it is sent.</summary>
    /// <param name="hasWorked">Whether any of them did something.</param>
    /// <param name="isGathering">Whether one of those did that have gathered something.</param>
    /// <returns>Whether something was sent.</returns>
    public bool AfterRound(bool hasWorked, bool isGathering)
    {
        if (!hasWorked) return TrySend();
        if (!HasUnsent) return false;
        _roundsGathered++;
        return (!isGathering || _roundsGathered >= RoundsMax) && _inFlight.Count < AppendPipeline.InFlightFew && TrySend();
    }

    /// <summary>Sends what was gathered, if there is something and the store may have it.</summary>
    public bool TrySend()
    {
        if (!HasUnsent || !CanSend) return false;
        Send();
        return true;
    }

    /// <summary>Takes what has ended, and goes back where something has failed.</summary>
    /// <returns>Whether there was something.</returns>
    public bool TakeEnded()
    {
        bool isAny = false;
        while (_ended.TryDequeue(out _)) isAny = true;
        while (!HasFailed && _inFlight.TryPeek(out JointBatch? batch) && batch.HasEnded)
        {
            if (batch.Failure is null) Commit(_inFlight.Dequeue());
            else HasFailed = true;
        }

        if (HasFailed && _inFlight.All(batch => batch.HasEnded)) UndoFailed();
        if (_isFull && CanSend) Send();
        return isAny;
    }

    /// <summary>Waits until everything is durable, or undone. Orders are done meanwhile, as between two works.</summary>
    /// <param name="running">The work that waits nowhere yet, if there is one.</param>
    public void SendAll((ModuleLoop Loop, LoopWork Work)? running)
    {
        while (!IsDrained)
        {
            TakeEnded();
            TrySend();
            _group.TakeOrders();
            if (_inFlight.Count > 0) _group.AwaitAppends(running);
        }
    }

    /// <summary>Ends its threads, when nothing is in flight.</summary>
    public void Dispose()
    {
        _sender.Dispose();
        _answers.Dispose();
    }

    private void ForgetGathered()
    {
        (_eventsGathered, _roundsGathered) = (0, 0);
        foreach (ModuleLoop loop in _group.Loops) loop.IsGathering = false;
    }

    private void Commit(JointBatch batch)
    {
        if (!batch.IsAnswered) batch.Answer(null);
        if (batch == _lastSent) _lastSent = null;
        foreach (JointBatch.Part part in batch.Parts) part.Loop.CommitPart(part);
    }

    // Every module goes back before anyone is told, and everyone is told before anything is run again.
    private void UndoFailed()
    {
        (string module, AppendEnd failure) = _inFlight.Peek().Failure!.Value;
        HasFailed = _isFull = false;
        ForgetGathered();
        _inFlight.Clear();
        _lastSent = null;
        _current = new JointBatch();
        ModuleLoop[] undone = [.. _group.Loops.ToArray().Where(loop => loop.HasUndurable)];
        foreach (ModuleLoop loop in _group.Loops) loop.IsReadByOthers = false;
        foreach (ModuleLoop loop in undone) loop.UndoPart(module, failure);
        List<(ModuleLoop Loop, LoopWork Work)> again = [];
        foreach (ModuleLoop loop in undone) again.AddRange(loop.AnswerUndonePart().Select(work => (loop, work)));
        foreach ((ModuleLoop loop, LoopWork work) in again) work.Execute(loop);
    }
}
