using Interstice.Kernel.Events;

namespace Interstice.Journal.Repair;

/// <summary>How far each stream has come while the log is walked, and which of its revisions are missing.</summary>
internal sealed class StreamTracker
{
    private readonly Dictionary<StreamName, (long Next, int Holes, int NewHoles)> _streams = [];
    private readonly List<LostRevisions> _gaps = [];
    private Dictionary<StreamName, (long Next, int Holes, int NewHoles)>? _atFirstHole;
    private int _holes;
    private int _newHoles;

    /// <summary>Notes that frames are lost here.</summary>
    public void AddHole()
    {
        _atFirstHole ??= new(_streams);
        _holes++;
        _newHoles++;
    }

    /// <summary>Notes a hole that an earlier repair left.</summary>
    public void AddOldHole() => _holes++;

    /// <summary>Whether a stream can go on with a revision, as an opening sees it.</summary>
    public bool MayFollow(StreamName stream, long first)
    {
        (long next, int holes, _) = _streams.GetValueOrDefault(stream);
        return first == next || (first > next && holes < _holes);
    }

    /// <summary>Notes events.</summary>
    public void Enter(StreamName stream, long first, long count)
    {
        AddGap(stream, first);
        _streams[stream] = (first + count, _holes, _newHoles);
    }

    /// <summary>Notes, from an index, that a stream had all revisions before one.</summary>
    public void Reached(StreamName stream, long end)
    {
        (long next, int holes, int newHoles) = _streams.GetValueOrDefault(stream);
        if (end <= next) return;
        AddGap(stream, end);
        _streams[stream] = (end, holes, newHoles);
    }

    /// <summary>The streams, and the revision that each goes on with.</summary>
    public IEnumerable<(StreamName Stream, long Next)> Ends => _streams.Select(pair => (pair.Key, pair.Value.Next));

    /// <summary>What is missing.</summary>
    public List<LostRevisions> Lost(RepairMode mode)
    {
        if (mode == RepairMode.Skip) return [.. _gaps.OrderBy(gap => gap.Stream, StringComparer.Ordinal).ThenBy(gap => gap.From)];
        if (_atFirstHole is not { } kept) return [];
        return
        [
            .. _streams
                .Select(pair => new LostRevisions(
                    pair.Key.Value, kept.GetValueOrDefault(pair.Key).Next, pair.Value.Next - 1))
                .Where(lost => lost.To >= lost.From)
                .OrderBy(lost => lost.Stream, StringComparer.Ordinal),
        ];
    }

    // What lies between two revisions with no hole between them but old ones was lost, or given back, before.
    private void AddGap(StreamName stream, long first)
    {
        (long next, _, int newHoles) = _streams.GetValueOrDefault(stream);
        if (first > next && newHoles < _newHoles) _gaps.Add(new LostRevisions(stream.Value, next, first - 1));
    }
}
