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
        if (!_pipeline.TryPeekOldest(out TransactionBatch failed)) return;
        UndonePart undone = Undo(AppendFailure.Of(failed.End!, Projection.Module));
        foreach (LoopWork work in AnswerUndone(undone)) work.Execute(this);
    }

    // What is in memory goes first, in every module of a transaction, and then whoever waits is told.
    private UndonePart Undo(AppendFailure failure)
    {
        bool isOpen = _pipeline.HasUnknownEnd;
        LogAppendFailed(failure.Reason);

        IReadOnlyList<TransactionBatch> abandoned = _pipeline.Abandon();
        _undoneCount++;
        Projection.Undo(abandoned.Sum(batch => batch.TransactionCount), _pipeline.Durable, _pipeline.DurableChain);
        GiveBackOwnership();
        return new(failure, isOpen, abandoned);
    }

    // What is to be run again.
    private List<LoopWork> AnswerUndone(UndonePart undone)
    {
        List<LoopWork> again = [];
        foreach (TransactionBatch batch in undone.Batches)
        {
            if (undone.IsOpen && batch.End is not null) KeepUnresolved(batch, undone.Failure, again);
            else AnswerUndone(batch.Waiters, undone.Failure, again);
            batch.Dispose();
        }

        if (undone.IsOpen) BeginResolving(undone.Failure.Reason);
        PauseDuties();
        return again;
    }

    private void GiveBackOwnership()
    {
        if (!_owns || _ownedSince <= _pipeline.Durable) return;
        _owns = false;
        Projection.RestoreOwner(_ownerBefore.Owner, _ownerBefore.Epoch, _ownerBefore.IsLastVoid);
    }

    // Queries run again on what is durable; calls wait until it is known what became of their append. Each append is there whole or not at all.
    private void KeepUnresolved(TransactionBatch batch, AppendFailure failure, List<LoopWork> again)
    {
        AnswerUndone(batch.Waiters.Where(waiter => !waiter.Work.MayBeInStore), failure, again);
        (int first, int next) = (0, 0);
        foreach (int end in batch.Cuts.Count == 0 ? [batch.EventCount] : batch.Cuts)
        {
            // They stand in the order of their revisions, as the loop did their work.
            Revision last = batch.Before + end;
            List<TransactionBatch.Waiter> calls = [];
            for (; next < batch.Waiters.Count && batch.Waiters[next].Revision <= last; next++)
                if (batch.Waiters[next].Work.MayBeInStore) calls.Add(batch.Waiters[next]);
            _unresolved.Add(new(batch.IdOf(first), last, calls));
            first = end;
        }
    }

    private static void AnswerUndone(IEnumerable<TransactionBatch.Waiter> waiters, AppendFailure failure, List<LoopWork> again)
    {
        foreach (TransactionBatch.Waiter waiter in waiters)
            if (waiter.Work.Undone(CallRefusal.NotCommitted, failure.Reason)) again.Add(waiter.Work);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private partial void LogAppendFailed(string reason);

    private sealed record UndonePart(AppendFailure Failure, bool IsOpen, IReadOnlyList<TransactionBatch> Batches);
}
