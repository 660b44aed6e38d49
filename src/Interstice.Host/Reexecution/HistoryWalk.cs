using System.Runtime.InteropServices;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reexecution;

/// <summary>Goes through a module's stream transaction by transaction: each call is shown to a check on the state before it, then its
/// recorded effects are applied. Whatever the check does, the state goes the way that is recorded.</summary>
/// <remarks>Blocks its thread while the store is read, because guests run on it. Holds one batch of events and the beginning of one
/// transaction. Void transactions (docs/semantics.md, Ownership) are applied as what they are, and not shown.</remarks>
/// <param name="store">The store.</param>
/// <param name="projection">The state to begin with, at the end of a transaction.</param>
/// <param name="check">Looks at the calls.</param>
/// <param name="progress">Told after each batch; null for nobody.</param>
internal sealed class HistoryWalk(
    IEventStore store, ModuleProjection projection, IHistoryCheck check, IProgress<ReplayProgress>? progress)
{
    private readonly List<RecordedEvent> _begun = [];
    private int _wanted;

    /// <summary>Calls that were shown to the check.</summary>
    public long Calls { get; private set; }

    /// <summary>Events of these calls.</summary>
    public long Events { get; private set; }

    /// <summary>Parts of calls that were made of other modules: applied, and not shown.</summary>
    public long JointParts { get; private set; }

    /// <summary>Transactions that no reducer made.</summary>
    public long HostTransactions { get; private set; }

    /// <summary>Transactions that changed nothing.</summary>
    public long VoidTransactions { get; private set; }

    /// <summary>The state where the walk stands.</summary>
    public ModuleProjection Projection => projection;

    /// <summary>Lets the check take up the build that is in force before the first event.</summary>
    public void Begin(CancellationToken cancellationToken)
    {
        if (projection.Published is not null) check.TakeUp(projection, cancellationToken);
    }

    /// <summary>Goes on to a revision, and from there to the end of its transaction.</summary>
    /// <param name="to">The revision; one behind the end of the stream means its end.</param>
    /// <param name="cancellationToken">Stops between transactions.</param>
    /// <exception cref="ReplayException">The stream cannot be replayed.</exception>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public void GoTo(Revision to, CancellationToken cancellationToken)
    {
        _begun.Clear();
        while (projection.Revision < to)
        {
            Revision read = _begun.Count > 0 ? _begun[^1].Revision : projection.Revision;
            long count = Math.Max(to.Value - read.Value, _wanted - _begun.Count);
            if (!Read(read.Next, count, to, cancellationToken)) return;
        }
    }

    // False when there is nothing more to read.
    private bool Read(Revision from, long count, Revision to, CancellationToken cancellationToken)
    {
        bool isAny = false;
        IAsyncEnumerator<ReadOnlyMemory<RecordedEvent>> batches = store
            .ReadStreamAsync(StreamNames.Module(projection.Module), ReadDirection.Forwards, from, count, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        try
        {
            while (Wait(batches.MoveNextAsync()))
            {
                isAny = true;
                Add(batches.Current.Span, cancellationToken);
                progress?.Report(new(projection.Module, projection.Revision, to));
            }
        }
        finally
        {
            batches.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        return isAny;
    }

    private static bool Wait(ValueTask<bool> next) =>
        next.IsCompletedSuccessfully ? next.Result : next.AsTask().GetAwaiter().GetResult();

    private void Add(ReadOnlySpan<RecordedEvent> batch, CancellationToken cancellationToken)
    {
        while (batch.Length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch = batch[Take(batch, cancellationToken)..];
        }
    }

    // How many events were taken.
    private int Take(ReadOnlySpan<RecordedEvent> batch, CancellationToken cancellationToken)
    {
        if (_begun.Count > 0) return Continue(batch);
        ref readonly RecordedEvent first = ref batch[0];
        if (!EventTypes.IsOfTransaction(first.Type) || projection.State is null)
        {
            projection.Replay(first);
            if (first.Type == EventTypes.ModulePublished) check.TakeUp(projection, cancellationToken);
            return 1;
        }

        RecordedCall call;
        try
        {
            call = RecordedCall.Read(first.Metadata);
        }
        catch (EventFormatException)
        {
            // The projection refuses it in its own words.
            projection.Replay(first);
            throw;
        }

        if (call.EventCount > batch.Length)
        {
            _wanted = call.EventCount;
            foreach (ref readonly RecordedEvent borrowed in batch) _begun.Add(Copy(borrowed));
            return batch.Length;
        }

        int count = Math.Max(1, call.EventCount);
        Show(call, batch[..count]);
        return count;
    }

    private int Continue(ReadOnlySpan<RecordedEvent> batch)
    {
        int count = Math.Min(_wanted - _begun.Count, batch.Length);
        foreach (ref readonly RecordedEvent borrowed in batch[..count]) _begun.Add(Copy(borrowed));
        if (_begun.Count < _wanted && AreOneTransaction()) return count;
        Show(RecordedCall.Read(_begun[0].Metadata), CollectionsMarshal.AsSpan(_begun));
        _begun.Clear();
        return count;
    }

    // A number of events that is wrong must not make the rest of the stream one transaction.
    private bool AreOneTransaction() =>
        TransactionId.OfEvent(_begun[^1].Id, out int index) == TransactionId.OfEvent(_begun[0].Id, out _) && index == _begun.Count - 1;

    private void Show(in RecordedCall call, ReadOnlySpan<RecordedEvent> events)
    {
        if (projection.IsLastVoid || call.Epoch < projection.Epoch)
        {
            VoidTransactions++;
            projection.Replay(events);
            return;
        }

        if (call.Reducer.IsEmpty)
        {
            HostTransactions++;
        }
        else if (call.Reducer.Contains((byte)'.'))
        {
            JointParts++;
        }
        else
        {
            Calls++;
            Events += events.Length;
            check.Check(call, events, projection);
        }

        projection.Replay(events);
        check.Applied(call, events[0], projection);
    }

    private static RecordedEvent Copy(in RecordedEvent borrowed) =>
        borrowed with { Data = borrowed.Data.ToArray(), Metadata = borrowed.Metadata.ToArray() };
}
