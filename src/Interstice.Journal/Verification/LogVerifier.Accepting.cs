using Interstice.Journal.Index;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Verification;

internal sealed partial class LogVerifier
{
    // Takes over what a segment holds that was found to be as a writer writes it; false, and nothing is changed, when it does not fit to
    // what is before it.
    private bool TryEnter(AcceptedSegment accepted, in SegmentPlace place)
    {
        if (accepted.Header != ExpectedHeader(accepted.Header, place, accepted.Header.StoreId)) return false;
        _log ??= new Log(_files, accepted.Header.StoreId);
        var streams = new StreamEntry[accepted.Streams.Count];
        for (int i = 0; i < streams.Length; i++)
        {
            streams[i] = _log.FindOrAdd(accepted.Streams[i].Name);
            if (ExpectedInstead(streams[i], accepted.Streams[i].First) is not null) return false;
        }

        for (int i = 0; i < streams.Length; i++)
        {
            AcceptedStream stream = accepted.Streams[i];
            SetNextRevision(streams[i], stream.Next);
            if (stream.Settings is { } settings) _log.FindOrAdd(MetadataJson.TargetOf(stream.Name)).Metadata = settings;
        }

        _results.Add(new SegmentResult(
            place.Number, place.Name, place.Base, accepted.Length, accepted.Frames, accepted.Events, accepted.IsSealed));
        Appends += accepted.Appends;
        _previous = accepted.Summary;
        if (accepted.Archived is { } archived) _archived.Add(archived);
        return true;
    }
}
