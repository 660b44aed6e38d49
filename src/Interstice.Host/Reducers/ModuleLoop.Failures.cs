using Interstice.Host.Commands;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Reducers;

/// <summary>What happens when the store does not take an append.</summary>
internal sealed partial class ModuleLoop
{
    private void UndoFailed()
    {
        _appendFailed = false;
        CommitProvenDurable();
        if (!_pipeline.TryPeekOldest(out TransactionBatch failed)) return;

        AppendFailure failure = AppendFailure.Of(failed.End!, Projection.Module);
        if (failure.IsFatal) Volatile.Write(ref _unavailable, failure.Reason);
        LogAppendFailed(failure.Reason);

        IReadOnlyList<TransactionBatch> abandoned = _pipeline.Abandon();
        Projection.Undo(abandoned.Sum(batch => batch.TransactionCount), _pipeline.Durable, _pipeline.DurableChain);
        GiveBackOwnership();

        List<LoopWork> again = [];
        foreach (TransactionBatch batch in abandoned)
        {
            AnswerUndone(batch, failure, again);
            batch.Dispose();
        }

        foreach (LoopWork work in again) work.Execute(this);
    }

    // A later batch that is durable proves the earlier ones: its expected revision was met.
    private void CommitProvenDurable()
    {
        if (_pipeline.LastDurable is not { } last) return;
        Position position = ((AppendEnd.Durable)last.End!).Result.Position;
        while (_pipeline.TryPeekOldest(out TransactionBatch batch))
        {
            if (batch.End is not AppendEnd.Durable) batch.Answer(position);
            bool isLast = ReferenceEquals(batch, last);
            CommitOldest(batch, batch.Before + batch.EventCount, position);
            if (isLast) break;
        }
    }

    private void GiveBackOwnership()
    {
        if (!_owns || _ownedSince <= _pipeline.Durable) return;
        _owns = false;
        Projection.RestoreEpoch(_epochBefore);
    }

    private static void AnswerUndone(TransactionBatch batch, AppendFailure failure, List<LoopWork> again)
    {
        bool wasSent = batch.End is not null;
        foreach (TransactionBatch.Waiter waiter in batch.Waiters)
        {
            if (wasSent && failure.IsUnknown && waiter.Work is CallWork) waiter.Work.Unresolved(failure.Reason);
            else if (waiter.Work.Undone(CallRefusal.NotCommitted, failure.Reason)) again.Add(waiter.Work);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private partial void LogAppendFailed(string reason);
}
