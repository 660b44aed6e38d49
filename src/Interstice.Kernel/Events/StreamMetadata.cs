namespace Interstice.Kernel.Events;

/// <summary>Settings of one stream, as in EventStoreDB's metadata streams.</summary>
/// <remarks>They hide events from reads of that stream. They change no revision and no expectation, and whether a read of
/// the whole store still gives a hidden event depends on when the store removes it. As JSON: <see cref="StreamMetadataJson"/>.</remarks>
/// <param name="TruncateBefore">Events before this revision are no longer read, 0 or more; null keeps all. <see cref="Revision.End"/> is what a
/// soft deletion sets: the stream is deleted until it is appended to.</param>
/// <param name="MaxCount">Only this many newest events are read, 1 or more; null keeps all.</param>
/// <param name="MaxAge">Events recorded longer ago are no longer read, in whole seconds, 1 or more; null keeps all.</param>
/// <param name="Properties">What the store keeps and gives back without acting on it, <c>$acl</c>, <c>$cacheControl</c> and properties of
/// one's own: a JSON object as text, or null for none. A store gives it back as <see cref="StreamMetadataJson"/> writes it, without white
/// space between its parts.</param>
public sealed record StreamMetadata(
    Revision? TruncateBefore = null, long? MaxCount = null, TimeSpan? MaxAge = null, string? Properties = null)
{
    /// <summary>Type of the events that a metadata stream holds.</summary>
    public const string EventType = "$metadata";

    /// <summary>Most bytes that all settings of a stream may have as JSON: a store keeps them in memory.</summary>
    public const int JsonBytesMax = 64 * 1024;

    /// <summary>No setting: what a stream has that was never given any.</summary>
    public static readonly StreamMetadata Empty = new();

    /// <summary>Whether the stream is deleted softly and was not written since.</summary>
    public bool IsDeleted => TruncateBefore == Revision.End;

    /// <summary>Refuses values outside the ranges given above.</summary>
    /// <exception cref="ArgumentException">Names the property.</exception>
    public void Validate()
    {
        if (TruncateBefore is { Value: < 0 })
            throw new ArgumentOutOfRangeException(nameof(TruncateBefore), TruncateBefore, "must be 0 or more");
        if (MaxCount is < 1) throw new ArgumentOutOfRangeException(nameof(MaxCount), MaxCount, "must be 1 or more");
        if (MaxAge is { } age && (age < TimeSpan.FromSeconds(1) || age.Ticks % TimeSpan.TicksPerSecond != 0))
            throw new ArgumentOutOfRangeException(nameof(MaxAge), age, "must be whole seconds, 1 or more");
        if (Properties is not null) _ = StreamMetadataJson.Write(this);
    }
}
