namespace Interstice.Host.Timers;

/// <summary>What becomes of the ticks of an interval timer that were missed.</summary>
public enum MissedTicks : byte
{
    /// <summary>They fire once, together with the tick that is due, which knows how many they are.</summary>
    Once,

    /// <summary>Each fires, one after the other.</summary>
    Each,
}
