using System.Runtime.CompilerServices;
using Interstice.Journal.Index;
using Interstice.Journal.Reading;
using Interstice.Journal.Segments;
using Interstice.Journal.Writing;
using Interstice.Kernel.Events;

namespace Interstice.Journal;

public sealed partial class JournalStore
{
    private int _readers;

    /// <inheritdoc/>
    public ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        _tail?.Refresh();
        ExpectOpen(stream);
        return new ValueTask<Revision>(new Revision(_log.Find(stream)?.Last ?? Revision.None.Value));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream,
        ReadDirection direction,
        Revision from,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from.Value, nameof(from));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        _ = stream.Value;
        return direction == ReadDirection.Forwards
            ? ReadStreamForwardsAsync(stream, from.Value, maxCount, cancellationToken)
            : ReadStreamBackwardsAsync(stream, from.Value, maxCount, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllAsync(
        ReadDirection direction,
        Position from,
        EventFilter filter,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        return direction == ReadDirection.Forwards
            ? ReadAllForwardsAsync(from.Commit, filter, maxCount, cancellationToken)
            : ReadAllBackwardsAsync(from.Commit, filter, maxCount, cancellationToken);
    }

#pragma warning disable CS1998 // The files are read with positional calls, which do not wait; the port is asynchronous for others.
    private async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamForwardsAsync(
        StreamName name, long from, long maxCount, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (BeginRead(name, cancellationToken) is not { } stream) yield break;
        StreamView view = StreamView.Of(stream, _time);
        if (from == Revision.End.Value) from = view.Last;
        using ReaderPlace place = TakePlace();
        using StreamForwards reader = new(_log, stream, Math.Max(from, view.First), view.OldestUs);
        while (maxCount > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlyMemory<RecordedEvent> batch = Next(reader, view.Last + 1, maxCount);
            if (batch.IsEmpty) yield break;
            maxCount -= batch.Length;
            yield return batch;
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamBackwardsAsync(
        StreamName name, long from, long maxCount, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (BeginRead(name, cancellationToken) is not { } stream) yield break;
        StreamView view = StreamView.Of(stream, _time);
        using ReaderPlace place = TakePlace();
        using StreamBackwards reader = new(_log, stream, Math.Min(from, view.Last), view.First, view.OldestUs);
        while (maxCount > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlyMemory<RecordedEvent> batch = Next(reader, maxCount);
            if (batch.IsEmpty) yield break;
            maxCount -= batch.Length;
            yield return batch;
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllForwardsAsync(
        ulong from, EventFilter filter, long maxCount, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!BeginRead(cancellationToken)) yield break;
        ulong limit = _log.Tail;
        using ReaderPlace place = TakePlace();
        using AllForwards reader = new(_log, from, filter);
        while (maxCount > 0 && !reader.IsAtEnd)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlyMemory<RecordedEvent> batch = Next(reader, limit, maxCount);
            if (batch.IsEmpty) continue;
            maxCount -= batch.Length;
            yield return batch;
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllBackwardsAsync(
        ulong from, EventFilter filter, long maxCount, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!BeginRead(cancellationToken)) yield break;
        using ReaderPlace place = TakePlace();
        using AllBackwards reader = new(_log, Math.Min(from, _log.Tail), filter);
        while (maxCount > 0 && !reader.IsAtEnd)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlyMemory<RecordedEvent> batch = Next(reader);
            if (batch.IsEmpty) continue;
            if (batch.Length > maxCount) batch = batch[..(int)maxCount];
            maxCount -= batch.Length;
            yield return batch;
        }
    }
#pragma warning restore CS1998

    private ReaderPlace TakePlace()
    {
        if (Interlocked.Increment(ref _readers) <= _options.ReadersMax) return new ReaderPlace(this);
        Interlocked.Decrement(ref _readers);
        throw new EventStoreException(EventStoreErrorKind.Unavailable,
            $"{_options.ReadersMax} readers of the journal {_log.Files.Directory} are open; let some end, or set ReadersMax higher");
    }

    // False when the store has no segment yet, which only a reader beside the process that makes it can see.
    private bool BeginRead(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        _tail?.Refresh();
        return _log.Segments.Length > 0;
    }

    private StreamEntry? BeginRead(StreamName name, CancellationToken cancellationToken)
    {
        if (!BeginRead(cancellationToken)) return null;
        ExpectOpen(name);
        return _log.Find(name);
    }

    // A stream that is closed for ever, or the settings of one, cannot be read.
    private void ExpectOpen(StreamName name)
    {
        if (_log.Find(name) is not { } entry) return;
        if (MetadataJson.IsTombstone(entry.Metadata)) throw DeletedForEver(name);
        if (MetadataJson.IsMetadataStream(name) && _log.Find(MetadataJson.TargetOf(name)) is { } target
            && MetadataJson.IsTombstone(target.Metadata)) throw DeletedForEver(name);
    }

    private static EventStoreException DeletedForEver(StreamName stream) => new(
        EventStoreErrorKind.StreamDeleted, $"stream \"{stream}\" was deleted for ever; use another name")
    {
        Stream = stream,
    };

    private ReadOnlyMemory<RecordedEvent> Next(StreamForwards reader, long end, long eventsMax)
    {
        try
        {
            return reader.Next(end, eventsMax);
        }
        catch (Exception e) when (IsReadFailure(e))
        {
            throw ReadFailed(e);
        }
    }

    private ReadOnlyMemory<RecordedEvent> Next(StreamBackwards reader, long eventsMax)
    {
        try
        {
            return reader.Next(eventsMax);
        }
        catch (Exception e) when (IsReadFailure(e))
        {
            throw ReadFailed(e);
        }
    }

    private ReadOnlyMemory<RecordedEvent> Next(AllForwards reader, ulong limit, long eventsMax)
    {
        try
        {
            return reader.Next(limit, eventsMax);
        }
        catch (Exception e) when (IsReadFailure(e))
        {
            throw ReadFailed(e);
        }
    }

    private ReadOnlyMemory<RecordedEvent> Next(AllBackwards reader)
    {
        try
        {
            return reader.Next();
        }
        catch (Exception e) when (IsReadFailure(e))
        {
            throw ReadFailed(e);
        }
    }

    private static bool IsReadFailure(Exception e) => WriteFailure.IsOfFiles(e) || e is ObjectDisposedException;

    private EventStoreException ReadFailed(Exception e) => e is ObjectDisposedException
        ? ClosedError()
        : new EventStoreException(EventStoreErrorKind.Unavailable,
            $"the journal {_log.Files.Directory} cannot be read: {e.Message}", e);

    // One of the readers and subscribers that may be open at once.
    private readonly struct ReaderPlace(JournalStore store) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref store._readers);
    }
}
