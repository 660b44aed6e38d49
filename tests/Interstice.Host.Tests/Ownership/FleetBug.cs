namespace Interstice.Host.Tests.Ownership;

/// <summary>Planted bugs.</summary>
public enum FleetBug
{
    /// <summary>None.</summary>
    None,

    /// <summary>Readers take every transaction for one of the present epoch.</summary>
    ReadersIgnoreEpochs,

    /// <summary>A claim is appended where the stream ends, whatever the host has read.</summary>
    ClaimsWithoutReading,

    /// <summary>A host takes its heartbeat for a proof that the module is its own, and appends without expecting a revision.</summary>
    TrustsItsHeartbeat,
}
