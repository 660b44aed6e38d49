using Interstice.Journal.Index;
using Interstice.Journal.Reading;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Scavenging;

/// <summary>Proves, before anything is replaced, that what a scavenge leaves is the store without what is gone.</summary>
internal static class ScavengeCheck
{
    /// <summary>Compares event by event, stream by stream.</summary>
    /// <param name="before">The store as it is.</param>
    /// <param name="after">The store as it will be.</param>
    /// <exception cref="InvalidOperationException">They differ in anything else.</exception>
    public static void Compare(GoneFrames before, GoneFrames after)
    {
        foreach ((StreamName name, StreamEntry stream) in before.Log.Streams)
        {
            StreamEntry? other = after.Log.Find(name);
            if ((other?.Last ?? -1) != stream.Last || (other?.Metadata ?? StreamMetadata.Empty) != stream.Metadata)
                throw Differs($"stream {name} would end at {other?.Last ?? -1} and not at {stream.Last}, or have other settings");
        }

        if (after.Log.Tail != before.Log.Tail) throw Differs("the log would have another length");
        using AllForwards old = new(before.Log, 0, new EventFilter.All());
        using AllForwards left = new(after.Log, 0, new EventFilter.All());
        Walker was = new(old, before.Log.Tail);
        Walker now = new(left, after.Log.Tail);
        bool isLeft = now.MoveNext();
        while (was.MoveNext())
        {
            if (isLeft && IsSame(was.Current, now.Current))
            {
                isLeft = now.MoveNext();
                continue;
            }

            RecordedEvent gone = was.Current;
            if (!before.Rule.IsHidden(before.Log.Find(gone.Stream)!, gone.Revision.Value, gone.CreatedUs))
                throw Differs($"revision {gone.Revision} of stream {gone.Stream} at position {gone.Position.Commit} would be missing or changed");
        }

        if (isLeft) throw Differs($"position {now.Current.Position.Commit} would hold an event that is not there now");
    }

    /// <summary>Refuses a store in which verification finds anything.</summary>
    public static void ExpectWhole(VerificationReport report)
    {
        if (report.Errors.Count > 0) throw Differs($"{report.Errors[0]}");
    }

    private static bool IsSame(in RecordedEvent left, in RecordedEvent right) =>
        left.Position == right.Position && left.Stream == right.Stream && left.Revision == right.Revision && left.Id == right.Id
        && left.Type == right.Type && left.IsJson == right.IsJson && left.CreatedUs == right.CreatedUs
        && left.Data.Span.SequenceEqual(right.Data.Span) && left.Metadata.Span.SequenceEqual(right.Metadata.Span);

    private static InvalidOperationException Differs(string what) =>
        new($"the scavenge was given up before anything was changed, since its result was checked and is wrong: {what}; report it");

    // One event after the other; each is borrowed until the next.
    private sealed class Walker(AllForwards reader, ulong end)
    {
        private ReadOnlyMemory<RecordedEvent> _batch;
        private int _at;

        public ref readonly RecordedEvent Current => ref _batch.Span[_at];

        public bool MoveNext()
        {
            if (++_at < _batch.Length) return true;
            _at = 0;
            do
            {
                if (reader.IsAtEnd) return false;
                _batch = reader.Next(end, long.MaxValue);
            }
            while (_batch.IsEmpty);
            return true;
        }
    }
}
