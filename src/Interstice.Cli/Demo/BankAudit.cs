using System.Buffers.Binary;
using Interstice.Cli.Inspection;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;

namespace Interstice.Cli.Demo;

/// <summary>Compares the log with what the callers were told: nothing acknowledged may be lost, nothing may stand
/// twice, each transaction must be whole, and the hash must be that of the model. Used once.</summary>
/// <param name="plan">All calls.</param>
/// <param name="phases">The answers of each phase.</param>
internal sealed class BankAudit(LoadPlan plan, IReadOnlyList<PhaseAnswers> phases)
{
    private readonly BankModel _model = new();
    private readonly Dictionary<Identity, (PhaseAnswers Phase, int Caller)> _callers = [];
    private readonly Dictionary<long, (PhaseAnswers Phase, int Caller, int Number)> _unseen = [];
    private readonly Dictionary<long, UInt128> _checkpoints = [];
    private readonly HashSet<Identity> _untold = [];
    private UInt128 _recordedHash;
    private TransactionId _transaction;
    private int _eventsLeft;
    private long _events;
    private long _transactions;
    private long _unexpected;
    private int _checkpointsCompared;
    private string? _problem;

    /// <summary>Reads the module's stream and compares.</summary>
    /// <param name="events">The events of the stream, from the first on.</param>
    public async Task<AuditReport> RunAsync(IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> events)
    {
        foreach (PhaseAnswers phase in phases) Expect(phase);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in events.ConfigureAwait(false))
            foreach (RecordedEvent recorded in batch.Span) Compare(recorded);
        if (_eventsLeft > 0) Note($"the last transaction, {_transaction}, misses {_eventsLeft} events");
        if (_unseen.Count > 0) Note(DescribeLost());
        return new AuditReport
        {
            Events = _events,
            Transactions = _transactions,
            Acknowledged = phases.Sum(phase => phase.Committed),
            Rejected = phases.Sum(phase => phase.Rejected),
            Lost = _unseen.Count,
            Unexpected = _unexpected,
            Untold = _untold.Count,
            CheckpointsCompared = _checkpointsCompared,
            RecordedHash = new StateHash(_recordedHash),
            ModelHash = _model.ComputeHash(),
            Deposited = _model.Deposited,
            InAccounts = _model.InAccounts,
            FirstProblem = _problem,
        };
    }

    private void Expect(PhaseAnswers phase)
    {
        for (int caller = 0; caller < phase.Callers; caller++)
        {
            _callers.Add(LoadPlan.Identify(phase.Phase, caller), (phase, caller));
            IReadOnlyList<Acknowledgement> answers = phase.Of(caller);
            for (int number = 0; number < answers.Count; number++)
            {
                if (answers[number].IsCommitted && !_unseen.TryAdd(answers[number].Revision, (phase, caller, number)))
                    Note($"revision {answers[number].Revision} was given to two callers");
            }
        }

        foreach ((long revision, UInt128 hash) in phase.Checkpoints) _checkpoints[revision] = hash;
    }

    private void Compare(in RecordedEvent recorded)
    {
        _events++;
        if (!EventTypes.IsOfTransaction(recorded.Type)) return;
        TransactionId id = TransactionId.OfEvent(recorded.Id, out int index);
        if (_eventsLeft == 0) Begin(recorded, id, index);
        else
        {
            if (id != _transaction)
                Note($"revision {recorded.Revision}: transaction {id} begins inside transaction {_transaction}");
            _eventsLeft--;
        }

        if (_eventsLeft == 0) CompareCheckpoint(recorded.Revision.Value);
    }

    private void Begin(in RecordedEvent recorded, TransactionId id, int index)
    {
        if (index != 0)
        {
            Note($"revision {recorded.Revision}: transaction {id} begins with its event {index}");
            _unexpected++;
            return;
        }

        TransactionRecord call = TransactionRecord.Read(recorded.Metadata.Span);
        _transactions++;
        _transaction = id;
        _eventsLeft = call.EventCount - 1;
        _recordedHash = call.StateHash;
        BankCall? planned = FindPlanned(call, recorded.Revision.Value + _eventsLeft);
        bool isPlanned = planned?.Reducer == call.Reducer && call.Arguments.Span.SequenceEqual(planned.Encode());
        if (planned is not null && isPlanned)
            CompareWithModel(planned, call, recorded.Revision);
        else
        {
            _unexpected++;
            Note($"revision {recorded.Revision}: {call.Reducer} stands there twice, or nobody called it");
        }
    }

    private void CompareWithModel(BankCall planned, TransactionRecord call, Revision revision)
    {
        (ulong, int) found = (ResultOf(call) ?? 0, call.EventCount);
        if (_model.Apply(planned, call.TimeUs) is not { } expected)
            Note($"revision {revision}: {planned} was committed, the model rejects it");
        else if (expected != found)
            Note($"revision {revision}: {planned} gave value and events {found}, by the model {expected}");
    }

    // Either the caller was told of this very revision, or it is the one call that was in flight when the process was
    // killed.
    private BankCall? FindPlanned(TransactionRecord call, long lastRevision)
    {
        if (_unseen.Remove(lastRevision, out (PhaseAnswers Phase, int Caller, int Number) told))
        {
            if (LoadPlan.Identify(told.Phase.Phase, told.Caller) != call.Caller)
                Note($"revision {lastRevision} was acknowledged to another caller than the log says");
            if (ResultOf(call) is not { } value || value != told.Phase.Of(told.Caller)[told.Number].Value)
                Note($"revision {lastRevision}: its caller was told another result than the log says");
            return plan.Call(told.Phase.Phase, told.Caller, told.Number);
        }

        if (!_callers.TryGetValue(call.Caller, out (PhaseAnswers Phase, int Caller) known)) return null;
        if (known.Phase.Phase < LoadPlan.FirstKilledPhase || !_untold.Add(call.Caller)) return null;
        return plan.Call(known.Phase.Phase, known.Caller, known.Phase.Of(known.Caller).Count);
    }

    private void CompareCheckpoint(long revision)
    {
        if (!_checkpoints.TryGetValue(revision, out UInt128 seen)) return;
        _checkpointsCompared++;
        if (seen != _recordedHash)
        {
            Note($"revision {revision}: the running process had the hash {seen:x32}, " +
                $"the log recorded {_recordedHash:x32}");
        }
    }

    private string DescribeLost()
    {
        (long revision, (PhaseAnswers Phase, int Caller, int Number) told) = _unseen.MinBy(pair => pair.Key);
        BankCall lost = plan.Call(told.Phase.Phase, told.Caller, told.Number);
        return $"{lost} was acknowledged at revision {revision} and is not there";
    }

    private static ulong? ResultOf(TransactionRecord call) => call.Result is { Length: sizeof(ulong) } result
        ? BinaryPrimitives.ReadUInt64LittleEndian(result.Span)
        : null;

    private void Note(string problem) => _problem ??= problem;
}
