using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.Host.Tests.Ownership;

/// <summary>A store through which a host behaves as if it had a bug in completing transactions.</summary>
internal sealed class CompletionBugStore(IEventStore inner, CompletionBug bug) : ForwardingStore(inner, isOwned: false)
{
    private readonly List<RecordedEvent> _pretended = [];
    private int _count;

    /// <summary>How many parts it has completed so.</summary>
    public int Count => Volatile.Read(ref _count);

    public override async ValueTask<AppendResult> AppendAsync(
        StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events, CancellationToken cancellationToken = default)
    {
        EventData first = events.Span[0];
        bool isPart = EventTypes.IsOfTransaction(first.Type) && TransactionRecord.Read(first.Metadata.Span).Reducer.Contains('.', StringComparison.Ordinal);
        if (!isPart) return await Inner.AppendAsync(stream, expected, events, cancellationToken);
        AppendResult result = bug == CompletionBug.Skipped
            ? Pretend(stream, expected.Exact!.Value, events.Span)
            : await Inner.AppendAsync(stream, expected, events, cancellationToken);
        if (bug == CompletionBug.Twice && result is AppendResult.Appended appended)
            await Inner.AppendAsync(stream, ExpectedRevision.At(appended.Revision), events, cancellationToken);
        Interlocked.Increment(ref _count);
        return result;
    }

    public override async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream,
        ReadDirection direction,
        Revision from,
        long maxCount = long.MaxValue,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in Inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken))
            yield return batch;
        RecordedEvent[] pretended = [.. _pretended.Where(recorded => recorded.Stream == stream && recorded.Revision >= from)];
        if (pretended.Length > 0) yield return pretended;
    }

    private AppendResult.Appended Pretend(StreamName stream, Revision before, ReadOnlySpan<EventData> events)
    {
        foreach (EventData data in events)
        {
            before = before.Next;
            _pretended.Add(new(data.Id, stream, before, default, 0, data.Type, data.IsJson, data.Data.ToArray(), data.Metadata.ToArray()));
        }

        return new(before, default);
    }
}
