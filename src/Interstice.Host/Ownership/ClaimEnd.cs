namespace Interstice.Host.Ownership;

/// <summary>How a claim to a module's stream ended.</summary>
internal enum ClaimEnd
{
    /// <summary>It goes on.</summary>
    Open,

    /// <summary>The stream is this host's, and no older append of its own takes effect any more.</summary>
    Owned,

    /// <summary>Another host's epoch stands there.</summary>
    Lost,

    /// <summary>The stream cannot be replayed.</summary>
    Failed,
}
