namespace Interstice.Journal.Index;

/// <summary>The runs of one segment in the order in which its index keeps their frame lists: the first one of each stream, by code, then
/// those that follow a gap, by code too. Under the index lock.</summary>
internal static class SegmentRuns
{
    /// <summary>Lists them.</summary>
    /// <param name="segment">The segment, the newest that holds events of its streams.</param>
    /// <returns>For each its stream's code, and its place in <see cref="StreamEntry.Runs"/>; -1 for a stream that the segment names and has
    /// no events of.</returns>
    public static List<(int Code, int At)> ListLocked(Segment segment)
    {
        List<(int Code, int At)> runs = new(segment.Streams.Count);
        List<(int Code, int At)> further = [];
        for (int code = 0; code < segment.Streams.Count; code++)
        {
            List<StreamRun> all = segment.Streams[(ulong)code]!.Runs;
            int first = all.Count;
            while (first > 0 && all[first - 1].Segment == segment) first--;
            runs.Add((code, first == all.Count ? -1 : first));
            for (int at = first + 1; at < all.Count; at++) further.Add((code, at));
        }

        runs.AddRange(further);
        return runs;
    }
}
