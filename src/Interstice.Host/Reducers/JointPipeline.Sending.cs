using System.Diagnostics.CodeAnalysis;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>The way of a batch to the store.</summary>
internal sealed partial class JointPipeline
{
    // A caller that has had no company for so many calls is taken for a lone one.
    private const int LoneBatchesMin = 8;

    private void Send()
    {
        Cut();
        JointBatch batch = _current;
        _current = new JointBatch();
        bool isAlone = _inFlight.Count == 0;
        batch.Close(_group.Loops);
        ForgetGathered();
        if (_lastSent is { } last)
        {
            batch.Predecessor = last;
            batch.Follows = last.Place;
        }

        _lastSent = batch;
        _inFlight.Enqueue(batch);
        _isFull = false;
        _loneBatches = isAlone && batch.HasOneWork ? Math.Min(_loneBatches + 1, LoneBatchesMin) : 0;
        batch.IsLone = _loneBatches == LoneBatchesMin;
        _sender.Send(batch);
        foreach (JointBatch.Part part in batch.Parts) part.Loop.AfterSend();
    }

    private async Task AppendAsync(JointBatch batch)
    {
        Task[] appends = Begin(batch);
        foreach (Task append in appends) await append.ConfigureAwait(false);
        try
        {
            batch.Conclude();

            // Answered here and not on the group's thread: whoever waits gets going while that runs the next calls. Only behind what is durable too.
            if (batch.Failure is null && (batch.Predecessor is not { } before || before.IsAnswered)) batch.Answer(batch.IsLone ? _answers : null);
        }
        finally
        {
            // Also without an end, of which the group's thread then fails: better than that it waits.
            batch.SetEnded();
            _ended.Enqueue(batch);
            _wake.WakeIfAsleep();
        }
    }

    // An append that could not be begun has an end too: the group waits for all of them.
    private Task[] Begin(JointBatch batch)
    {
        Task[] appends = new Task[batch.AppendCount];
        int begun = 0;
        try
        {
            batch.Seal();
            for (; begun < appends.Length; begun++) appends[begun] = AppendAsync(batch, begun);
        }
        catch (Exception fault)
        {
            var failed = new EventStoreException(EventStoreErrorKind.Unknown, fault.Message, fault);
            for (int i = begun; i < appends.Length; i++) batch.SetFailed(i, failed);
        }

        return begun == appends.Length ? appends : appends[..begun];
    }

    // Ends without a fault, however the append does.
    private async Task AppendAsync(JointBatch batch, int append)
    {
        try
        {
            StreamAppend[] appends = batch.AppendsOf(append);
            if (batch.IsLone && TryAppendHere(appends, out IReadOnlyList<AppendResult>? results))
                batch.SetResults(append, results);
            else if (appends is [var one])
                batch.SetResults(append, [await _store.AppendAsync(one.Stream, one.Expected, one.Events, CancellationToken.None).ConfigureAwait(false)]);
            else
                batch.SetResults(append, await _store.AppendAsync(appends, CancellationToken.None).ConfigureAwait(false));
        }
        catch (EventStoreException fault)
        {
            batch.SetFailed(append, fault);
        }
        catch (Exception fault)
        {
            // A store that fails in another way than its port says has an unknown outcome: the safe reading.
            batch.SetFailed(append, new(EventStoreErrorKind.Unknown, fault.Message, fault));
        }
    }

    // On the group's thread: what would be done meanwhile could not be answered before this batch is durable.
    private bool TryAppendHere(StreamAppend[] appends, [NotNullWhen(true)] out IReadOnlyList<AppendResult>? results)
    {
        results = null;
        _answers.Call();
        if (appends is not [var one]) _store.TryAppend(appends, out results);
        else if (_store.TryAppend(one.Stream, one.Expected, one.Events, out AppendResult? result)) results = [result];
        if (results is null) _answers.SendAway();
        return results is not null;
    }
}
