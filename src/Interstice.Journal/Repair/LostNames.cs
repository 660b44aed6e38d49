using Interstice.Journal.Index;
using Interstice.Journal.Recovery;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Repair;

/// <summary>What can be said of the streams of appends that are whole and are left out, because names that they use are lost.</summary>
/// <remarks>A stream has one code in a segment, and a frame that defines names uses exactly those as its highest codes. So some left-out
/// frames name their streams all the same; of the others the revisions say where the stream stood.</remarks>
/// <param name="slot">The segment.</param>
/// <param name="segment">Its names, as far as they are known.</param>
internal sealed class LostNames(Slot slot, Segment segment)
{
    // The shortest event: two numbers of a byte each.
    private const int EventBytesMin = 2;

    private readonly Dictionary<long, StreamName> _named = [];
    private readonly SortedDictionary<long, Found> _found = [];
    private readonly List<(long Code, long Revision, long Events)> _parts = [];

    /// <summary>Enters a frame that is left out.</summary>
    /// <param name="log">Where names are shared.</param>
    /// <param name="payload">Of the frame.</param>
    /// <param name="offset">Of the frame.</param>
    /// <returns>How many events are in it.</returns>
    /// <exception cref="FrameContentException">It holds what no writer writes; nobody can tell what it held.</exception>
    public long Add(Log log, ReadOnlySpan<byte> payload, long offset)
    {
        _parts.Clear();
        FrameCodes codes = FrameCodes.Read(payload, _parts);
        Segment defined = new(slot.Name, segment.File, segment.Header, segment.Chain);
        FrameDefinitions.Enter(log, defined, payload);
        for (int i = 0; i < defined.Streams.Count; i++)
            _named[codes.StreamMax + 1 - defined.Streams.Count + i] = defined.Streams[(ulong)i]!.Name;
        foreach ((long code, long revision, long events) in _parts)
        {
            Found found = _found.GetValueOrDefault(code) ?? new Found(offset, revision, revision, 0, offset);
            _found[code] = found with { End = revision + events, Events = found.Events + events, LastOffset = offset };
        }

        return codes.Events;
    }

    /// <summary>Tells which revisions of known streams are lost, and gives those whose stream has no name.</summary>
    /// <param name="tracker">How far every stream had come.</param>
    /// <param name="damagedBytes">Bytes of the segment that hold no whole frame.</param>
    public List<NamelessStream> Finish(StreamTracker tracker, long damagedBytes)
    {
        HashSet<StreamName> known = [.. _named.Values];
        for (int code = 0; code < segment.Streams.Count; code++) known.Add(segment.Streams[(ulong)code]!.Name);
        List<Found> nameless = [];
        foreach ((long code, Found found) in _found)
        {
            if (NameOf(code) is { } name) tracker.Reached(name, found.End);
            else nameless.Add(found);
        }

        if (nameless.Count == 0) return [];
        (StreamName Stream, long Next)[] ends = [.. tracker.Ends.Where(end => !known.Contains(end.Stream))];
        Array.Sort(ends, (left, right) => left.Next != right.Next
            ? right.Next.CompareTo(left.Next)
            : string.CompareOrdinal(left.Stream.Value, right.Stream.Value));
        return [.. nameless.Select(found => Describe(found, ends, damagedBytes / EventBytesMin))];
    }

    private StreamName? NameOf(long code) =>
        code < segment.Streams.Count ? segment.Streams[(ulong)code]!.Name
        : _named.TryGetValue(code, out StreamName name) ? name : null;

    private NamelessStream Describe(Found found, (StreamName Stream, long Next)[] ends, long eventsMissingMax)
    {
        int from = CountAbove(ends, found.First);
        int to = CountAbove(ends, Math.Max(0, found.First - eventsMissingMax) - 1);
        string[] candidates = [.. ends[from..Math.Min(to, from + NamelessStream.CandidatesMax)].Select(end => end.Stream.Value)];
        return new NamelessStream(
            slot.Number, slot.Name, found.Offset, slot.PositionOf(found.Offset), slot.PositionOf(found.LastOffset), found.First, found.End - 1,
            found.Events, candidates, to - from, MayBeNew: found.First <= eventsMissingMax);
    }

    // How many of the streams, those that came furthest first, have come further than a revision.
    private static int CountAbove((StreamName Stream, long Next)[] ends, long revision)
    {
        int low = 0;
        int high = ends.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (ends[middle].Next > revision) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    // What left-out frames hold of one stream.
    private sealed record Found(long Offset, long First, long End, long Events, long LastOffset);
}
