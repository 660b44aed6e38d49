namespace EventStore.Client;

/// <summary>Which way a read goes.</summary>
public enum Direction
{
    /// <summary>From newer to older events.</summary>
    Backwards,

    /// <summary>From older to newer events.</summary>
    Forwards,
}
