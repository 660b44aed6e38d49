using Interstice.Cli.Demo;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Tests.Demo;

/// <summary>A history of the bank made by hand, with the answers of its callers: 20 accounts, 60 calls, three
/// phases.</summary>
internal sealed class BankHistory
{
    private const int Accounts = 20;
    private const int Callers = 2;

    private readonly LoadPlan _plan = new(Seed: 3, Accounts);
    private readonly BankModel _model = new();
    private readonly List<PhaseAnswers> _phases =
    [
        new(LoadPlan.OpeningPhase, Callers),
        new(LoadPlan.WorkingPhase, Callers),
        new(LoadPlan.FirstKilledPhase, Callers),
    ];

    private List<RecordedEvent> _events = [];
    private uint _transactions;

    public BankHistory()
    {
        for (int i = 0; i < Accounts; i++) Call(LoadPlan.OpeningPhase, i % Callers, i / Callers, isTold: true);
        for (int i = 0; i < 20; i++) Call(LoadPlan.WorkingPhase, i % Callers, i / Callers, isTold: true);
        for (int i = 0; i < 20; i++) Call(LoadPlan.FirstKilledPhase, i % Callers, i / Callers, isTold: true);
        _phases[^1].Checkpoints.Add(_events.Count - 1, _model.ComputeHash().Value);
    }

    public long Told(int phase, int caller) => _phases[phase].Of(caller).Count;

    /// <summary>A planned call, as the host writes it.</summary>
    public void Call(int phase, int caller, long number, bool isTold)
    {
        BankCall call = _plan.Call(phase, caller, number);
        long timeUs = 1_000_000 + _events.Count;
        if (_model.Apply(call, timeUs) is not { } effect)
        {
            if (isTold) _phases[phase].Add(caller, number, new Acknowledgement(false, 0, 0));
            return;
        }

        var record = new TransactionRecord
        {
            EventCount = effect.Events,
            Reducer = call.Reducer,
            Arguments = call.Encode(),
            Caller = LoadPlan.Identify(phase, caller),
            TimeUs = timeUs,
            Seed = 0,
            Code = CodeHash.Of([]),
            Engine = "test",
            Fuel = 1,
            Host = Guid.Empty,
            Epoch = 1,
            StateHash = _model.ComputeHash().Value,
            Result = BitConverter.GetBytes(effect.Value),
        };
        Append(new TransactionId(1, ++_transactions), record);
        if (isTold) _phases[phase].Add(caller, number, new Acknowledgement(true, _events.Count - 1, effect.Value));
    }

    public void DropLastTransaction() => _events = [.. _events.Take(LastTransaction)];

    public void DropLastEvent() => _events = [.. _events.SkipLast(1)];

    public void RepeatLastTransaction() =>
        Append(new TransactionId(1, ++_transactions), TransactionRecord.Read(_events[LastTransaction].Metadata.Span));

    public void ChangeLastCall(Func<TransactionRecord, TransactionRecord> change)
    {
        RecordedEvent first = _events[LastTransaction];
        _events[LastTransaction] =
            first with { Metadata = Encode(change(TransactionRecord.Read(first.Metadata.Span))) };
    }

    public void SeeAnotherHash() => _phases[^1].Checkpoints[_events.Count - 1] += 1;

    public Task<AuditReport> AuditAsync() => new BankAudit(_plan, _phases).RunAsync(Batches());

    private int LastTransaction => _events.FindLastIndex(recorded => !recorded.Metadata.IsEmpty);

    private void Append(TransactionId id, TransactionRecord record)
    {
        for (int i = 0; i < record.EventCount; i++)
        {
            _events.Add(new RecordedEvent(
                id.EventId(i),
                StreamNames.Module("bank"),
                new Revision(_events.Count),
                default,
                0,
                EventTypes.RowInserted,
                false,
                default,
                i == 0 ? Encode(record) : default));
        }
    }

    private static byte[] Encode(TransactionRecord record)
    {
        using var writer = new PayloadWriter(256);
        record.Write(writer);
        return writer.Written.ToArray();
    }

    // Small batches, so that transactions run over their borders.
    private async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> Batches()
    {
        foreach (RecordedEvent[] batch in _events.Chunk(7))
        {
            await Task.Yield();
            yield return batch;
        }
    }
}
