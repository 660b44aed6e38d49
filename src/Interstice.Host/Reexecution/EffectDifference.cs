using Interstice.Kernel.Events;

namespace Interstice.Host.Reexecution;

/// <summary>What of a call came out otherwise.</summary>
public enum EffectKind
{
    /// <summary>The call ended otherwise: it was rejected, trapped, or could not be made.</summary>
    Ending,

    /// <summary>An event is another one, missing, or too many.</summary>
    Event,

    /// <summary>The return value.</summary>
    Result,

    /// <summary>The fuel that was used, by the same engine and schedule.</summary>
    Fuel,

    /// <summary>The state hash after the recorded effects.</summary>
    StateHash,

    /// <summary>The build that ran the call cannot be run or is not the one in force.</summary>
    Build,
}

/// <summary>Something that a call did otherwise than it is recorded.</summary>
/// <param name="Revision">The event; of what is no event, the first one of the transaction.</param>
/// <param name="Reducer">The reducer; of another module with its name and a dot; empty where it is of no call.</param>
/// <param name="Call">The call as people write it: reducer and arguments.</param>
/// <param name="Kind">What differs.</param>
/// <param name="Expected">What is recorded.</param>
/// <param name="Found">What came out.</param>
public sealed record EffectDifference(
    Revision Revision, string Reducer, string Call, EffectKind Kind, string Expected, string Found)
{
    /// <summary>The module whose stream <see cref="Revision"/> counts in, where it is another than the one that was looked at; else null.</summary>
    public string? Module { get; init; }
}
