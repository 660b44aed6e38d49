using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Writing;

/// <summary>Appends: takes what is queued, checks expectations, and writes and syncs all of it as one group, on a thread of its
/// own.</summary>
/// <remarks>
/// <para>When nothing else is queued, a caller that waits anyway may write its own append, and a pool thread that of a caller that does
/// not block: LogWriter.Turns.cs. Whoever writes has the turn of the queue and holds <see cref="_commit"/>.</para>
/// <para>Everything below <see cref="_durable"/> is on the device, and each frame says so of the time before its group. With
/// <see cref="SyncPolicy.EachCommit"/> that is everything before the group; with the others it stands still between syncs.</para>
/// <para>After a failed write or sync nobody knows what the device holds: the writer is poisoned and refuses everything until
/// the journal is opened and recovered again.</para>
/// </remarks>
internal sealed partial class LogWriter
{
    private readonly Log _log;
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly RecentAppends _recent;
    private readonly AppendQueue _queue;
    private readonly Lock _commit = new();
    private readonly List<AppendRequest> _own = new(1);
    private readonly GroupBuffer _group;
    private readonly SegmentPreparer _preparer;
    private readonly PoolTurn _poolTurn;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PendingPart> _pending = [];
    private Segment _active;
    private long _capacity;
    private long _groupOffset;
    private ulong _durable;
    private long _recordedUs;
    private CompletionBatch _batch = CompletionBatch.Rent();
    private EventStoreException? _poison;

    /// <summary>Makes the writer of a log that ends in an unsealed segment and is durable to its tail.</summary>
    public LogWriter(Log log, RecentAppends recent, JournalOptions options, TimeProvider time)
    {
        _log = log;
        _recent = recent;
        _options = options;
        _time = time;
        _queue = new AppendQueue(options.QueueAppendsMax, options.QueueBytesMax);
        _group = new GroupBuffer(2 * options.GroupBytesMax);
        _preparer = new SegmentPreparer(log.Files);
        _active = log.Active;
        _capacity = _active.File.Length;
        _group.BeginSegment(_active);
        _poolTurn = new PoolTurn(this);
        _thread = new Thread(Run) { Name = "journal writer", IsBackground = true };
        BeginGroup();
    }

    /// <summary>Ends when the writer has written everything that was queued, or has failed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Writes a marker on the calling thread; only before <see cref="Start"/>.</summary>
    public void WriteRecoveredMarker()
    {
        AddMarker(MarkerReason.Recovered);
        WriteGroup(syncs: true);
        PublishGroup();
    }

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        StartSyncing();
        _thread.Start();
    }

    private static EventStoreException Closed(string directory) => new(
        EventStoreErrorKind.Unavailable, $"the journal {directory} was closed; open it again to append");

    /// <summary>Refuses further appends; those that are queued are still written.</summary>
    public void Close() => _queue.Close(Closed(_log.Files.Directory));

    // Writes as many requests as one group takes, from an index on, and gives the index of the next one.
    private int CommitGroup(List<AppendRequest> requests, int from)
    {
        int next = from;
        long bytes = 0;
        try
        {
            BeginGroup();
            for (; next < requests.Count && _group.Length < _options.GroupBytesMax; next++)
            {
                AppendRequest request = requests[next];
                if (!request.TryTake())
                {
                    bytes += request.EventBytes;
                    continue;
                }

                if (!TryAdd(request)) break;
                bytes += request.EventBytes;
                _batch.Add(request);
            }

            if (_group.Length > 0) WriteGroup(_options.Sync == SyncPolicy.EachCommit);
            PublishGroup();
        }
        catch (Exception e)
        {
            // Whatever it was, what the device holds is no longer known. The group's callers hear of it, and nothing else
            // is written.
            Poison(e);
            for (; next < requests.Count; next++)
            {
                bytes += requests[next].EventBytes;
                if (requests[next].TryTake()) _batch.Add(requests[next]);
            }

            FailBatch();
        }

        _queue.Release(next - from, bytes);
        return next;
    }

    private void BeginGroup()
    {
        _group.Clear();
        _pending.Clear();
        _settings.Clear();
        _groupOffset = _active.Tail;
        if (!_isUnsynced) _durable = _active.PositionOf(_groupOffset);
        _recordedUs = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    }

    private void PublishGroup()
    {
        // Before the revisions: whoever sees what brought a deleted stream back must see that it is back.
        foreach ((StreamEntry target, StreamMetadata metadata) in _settings) target.Metadata = metadata;
        if (_group.Length > 0)
        {
            // Before the index, so that whoever finds a frame there may read it.
            _active.Tail = _groupOffset + _group.Length;
            lock (_log.IndexLock)
            {
                foreach (PendingPart part in _pending)
                {
                    _active.MapLocked(part.Offset);
                    part.Stream.AddLocked(_active, part.Offset, part.FirstRevision, part.Events);
                    part.Stream.Last = part.FirstRevision + part.Events - 1;
                }
            }
        }

        if (_group.Length > 0) _log.PublishTail(_active.PositionOf(_active.Tail));
        if (_active.Tail > _capacity / 2) _preparer.Begin(CapacityAfter(_active.Tail));
    }

    private long CapacityAfter(long tail) =>
        SegmentFiles.Capacity(_active.PositionOf(Math.Max(tail, _capacity)), _options.SegmentBytes);

    private void AddMarker(MarkerReason reason)
    {
        int start = _group.BeginFrame(FrameFormat.MarkerBytes, FrameKind.Marker, 0, _durable, _recordedUs);
        _group.AddBody(FrameFormat.MarkerPayloadBytes - FrameFormat.PrefixBytes)[0] = (byte)reason;
        EndFrame(start);
    }

    private void EndFrame(int start)
    {
        uint checksum = _group.EndFrame(start, _active.Seed, _groupOffset + start);
        _active.Chain = FrameFormat.Chain(_active.Chain, checksum);
        _active.Frames++;
    }

    private void WriteCloseMarker()
    {
        _isClosed = true;
        if (_poison is not null) return;
        try
        {
            if (_isUnsynced) Sync(); // so that the marker can say that everything before it is durable
            BeginGroup();
            AddMarker(MarkerReason.Closed);
            WriteGroup(syncs: true);
            PublishGroup();
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            // Everything acknowledged is durable without it; the next opening recovers as after a crash.
            _poison = WriteFailure.InWrite(e, _log.Files.Directory, _durable);
        }
    }

    private void Poison(Exception cause)
    {
        if (_poison is not null) return;
        _poison = WriteFailure.InWrite(cause, _log.Files.Directory, _durable);
        _queue.Close(new EventStoreException(EventStoreErrorKind.Unavailable,
            $"the journal {_log.Files.Directory} takes no more appends since a write failed ({cause.Message}); reopen it", cause));
    }

    private void FailBatch()
    {
        EventStoreException notTried = new(EventStoreErrorKind.Unavailable,
            $"journal {_log.Files.Directory}: a write of the log failed before this append was tried; reopen the journal",
            _poison);
        foreach (AppendRequest request in _batch.Requests)
            request.SetError(request.IsWritten ? _poison! : notTried);
    }
}
