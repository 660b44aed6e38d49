namespace Interstice.Journal.Segments;

/// <summary>Why a marker was written.</summary>
internal enum MarkerReason : byte
{
    /// <summary>The store was closed in order.</summary>
    Closed = 1,

    /// <summary>The store was opened after it had not been closed in order.</summary>
    Recovered = 2,

    /// <summary>Fills what a repair left free in a segment of version 3. May have any length.</summary>
    Repaired = 3,
}
