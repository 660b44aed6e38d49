using System.Diagnostics.CodeAnalysis;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>Sends a loop's batches to the store, several in flight, each expecting the revision that the one before it will
/// produce. Used by the loop's thread; the ends arrive in the loop's inbox.</summary>
/// <remarks>
/// Invariants: batches go to the store in the order in which they were filled; once one has failed, nothing is sent until
/// every one in flight has ended, so that what is durable is always a prefix of what was sent. The hash chain is continued when
/// a batch is sent: by then nobody but <see cref="_sender"/> uses it, until all that was sent has ended or
/// <see cref="LinkAll"/> has waited.
/// </remarks>
internal sealed class AppendPipeline : IDisposable
{
    private readonly IEventStore _store;
    private readonly StreamName _stream;
    private readonly LoopInbox _inbox;
    private readonly EventChain _links;
    private readonly BatchSender<TransactionBatch> _sender;
    private readonly AnswerThread _answers;
    private readonly int _eventsEarly;
    private readonly int _inFlightFew;
    private int _loneBatches;
    private readonly Queue<TransactionBatch> _inFlight = new();
    private TransactionBatch? _takesOwnership;
    private TransactionBatch? _lastSent;
    private readonly Stack<TransactionBatch> _idle = new();

    /// <summary>Makes one with nothing in flight.</summary>
    /// <param name="store">Where batches go.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="inbox">Takes batches that have ended.</param>
    /// <param name="durable">Last revision of the stream.</param>
    /// <param name="links">The hash chain at this revision; continued.</param>
    public AppendPipeline(IEventStore store, StreamName stream, LoopInbox inbox, Revision durable, EventChain links)
    {
        _store = store;
        _stream = stream;
        _inbox = inbox;
        _links = links;
        _sender = new BatchSender<TransactionBatch>(batch => _ = AppendAsync(batch), stream);
        _answers = new AnswerThread(stream);
        (_eventsEarly, _inFlightFew) = store.CanBeShared ? (EventsEarlyShared, InFlightMax) : (EventsEarly, InFlightFew);
        DurableChain = links.Value;
        Durable = durable;
        Tip = durable;
        Current = new TransactionBatch();
        Current.Open(durable);
    }

    /// <summary>Most appends in flight.</summary>
    public const int InFlightMax = 8;

    /// <summary>Most events in one append; a batch is sent when it has as many.</summary>
    public const int EventsPerAppendMax = 4096;

    /// <summary>Events after which a batch is sent although more work waits, while fewer than <see cref="InFlightFew"/> appends are in
    /// flight: it is hashed, written and answered while the loop fills the next.</summary>
    public const int EventsEarly = 512;

    /// <summary>So many appends keep the store busy: then batches grow.</summary>
    public const int InFlightFew = 4;

    /// <summary>What <see cref="EventsEarly"/> is for a store that is shared, and so on a network: encoding, both ends of the connection, the
    /// server's disk and the way back take turns with one batch, and each wants another one to do meanwhile.</summary>
    public const int EventsEarlyShared = 384;

    /// <summary>Bytes after which a batch is sent.</summary>
    public const int BytesPerAppendMax = 1024 * 1024;

    // A caller that has had no company for so many calls is taken for a lone one.
    private const int LoneBatchesMin = 8;

    /// <summary>The stream.</summary>
    public StreamName Stream => _stream;

    /// <summary>The hash chain, which whoever sends a batch continues.</summary>
    public EventChain Links => _links;

    /// <summary>Waits until every batch that was taken by <see cref="TakeCurrent"/> has been hashed; null where none is taken.</summary>
    public Action? SettleElsewhere { get; set; }

    /// <summary>The batch that is being filled.</summary>
    public TransactionBatch Current { get; private set; }

    /// <summary>Last durable revision of the stream.</summary>
    public Revision Durable { get; private set; }

    /// <summary>Where the store said that <see cref="Durable"/> became durable.</summary>
    public Position DurablePosition { get; private set; }

    /// <summary>Value of the hash chain at <see cref="Durable"/>.</summary>
    public ChainValue DurableChain { get; private set; }

    /// <summary>Whether the loop's thread waited for the store itself when the last batch was sent: then a lone caller will soon be
    /// back.</summary>
    public bool IsWaitedFor { get; private set; }

    /// <summary>Revision of the stream after everything that was sent.</summary>
    public Revision Tip { get; private set; }

    /// <summary>What is in flight, oldest first.</summary>
    public IEnumerable<TransactionBatch> InFlight => _inFlight;

    /// <summary>Number of appends in flight.</summary>
    public int InFlightCount => _inFlight.Count;

    /// <summary>Whether no further append may be sent now.</summary>
    public bool IsFull => _inFlight.Count >= InFlightMax || (_takesOwnership is { } taking && taking != Current);

    /// <summary>Whether the current batch has as much as one append takes.</summary>
    public bool IsBatchFull =>
        Current.EventCount >= EventsPerAppendMax
        || Current.Buffer.Length >= Math.Min(BytesPerAppendMax, _store.GatheredBytesMax);

    /// <summary>Whether the current batch is better sent now than filled on.</summary>
    public bool IsReadyEarly => Current.EventCount >= _eventsEarly && _inFlight.Count < _inFlightFew && !IsFull;

    /// <summary>Revision of the last event applied, durable or not.</summary>
    public Revision Applied => Tip + Current.EventCount;

    /// <summary>Whether everything applied is durable.</summary>
    public bool IsDrained => Current.EventCount == 0 && _inFlight.Count == 0;

    /// <summary>The current batch takes ownership: nothing is sent behind it until it has ended, so that no append of an epoch can be on its
    /// way that did not begin.</summary>
    public void HoldBehindCurrent() => _takesOwnership = Current;

    /// <summary>Whether the current batch takes ownership.</summary>
    public bool TakesOwnership => _takesOwnership is { } taking && taking == Current;

    /// <summary>Whether the current batch waits for an append that takes ownership.</summary>
    public bool IsHeldBehind => _takesOwnership is { } taking && taking != Current;

    /// <summary>Sends the current batch if it holds events.</summary>
    public void Send()
    {
        if (Current.EventCount == 0) return;
        TransactionBatch batch = Current;
        bool isAlone = _inFlight.Count == 0 && batch.Waiters.Count == 1;
        _loneBatches = isAlone ? Math.Min(_loneBatches + 1, LoneBatchesMin) : 0;
        batch.IsLone = _loneBatches == LoneBatchesMin;
        IsWaitedFor = false;
        batch.Predecessor = _lastSent is { } last && _inFlight.Contains(last) ? last : null;
        _lastSent = batch;
        _inFlight.Enqueue(batch);
        Tip += batch.EventCount;
        Current = _idle.TryPop(out TransactionBatch? idle) ? idle : new TransactionBatch();
        Current.Open(Tip);
        _sender.Send(batch);
    }

    /// <summary>Takes the current batch for an append that goes to several streams: whoever takes it hashes it, sends it behind those that were
    /// taken before and says how that ended.</summary>
    /// <returns>The batch, in flight.</returns>
    public TransactionBatch TakeCurrent()
    {
        TransactionBatch batch = Current;
        IsWaitedFor = false;
        _lastSent = batch;
        _inFlight.Enqueue(batch);
        Tip += batch.EventCount;
        Current = _idle.TryPop(out TransactionBatch? idle) ? idle : new TransactionBatch();
        Current.Open(Tip);
        return batch;
    }

    /// <summary>Gives the value of the hash chain at <see cref="Applied"/>; waits for what is being hashed.</summary>
    public ChainValue LinkAll()
    {
        _sender.Settle();
        SettleElsewhere?.Invoke();
        Current.Link(_links);
        return _links.Value;
    }

    /// <summary>The oldest batch in flight.</summary>
    public bool TryPeekOldest(out TransactionBatch batch)
    {
        bool found = _inFlight.TryPeek(out TransactionBatch? oldest);
        batch = oldest!;
        return found;
    }

    /// <summary>Takes the oldest batch out of flight: it is durable.</summary>
    /// <param name="revision">Last revision that the store gave it.</param>
    /// <param name="position">Where it became durable.</param>
    /// <exception cref="InvalidOperationException">The store numbered it otherwise than expected.</exception>
    public void Commit(Revision revision, Position position)
    {
        TransactionBatch batch = _inFlight.Dequeue();
        if (ReferenceEquals(batch, _takesOwnership)) _takesOwnership = null;
        Revision expected = batch.Before + batch.EventCount;
        if (revision != expected)
        {
            throw new InvalidOperationException(
                $"stream {_stream}: the store appended up to revision {revision}, expected {expected}");
        }

        Durable = revision;
        DurablePosition = position;
        DurableChain = batch.ChainAfter;
    }

    /// <summary>Whether every append in flight has ended.</summary>
    public bool HaveAllEnded => _inFlight.All(batch => batch.End is not null);

    /// <summary>Whether it has to be found out what is in the stream: a batch that has ended may be there, or the oldest found another
    /// revision than its own chain gives. That a later one was taken proves nothing of those before it.</summary>
    public bool HasUnknownEnd =>
        (_inFlight.TryPeek(out TransactionBatch? oldest) && oldest.End is AppendEnd.Refused)
        || _inFlight.Any(batch => batch.End is AppendEnd.Durable
            or AppendEnd.Faulted { Exception.Kind: EventStoreErrorKind.Unknown or EventStoreErrorKind.Damaged });

    /// <summary>Moves to a revision that was appended by other means while nothing was in flight; the hash chain has been moved
    /// there before.</summary>
    public void Advance(Revision revision, Position position)
    {
        if (!IsDrained) throw new InvalidOperationException("the pipeline is not drained");
        Durable = revision;
        DurablePosition = position;
        DurableChain = _links.Value;
        Tip = revision;
        Current.Open(revision);
    }

    /// <summary>Gives up every batch that is not durable, the current one included; none may be in flight any more.</summary>
    /// <returns>The batches, oldest first.</returns>
    public IReadOnlyList<TransactionBatch> Abandon()
    {
        List<TransactionBatch> abandoned = [.. _inFlight];
        _takesOwnership = null;
        _inFlight.Clear();
        abandoned.Add(Current);
        Tip = Durable;
        Current = new TransactionBatch();
        Current.Open(Tip);
        return abandoned;
    }

    /// <summary>Takes an ended batch back for reuse.</summary>
    public void Recycle(TransactionBatch batch)
    {
        if (_idle.Count < InFlightMax) _idle.Push(batch);
        else batch.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sender.Dispose();
        _answers.Dispose();
        Current.Dispose();
        while (_idle.TryPop(out TransactionBatch? idle)) idle.Dispose();
    }

    private async Task AppendAsync(TransactionBatch batch)
    {
        AppendEnd end;
        try
        {
            batch.Link(_links);
            ReadOnlyMemory<EventData> events = batch.Seal();
            ExpectedRevision expected = ExpectedRevision.At(batch.Before);
            if (!TryAppendHere(batch, expected, events, out AppendResult? result))
                result = await _store.AppendAsync(_stream, expected, events, CancellationToken.None).ConfigureAwait(false);
            end = result switch
            {
                AppendResult.Appended appended => new AppendEnd.Durable(appended),
                AppendResult.WrongExpectedRevision refused => new AppendEnd.Refused(refused),
                _ => throw new InvalidOperationException($"unknown result {result}"),
            };
        }
        catch (EventStoreException fault)
        {
            end = new AppendEnd.Faulted(fault);
        }
        catch (Exception fault)
        {
            // A store that fails in another way than its port says has an unknown outcome: the safe reading.
            end = new AppendEnd.Faulted(new(EventStoreErrorKind.Unknown, fault.Message, fault));
        }

        // Answered here and not on the loop: whoever waits gets going while the loop runs the next calls. Only behind what is durable
        // too: an append that came late from before a change of ownership may have taken the place of the one before.
        if (end is AppendEnd.Durable durable && (batch.Predecessor is null || batch.Predecessor.IsAnswered)) Answer(batch, durable.Result.Position);
        batch.End = end;
        _inbox.Add(batch);
    }

    // On the loop's thread: what would be queued meanwhile could not be answered before this batch is durable.
    private bool TryAppendHere(
        TransactionBatch batch,
        ExpectedRevision expected,
        ReadOnlyMemory<EventData> events,
        [NotNullWhen(true)] out AppendResult? result)
    {
        result = null;
        if (!batch.IsLone) return false;
        _answers.Call();
        IsWaitedFor = _store.TryAppend(_stream, expected, events, out result);
        if (!IsWaitedFor) _answers.SendAway();
        return IsWaitedFor;
    }

    // Once given away, the loop may take the batch back at any time.
    private void Answer(TransactionBatch batch, Position position)
    {
        if (batch.IsLone && batch.Waiters is [var lone] && _answers.TryGive(lone.Work, lone.Revision, position)) batch.SetAnswered();
        else batch.Answer(position);
    }
}
