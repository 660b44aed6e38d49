using Interstice.Host.Commands;
using Interstice.Host.Idempotency;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>Calls with an idempotency key: each takes effect once, and has one answer (docs/semantics.md, Idempotency).</summary>
internal sealed partial class ModuleLoop
{
    // The first call may not be durable yet: its answer waits for that like everything else.
    private bool TryAnswerKnown(CallWork work, long nowUs)
    {
        if (work.Key is not { } key || !Projection.Keys.TryFind(key.Scope, nowUs, out KnownCall known)) return false;
        work.SetOutcome(known.Request == key.Request
            ? new CallOutcome.Committed(known.Revision, default, known.Mutations, known.Result, known.Fuel) { IsRepeat = true }
            : new CallOutcome.Refused(
                CallRefusal.KeyReused,
                $"the idempotency key \"{key.Text}\" was used for another call, of another reducer or with other arguments, " +
                $"at revision {known.Revision}; take a new key for a new call"));
        Settle(work);
        return true;
    }

    // Its record needs an event to stand on.
    private static void WriteCallRecorded(TransactionBatch batch, TransactionId id)
    {
        int start = batch.Buffer.Length;
        CallRecorded.Write(batch.Buffer);
        batch.AddEvent(id.EventId(0), EventTypes.CallRecorded, start);
    }

    private void Remember(CallKey key, in CallInputs inputs, CallOutcome.Committed committed) => Projection.Remember(
        key,
        new(key.Request, inputs.TimeUs, _pipeline.Applied, committed.Mutations, committed.Fuel,
            committed.Value.IsEmpty ? null : committed.Value.ToArray()));
}
