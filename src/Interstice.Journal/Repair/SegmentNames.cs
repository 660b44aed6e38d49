using Interstice.Journal.Index;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Repair;

/// <summary>What the index of a sealed segment says of names and revisions.</summary>
/// <param name="Streams">Names of streams, by code.</param>
/// <param name="Types">Names of types, by code.</param>
/// <param name="Ends">The revision after the last event of each stream in the segment.</param>
internal sealed record SegmentNames(
    IReadOnlyList<string> Streams, IReadOnlyList<string> Types, IReadOnlyList<(StreamName Stream, long End)> Ends)
{
    /// <summary>Takes them from a segment that was opened by its index.</summary>
    public static SegmentNames Of(Segment segment)
    {
        List<string> streams = [];
        List<(StreamName, long)> ends = [];
        for (int code = 0; code < segment.Streams.Count; code++)
        {
            StreamEntry stream = segment.Streams[(ulong)code]!;
            streams.Add(stream.Name.Value);
            if (stream.Runs.Count > 0) ends.Add((stream.Name, stream.Runs[^1].EndRevision));
        }

        return new SegmentNames(streams, [.. Enumerable.Range(0, segment.Types.Count).Select(code => segment.Types[(ulong)code]!)], ends);
    }
}
