namespace Interstice.Journal.Index;

/// <summary>The last appends that expected no exact revision, by the id of their first event, so that one of them repeated is
/// recognised. Writer and recovery only.</summary>
/// <remarks>Bounded: when <see cref="Capacity"/> are known, the oldest is forgotten.</remarks>
internal sealed class RecentAppends
{
    /// <summary>How many are remembered.</summary>
    public const int Capacity = 8192;

    private readonly Dictionary<Guid, (StreamEntry Stream, long First)> _byId = [];
    private readonly Queue<Guid> _order = [];

    /// <summary>Notes an append.</summary>
    public void Add(Guid firstId, StreamEntry stream, long firstRevision)
    {
        if (!_byId.ContainsKey(firstId))
        {
            if (_order.Count == Capacity) _byId.Remove(_order.Dequeue());
            _order.Enqueue(firstId);
        }

        _byId[firstId] = (stream, firstRevision);
    }

    /// <summary>Revision of the event with this id, if it began a recent append to this stream; else -1.</summary>
    public long Find(Guid firstId, StreamEntry stream) =>
        _byId.TryGetValue(firstId, out (StreamEntry Stream, long First) found) && found.Stream == stream
            ? found.First
            : -1;
}
