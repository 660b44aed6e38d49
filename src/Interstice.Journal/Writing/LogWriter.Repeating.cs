using Interstice.Journal.Index;
using Interstice.Journal.Reading;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Writing;

internal sealed partial class LogWriter
{
    // Whether every event of the request already stands where it would have been put. False when that depends on events of the
    // group that is not yet written; an answer only for a true repetition.
    private bool TryFindRepetition(AppendRequest request, out object? answer)
    {
        answer = null;
        ReadOnlySpan<StreamAppend> parts = request.Parts;
        AppendResult[] results = new AppendResult[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            StreamEntry? stream = _log.Find(parts[i].Stream);
            if (parts[i].Events.IsEmpty)
            {
                results[i] = new AppendResult.Appended(
                    new Revision(stream?.Written ?? Revision.None.Value), PositionOfLast(stream));
                continue;
            }

            if (stream is null) return true;
            long first = FirstOfRepetition(parts[i], stream);
            if (first < 0 || first + parts[i].Events.Length - 1 > stream.Written) return true;
            if (first + parts[i].Events.Length - 1 > stream.Last) return false;
            if (!TryMatch(stream, first, parts[i].Events.Span, out Position last)) return true;
            results[i] = new AppendResult.Appended(new Revision(first + parts[i].Events.Length - 1), last);
        }

        answer = request.IsMany ? results : results[0];
        return true;
    }

    // Revision that the first event has if this is a repetition; -1 if it cannot be one.
    private long FirstOfRepetition(in StreamAppend part, StreamEntry stream) =>
        part.Expected.Exact is { } exact
            ? (exact.Value < stream.Written ? exact.Value + 1 : -1)
            : _recent.Find(part.Events.Span[0].Id, stream);

    private bool TryMatch(StreamEntry stream, long first, ReadOnlySpan<EventData> events, out Position last)
    {
        last = Position.Start;
        using StreamForwards reader = new(_log, stream, first);
        for (int at = 0; at < events.Length;)
        {
            ReadOnlySpan<RecordedEvent> batch = reader.Next(first + events.Length, events.Length - at).Span;
            if (batch.IsEmpty) return false;
            foreach (ref readonly RecordedEvent recorded in batch)
                if (recorded.Id != events[at++].Id) return false;
            last = batch[^1].Position;
        }

        return true;
    }
}
