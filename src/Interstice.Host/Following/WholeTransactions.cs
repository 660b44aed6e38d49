using Interstice.Kernel.Events;

namespace Interstice.Host.Following;

/// <summary>Puts the events of a stream together to whole transactions, however a store cut them into batches, so that tables never stand
/// in the middle of one.</summary>
/// <remarks>Invariant: what was taken and not handed on is the beginning of one transaction. What is no such beginning is handed on at
/// once: whoever applies it says what is wrong.</remarks>
internal sealed class WholeTransactions
{
    private readonly List<RecordedEvent> _begun = [];
    private TransactionId _transaction;
    private int _count;

    /// <summary>Forgets the beginning of a transaction: the events are read again from where the tables stand.</summary>
    public void Forget() => _begun.Clear();

    /// <summary>Takes the next events.</summary>
    /// <param name="batch">The events; borrowed. Those that are known are passed over.</param>
    /// <param name="applied">Last event that was applied.</param>
    /// <param name="apply">Applies an event; borrowed too. Called for whole transactions, in order.</param>
    public void Add(ReadOnlySpan<RecordedEvent> batch, Revision applied, Action<RecordedEvent> apply)
    {
        Revision known = _begun.Count > 0 ? _begun[^1].Revision : applied;
        for (int i = 0; i < batch.Length; i++)
        {
            if (batch[i].Revision <= known) continue;
            if (_begun.Count > 0)
            {
                Continue(batch[i], apply);
                continue;
            }

            int count = CountOf(batch[i]);
            if (count > batch.Length - i)
            {
                Begin(batch[i], count);
                continue;
            }

            foreach (RecordedEvent whole in batch.Slice(i, count)) apply(whole);
            i += count - 1;
        }
    }

    private void Begin(in RecordedEvent first, int count)
    {
        _transaction = TransactionId.OfEvent(first.Id, out _);
        _count = count;
        _begun.Add(Copy(first));
    }

    private void Continue(in RecordedEvent recorded, Action<RecordedEvent> apply)
    {
        bool belongs = EventTypes.IsOfTransaction(recorded.Type)
            && TransactionId.OfEvent(recorded.Id, out int index) == _transaction
            && index == _begun.Count;
        _begun.Add(Copy(recorded));
        if (belongs && _begun.Count < _count) return;
        RecordedEvent[] events = [.. _begun];
        _begun.Clear();
        foreach (RecordedEvent begun in events) apply(begun);
    }

    private static int CountOf(in RecordedEvent first)
    {
        if (!EventTypes.IsOfTransaction(first.Type)) return 1;
        try
        {
            return Math.Max(1, TransactionRecord.ReadDigest(first.Metadata.Span).EventCount);
        }
        catch (EventFormatException)
        {
            // Whoever applies it says so.
            return 1;
        }
    }

    private static RecordedEvent Copy(in RecordedEvent borrowed) =>
        borrowed with { Data = borrowed.Data.ToArray(), Metadata = borrowed.Metadata.ToArray() };
}
