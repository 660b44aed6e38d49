namespace Interstice.Kernel.Events;

/// <summary>Settings of one stream, as in EventStoreDB's metadata streams.</summary>
/// <param name="TruncateBefore">Events before this revision are no longer read; null keeps all.</param>
/// <param name="MaxCount">Only this many newest events are read, 1 or more; null keeps all.</param>
/// <param name="MaxAge">Events recorded longer ago are no longer read; null keeps all.</param>
public sealed record StreamMetadata(Revision? TruncateBefore = null, long? MaxCount = null, TimeSpan? MaxAge = null)
{
    /// <summary>No setting: what a stream has that was never given any.</summary>
    public static readonly StreamMetadata Empty = new();
}
