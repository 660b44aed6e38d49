namespace Interstice.Host.Reducers;

/// <summary>How a turn of a module's loop ended.</summary>
internal enum LoopTurn
{
    /// <summary>Something was done; there may be more.</summary>
    Worked,

    /// <summary>Nothing can be done before an append has ended or the host gives an order.</summary>
    AwaitsAppends,

    /// <summary>There is nothing to do.</summary>
    Idle,

    /// <summary>The host stops, and everything is done.</summary>
    Ended,
}
