using System.Runtime.InteropServices;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reexecution;

/// <summary>Reads a module's stream from where its projection stands: one whole transaction, or one event that belongs to none, at a time.
/// A change of ownership is applied when it comes up, since nothing is asked of it.</summary>
/// <remarks>Blocks its thread while the store is read, because guests run on it. Holds one batch of events and the beginning of one
/// transaction. A transaction that is not whole at the end of the stream is left out.</remarks>
/// <param name="store">The store.</param>
/// <param name="projection">The module.</param>
internal sealed class HistoryCursor(IEventStore store, ModuleProjection projection) : IDisposable
{
    private readonly List<RecordedEvent> _joined = [];
    private IAsyncEnumerator<ReadOnlyMemory<RecordedEvent>>? _batches;
    private ReadOnlyMemory<RecordedEvent> _batch;
    private int _at;
    private int _count;
    private bool _isJoined;

    /// <summary>Batches that were read in all.</summary>
    public long Batches { get; private set; }

    /// <summary>The transaction or event that is next, borrowed until <see cref="Advance"/>; empty before <see cref="TryRead"/>, and at the end.</summary>
    public ReadOnlySpan<RecordedEvent> Current =>
        _isJoined ? CollectionsMarshal.AsSpan(_joined) : _batch.Span.Slice(_at, _count);

    /// <summary>Begins to read behind the last event that was applied. What is in the stream then is what there is to read.</summary>
    public void Open(CancellationToken cancellationToken)
    {
        Close();
        _batches = store
            .ReadStreamAsync(StreamNames.Module(projection.Module), ReadDirection.Forwards, projection.Revision.Next, long.MaxValue, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>Makes the next one ready if none is.</summary>
    /// <returns><see langword="false"/> at the end of what there is to read.</returns>
    /// <exception cref="ReplayException">The stream cannot be replayed.</exception>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public bool TryRead()
    {
        while (_count == 0 && !_isJoined)
        {
            if (_at == _batch.Length && !TryReadBatch()) return false;
            ref readonly RecordedEvent first = ref _batch.Span[_at];
            if (EventTypes.IsOfTransaction(first.Type))
            {
                if (!TryTakeTransaction(first)) return false;
            }
            else if (first.Type == EventTypes.OwnershipTaken)
            {
                projection.Replay(first);
                _at++;
            }
            else
            {
                _count = 1;
            }
        }

        return true;
    }

    /// <summary>What was next has been applied.</summary>
    public void Advance()
    {
        if (!_isJoined) _at += _count;
        _joined.Clear();
        (_isJoined, _count) = (false, 0);
    }

    /// <summary>Ends reading.</summary>
    public void Close()
    {
        _batches?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _batches = null;
        _batch = default;
        _at = 0;
        Advance();
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private bool TryReadBatch()
    {
        if (_batches is null) return false;
        ValueTask<bool> next = _batches.MoveNextAsync();
        if (!(next.IsCompletedSuccessfully ? next.Result : next.AsTask().GetAwaiter().GetResult())) return false;
        Batches++;
        _batch = _batches.Current;
        _at = 0;
        return _batch.Length > 0 || TryReadBatch();
    }

    private bool TryTakeTransaction(in RecordedEvent first)
    {
        int wanted = CountOf(first);
        if (wanted <= _batch.Length - _at)
        {
            _count = wanted;
            return true;
        }

        while (_joined.Count < wanted)
        {
            if (_at == _batch.Length && !TryReadBatch()) return false;
            int count = Math.Min(wanted - _joined.Count, _batch.Length - _at);
            foreach (ref readonly RecordedEvent borrowed in _batch.Span.Slice(_at, count)) _joined.Add(Copy(borrowed));
            _at += count;
            if (!AreOneTransaction()) break;
        }

        _isJoined = true;
        return true;
    }

    // What cannot be read is given alone: the projection refuses it in its own words.
    private static int CountOf(in RecordedEvent first)
    {
        try
        {
            return Math.Max(1, RecordedCall.Read(first.Metadata).EventCount);
        }
        catch (EventFormatException)
        {
            return 1;
        }
    }

    // A number of events that is wrong must not make the rest of the stream one transaction.
    private bool AreOneTransaction() =>
        TransactionId.OfEvent(_joined[^1].Id, out int index) == TransactionId.OfEvent(_joined[0].Id, out _) && index == _joined.Count - 1;

    private static RecordedEvent Copy(in RecordedEvent borrowed) =>
        borrowed with { Data = borrowed.Data.ToArray(), Metadata = borrowed.Metadata.ToArray() };
}
