using System.Text.Json;

namespace EventStore.Client;

/// <summary>Settings of a stream.</summary>
public readonly struct StreamMetadata
{
    /// <summary>Makes them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count or an age is not positive.</exception>
    public StreamMetadata(
        int? maxCount = null,
        TimeSpan? maxAge = null,
        StreamPosition? truncateBefore = null,
        TimeSpan? cacheControl = null,
        StreamAcl? acl = null,
        JsonDocument? customMetadata = null)
    {
        if (maxCount <= 0) throw new ArgumentOutOfRangeException(nameof(maxCount));
        if (maxAge <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(maxAge));
        if (cacheControl <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(cacheControl));
        MaxCount = maxCount;
        MaxAge = maxAge;
        TruncateBefore = truncateBefore;
        CacheControl = cacheControl;
        Acl = acl;
        CustomMetadata = customMetadata;
    }

    /// <summary>Events recorded longer ago are not read.</summary>
    public TimeSpan? MaxAge { get; }

    /// <summary>Events before this are not read.</summary>
    public StreamPosition? TruncateBefore { get; }

    /// <summary>How long the head of the stream may be cached.</summary>
    public TimeSpan? CacheControl { get; }

    /// <summary>Who may do what.</summary>
    public StreamAcl? Acl { get; }

    /// <summary>Only so many of the newest events are read.</summary>
    public int? MaxCount { get; }

    /// <summary>What else is said, or null.</summary>
    public JsonDocument? CustomMetadata { get; }
}
