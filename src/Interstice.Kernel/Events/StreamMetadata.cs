namespace Interstice.Kernel.Events;

/// <summary>Settings of one stream, as in EventStoreDB's metadata streams.</summary>
/// <remarks>They hide events from reads of that stream. They change no revision and no expectation, and whether a read of
/// the whole store still gives a hidden event depends on when the store removes it.</remarks>
/// <param name="TruncateBefore">Events before this revision are no longer read, 0 or more; null keeps all.</param>
/// <param name="MaxCount">Only this many newest events are read, 1 or more; null keeps all.</param>
/// <param name="MaxAge">Events recorded longer ago are no longer read, in whole seconds, 1 or more; null keeps all.</param>
public sealed record StreamMetadata(Revision? TruncateBefore = null, long? MaxCount = null, TimeSpan? MaxAge = null)
{
    /// <summary>Type of the events that a metadata stream holds.</summary>
    public const string EventType = "$metadata";

    /// <summary>No setting: what a stream has that was never given any.</summary>
    public static readonly StreamMetadata Empty = new();

    /// <summary>Refuses values outside the ranges given above.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the property.</exception>
    public void Validate()
    {
        if (TruncateBefore is { Value: < 0 })
            throw new ArgumentOutOfRangeException(nameof(TruncateBefore), TruncateBefore, "must be 0 or more");
        if (MaxCount is < 1) throw new ArgumentOutOfRangeException(nameof(MaxCount), MaxCount, "must be 1 or more");
        if (MaxAge is { } age && (age < TimeSpan.FromSeconds(1) || age.Ticks % TimeSpan.TicksPerSecond != 0))
            throw new ArgumentOutOfRangeException(nameof(MaxAge), age, "must be whole seconds, 1 or more");
    }
}
