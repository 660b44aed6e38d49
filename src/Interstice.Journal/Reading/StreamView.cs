using Interstice.Journal.Index;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Reading;

/// <summary>What a stream's settings leave to be read at one moment.</summary>
/// <param name="First">Lowest revision.</param>
/// <param name="Last">Highest revision, -1 when there is none.</param>
/// <param name="OldestUs">Events recorded before this are hidden.</param>
internal readonly record struct StreamView(long First, long Last, long OldestUs)
{
    /// <summary>Looks at a stream as it is now.</summary>
    public static StreamView Of(StreamEntry stream, TimeProvider time) =>
        Of(stream, stream.Metadata.MaxAge is null ? 0 : (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>Looks at a stream as it is at a time.</summary>
    public static StreamView Of(StreamEntry stream, long nowUs)
    {
        // In this order: an append that brings a deleted stream back publishes the settings before the revision.
        long last = stream.Last;
        StreamMetadata metadata = stream.Metadata;
        long first = metadata.IsDeleted ? last + 1 : metadata.TruncateBefore?.Value ?? 0;
        if (metadata.MaxCount is { } count) first = Math.Max(first, last - count + 1);
        long oldestUs = metadata.MaxAge is { } age
            ? nowUs - age.Ticks / TimeSpan.TicksPerMicrosecond
            : long.MinValue;
        return new StreamView(first, last, oldestUs);
    }
}
