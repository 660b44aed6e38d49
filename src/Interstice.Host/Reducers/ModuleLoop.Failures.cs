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

        var failure = AppendFailure.Of(failed.End!, Projection.Module);
        bool isOpen = _pipeline.HasUnknownEnd;
        LogAppendFailed(failure.Reason);

        IReadOnlyList<TransactionBatch> abandoned = _pipeline.Abandon();
        _undoneCount++;
        Projection.Undo(abandoned.Sum(batch => batch.TransactionCount), _pipeline.Durable, _pipeline.DurableChain);
        GiveBackOwnership();

        List<LoopWork> again = [];
        foreach (TransactionBatch batch in abandoned)
        {
            if (isOpen && batch.End is not null) KeepUnresolved(batch, failure, again);
            else AnswerUndone(batch.Waiters, failure, again);
            batch.Dispose();
        }

        if (isOpen) BeginResolving(failure.Reason);
        PauseDuties();
        foreach (LoopWork work in again) work.Execute(this);
    }

    private void GiveBackOwnership()
    {
        if (!_owns || _ownedSince <= _pipeline.Durable) return;
        _owns = false;
        Projection.RestoreOwner(_ownerBefore.Owner, _ownerBefore.Epoch, _ownerBefore.IsLastVoid);
    }

    // Queries run again on what is durable; calls wait until it is known what became of their append.
    private void KeepUnresolved(TransactionBatch batch, AppendFailure failure, List<LoopWork> again)
    {
        TransactionBatch.Waiter[] calls = [.. batch.Waiters.Where(waiter => waiter.Work.MayBeInStore)];
        AnswerUndone(batch.Waiters.Where(waiter => !waiter.Work.MayBeInStore), failure, again);
        _unresolved.Enqueue(new(batch.FirstEvent, batch.Before + batch.EventCount, calls));
    }

    private static void AnswerUndone(IEnumerable<TransactionBatch.Waiter> waiters, AppendFailure failure, List<LoopWork> again)
    {
        foreach (TransactionBatch.Waiter waiter in waiters)
            if (waiter.Work.Undone(CallRefusal.NotCommitted, failure.Reason)) again.Add(waiter.Work);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private partial void LogAppendFailed(string reason);
}
