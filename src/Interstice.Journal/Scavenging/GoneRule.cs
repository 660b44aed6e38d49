using System.Runtime.InteropServices;
using Interstice.Journal.Index;
using Interstice.Journal.Reading;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Scavenging;

/// <summary>Which frames hold nothing that anybody can read or needs: all their events are hidden by the settings of their streams.</summary>
/// <remarks>Never gone are: events of streams that replay reads, settings of streams, the newest event of a stream (its revision tells
/// where the stream goes on), and appends whose repetition is still to be recognised.</remarks>
/// <param name="recent">The appends that are remembered.</param>
/// <param name="nowUs">The time that the age of events is measured by.</param>
internal sealed class GoneRule(RecentAppends recent, long nowUs)
{
    /// <summary>Whether an append is gone, and how many events it holds.</summary>
    /// <param name="cursor">Stands before the first part of the frame.</param>
    /// <param name="events">The number of its events, when it is gone.</param>
    /// <exception cref="FrameContentException">It holds what no writer writes.</exception>
    public bool IsGone(ref FrameCursor cursor, out long events)
    {
        events = 0;
        while (cursor.NextPart())
        {
            StreamEntry stream = cursor.Stream;
            long last = cursor.Revision + cursor.EventsLeft - 1;
            events += cursor.EventsLeft;
            if (!IsHidden(stream, last, cursor.RecordedUs)) return false;
            if (!cursor.IsUnconditional) continue;
            RecordedEvent recorded = default;
            cursor.Read(MemoryMarshal.CreateSpan(ref recorded, 1));
            if (recent.Find(recorded.Id, stream) >= 0) return false;
        }

        return events > 0;
    }

    /// <summary>Whether an event, and every one of the stream before it, is hidden and may go.</summary>
    public bool IsHidden(StreamEntry stream, long revision, long recordedUs)
    {
        if (StreamNames.IsReplayed(stream.Name) || MetadataJson.IsMetadataStream(stream.Name) || revision >= stream.Last) return false;
        StreamView view = StreamView.Of(stream, nowUs);
        return revision < view.First || recordedUs < view.OldestUs;
    }
}
