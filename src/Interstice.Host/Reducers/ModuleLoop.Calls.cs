using Interstice.Host.Abi;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Reducers;

/// <summary>Running calls and queries, and turning their effects into events.</summary>
internal sealed partial class ModuleLoop
{
    // What a record needs besides names, arguments and result; generous, so that no store sees more than the limit.
    private const int RecordBytes = 352;

    // The name of its field in JSON with quotes, colon and comma.
    private const int KeyFieldBytes = 24;

    private LoopNumbers _numbers;
    private bool _owns;
    private Revision _ownedSince;
    private (Guid? Owner, ulong Epoch, bool IsLastVoid) _ownerBefore;

    /// <summary>Runs a reducer call and applies its effects.</summary>
    public void ExecuteCall(CallWork work)
    {
        if (!TryGetLoaded(work, out LoadedModule loaded)) return;
        if (work.Key is not null && TryAnswerKnown(work, NowUs())) return;
        ReducerSchema? reducer = loaded.Schema.FindReducer(work.Reducer);
        if (reducer is null)
        {
            work.Refuse(CallRefusal.UnknownReducer, loaded.DescribeUnknownReducer(work.Reducer));
            return;
        }

        if (!reducer.Arguments.TryValidate(work.Arguments.Span, out _))
        {
            // Only when the module changed while the call was queued; what was queued fitted its declaration.
            work.Refuse(CallRefusal.BadArguments, $"the arguments do not fit {Projection.Module}.{work.Reducer} any more");
            return;
        }

        CallInputs inputs = new(work.Arguments, work.Caller, NowUs(), _numbers.NextSeed(_identity));
        RunAndCommit(work, loaded, reducer, inputs);
    }

    private void RunAndCommit(TransactionWork work, LoadedModule loaded, ReducerSchema reducer, in CallInputs inputs)
    {
        CallEnd end = loaded.Runner.RunReducer(reducer, inputs);
        if (_group!.Calls.IsOpen) EndCalls(work, loaded, reducer, inputs, end);
        else End(work, loaded, reducer, inputs, end);
    }

    private void End(TransactionWork work, LoadedModule loaded, ReducerSchema reducer, in CallInputs inputs, CallEnd end)
    {
        switch (end)
        {
            case CallEnd.Rejected rejected:
                work.SetOutcome(new CallOutcome.Rejected(rejected.Error));
                Settle(work);
                break;
            case CallEnd.Trapped trapped:
                work.SetOutcome(new CallOutcome.Trapped(trapped.Trap.Kind, trapped.Trap.Message));
                Settle(work);
                break;
            case CallEnd.TimedOut timedOut:
                LogTimedOut(Projection.Module, reducer.Name, _identity.Limits.CallTimeMax);
                work.SetOutcome(new CallOutcome.Refused(CallRefusal.TimedOut, timedOut.Error));
                Settle(work);
                break;
            default:
                Commit(work, loaded, reducer, inputs);
                break;
        }
    }

    /// <summary>Runs a query.</summary>
    public void ExecuteQuery(QueryWork work)
    {
        if (!TryGetLoaded(work, out LoadedModule loaded, isQuery: true)) return;
        QuerySchema? query = loaded.Schema.FindQuery(work.Query);
        if (query is null || !query.Arguments.TryValidate(work.Arguments.Span, out _))
        {
            work.Refuse(CallRefusal.UnknownReducer, loaded.DescribeUnknownQuery(work.Query));
            return;
        }

        CallInputs inputs = new(work.Arguments, work.Caller, NowUs(), _numbers.NextSeed(_identity));
        work.SetOutcome(loaded.Runner.RunQuery(query, inputs) switch
        {
            CallEnd.Rejected rejected => new QueryOutcome.Rejected(rejected.Error),
            CallEnd.Trapped trapped => new QueryOutcome.Trapped(trapped.Trap.Kind, trapped.Trap.Message),
            CallEnd.TimedOut timedOut => new QueryOutcome.Refused(CallRefusal.TimedOut, timedOut.Error),
            _ => new QueryOutcome.Answered(Projection.Revision, loaded.Runner.TakeResult(), loaded.Runner.FuelUsed),
        });
        Settle(work);
    }

    private bool TryGetLoaded(LoopWork work, out LoadedModule loaded, bool isQuery = false)
    {
        loaded = _loaded!;
        string? reason = _unavailable;
        if (loaded is not null && (reason is null || isQuery)) return true;
        work.Refuse(CallRefusal.Unavailable, reason ?? $"module {Projection.Module} is not loaded");
        return false;
    }

    // Without a reducer where the host alone wrote rows.
    private void Commit(
        TransactionWork work, LoadedModule loaded, ReducerSchema? reducer, in CallInputs inputs, MutationSet? frozen = null)
    {
        MutationSet mutations = frozen ?? loaded.Runner.Overlay.Freeze();
        var committed = new CallOutcome.Committed(
            _pipeline.Durable,
            _pipeline.DurablePosition,
            work.Key is null ? mutations.Count : mutations.LoggedCount, // what the record can say again
            loaded.Runner.TakeResult(),
            loaded.Runner.FuelUsed);
        if (EphemeralRules.FindFlow(loaded.Runner.Overlay) is { } flow)
        {
            work.SetOutcome(new CallOutcome.Trapped(flow.Kind, flow.Message));
            Settle(work);
            return;
        }

        if (mutations.LoggedCount == 0 && work.Key is null)
        {
            CommitUnlogged(work, mutations, committed);
            return;
        }

        _group!.Joint?.BeforeWrite(this);
        TransactionBatch batch = _pipeline.Current;
        TakeOwnership(batch);
        batch.BeginTransaction();
        TransactionId id = _numbers.NextTransactionId(_identity);
        WriteEvents(batch, id, mutations, loaded);
        if (mutations.LoggedCount == 0) WriteCallRecorded(batch, id);
        long bytes = BytesOf(batch, loaded, reducer, inputs, committed, work.Key?.Text);
        if (bytes > loaded.Limits.TransactionBytesMax)
        {
            batch.CancelTransaction();
            work.SetOutcome(new CallOutcome.Trapped(
                ModuleTrapKind.Limit,
                DescribeTooLarge(bytes, loaded.Limits)));
            Settle(work);
            return;
        }

        Projection.Apply(mutations, isRecorded: true);
        WriteRecord(batch, loaded, reducer, inputs, Math.Max(1, mutations.LoggedCount), committed, work);
        batch.EndTransaction(canBeUndone: true);
        Projection.Advance(_pipeline.Applied);
        if (work.Key is { } key) Remember(key, inputs, committed);
        work.SetOutcome(committed);
        batch.AddWaiter(work, _pipeline.Applied);
    }

    private static string DescribeTooLarge(long bytes, ModuleLimits limits) =>
        $"the transaction has {bytes} bytes, at most {limits.TransactionBytesMax} are allowed (TransactionBytesMax); change fewer rows in one call";

    // In the larger of the two encodings, whatever the store writes: what one store takes, every other takes too.
    private long BytesOf(
        TransactionBatch batch,
        LoadedModule loaded,
        ReducerSchema? reducer,
        in CallInputs inputs,
        CallOutcome.Committed committed,
        string? key)
    {
        int keyBytes = key is null ? 0 : KeyFieldBytes + key.Length;
        long canonical = batch.TransactionBytes + RecordBytes + keyBytes + inputs.Arguments.Length + committed.Value.Length;
        long limit = loaded.Limits.TransactionBytesMax;
        long named = canonical + (reducer?.Name.Length ?? 0) + _identity.Engine.Length;
        int events = Math.Max(1, committed.Mutations);
        if (canonical > limit || !loaded.JsonBound.MayExceed(named, events, limit, loaded.Runner.Overlay.HasHostRows)) return canonical;
        using var json = new EventJsonSize(loaded.Schema);
        batch.MeasureTransaction(json);
        if (reducer is not null) json.Add(reducer, _identity.Engine, inputs.Arguments.Span, committed.Value.Span);

        // Of what a key may hold only quotes and backslashes are escaped.
        return Math.Max(canonical, json.Bytes + (2 * keyBytes));
    }

    // The first write of this host to the stream says so; readers learn whose transactions follow.
    private void TakeOwnership(TransactionBatch batch)
    {
        if (_owns) return;
        batch.BeginTransaction();
        int start = batch.Buffer.Length;
        _ownerBefore = (Projection.Owner, Projection.Epoch, Projection.IsLastVoid);
        var taken = new OwnershipTaken(_identity.Host, Projection.Epoch + 1);
        batch.Buffer.Raw(taken.ToBytes());
        batch.AddEvent(_numbers.NextTransactionId(_identity).EventId(0), EventTypes.OwnershipTaken, start);
        int metadataStart = batch.Buffer.Length;
        batch.Buffer.Raw(ChainMetadata.Head);
        batch.AddLink(metadataStart);
        batch.EndTransaction(canBeUndone: false);
        _owns = true;
        _pipeline.HoldBehindCurrent();
        _ownedSince = _pipeline.Applied;
        Projection.TakeOwnership(taken);
        Projection.Advance(_pipeline.Applied);
    }

    /// <summary>Adds what a transaction changed to a batch, as events.</summary>
    internal static void WriteEvents(
        TransactionBatch batch, TransactionId id, MutationSet mutations, LoadedModule loaded, int stream = 0, int first = 0)
    {
        int i = first;
        foreach (Mutation mutation in mutations)
        {
            if (!mutation.IsLogged) continue;
            Guid eventId = stream == 0 ? id.EventId(i) : id.EventIdIn(stream, i);
            i++;
            int start = batch.Buffer.Length;
            switch (mutation.Kind)
            {
                case MutationKind.Insert:
                    RowEvent.Write(batch.Buffer, loaded.TableName(mutation.Number), mutation.NewRow);
                    batch.AddEvent(eventId, EventTypes.RowInserted, start);
                    break;
                case MutationKind.Update:
                    RowEvent.WriteUpdate(batch.Buffer, loaded.TableName(mutation.Number), mutation.OldRow, mutation.NewRow);
                    batch.AddEvent(eventId, EventTypes.RowUpdated, start);
                    break;
                case MutationKind.Delete:
                    RowEvent.Write(batch.Buffer, loaded.TableName(mutation.Number), mutation.OldRow);
                    batch.AddEvent(eventId, EventTypes.RowDeleted, start);
                    break;
                case MutationKind.EmitRow:
                    RowEvent.Write(batch.Buffer, loaded.TableName(mutation.Number), mutation.NewRow);
                    batch.AddEvent(eventId, EventTypes.EventEmitted, start);
                    break;
                default:
                    RowEvent.Write(batch.Buffer, loaded.EventName(mutation.Number), mutation.NewRow);
                    batch.AddEvent(eventId, EventTypes.EventEmitted, start);
                    break;
            }
        }
    }

    private void WriteRecord(
        TransactionBatch batch,
        LoadedModule loaded,
        ReducerSchema? reducer,
        in CallInputs inputs,
        int eventCount,
        CallOutcome.Committed committed,
        TransactionWork work)
    {
        int start = batch.Buffer.Length;
        new TransactionRecord
        {
            EventCount = eventCount,
            Reducer = reducer?.Name ?? "",
            Arguments = inputs.Arguments,
            Caller = inputs.Caller,
            TimeUs = inputs.TimeUs,
            Seed = inputs.Seed,
            Code = loaded.Hash,
            Engine = _identity.Engine,
            Fuel = committed.Fuel,
            Host = _identity.Host,
            Epoch = Projection.Epoch,
            StateHash = Projection.StateHash.Value,
            IdempotencyKey = work.Key?.Text,
            Result = reducer?.Result is null ? null : committed.Value,
            Causation = work.Causation,
            Origin = work.Origin,
        }.WriteBeforeChain(batch.Buffer);
        batch.AddLink(start);
    }

    private long NowUs() => (_time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Module}.{Reducer} ran longer than {Limit} and was stopped")]
    private partial void LogTimedOut(string module, string reducer, TimeSpan limit);
}
