namespace Interstice.Kernel.Events;

/// <summary>Which way a read goes.</summary>
public enum ReadDirection
{
    /// <summary>From older to newer events.</summary>
    Forwards,

    /// <summary>From newer to older events.</summary>
    Backwards,
}
