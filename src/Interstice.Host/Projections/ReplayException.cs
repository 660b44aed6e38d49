using Interstice.Kernel.Events;

namespace Interstice.Host.Projections;

/// <summary>What is wrong with a stream that cannot be replayed.</summary>
public enum ReplayErrorKind
{
    /// <summary>A revision is missing or stands twice.</summary>
    Gap,

    /// <summary>An event of a type that Interstice does not write.</summary>
    UnknownType,

    /// <summary>A payload or its metadata cannot be decoded.</summary>
    Undecodable,

    /// <summary>A transaction is incomplete or mixed with another.</summary>
    TransactionBorder,

    /// <summary>An event does not fit the tables: an old row differs, a key is there already, a table is unknown.</summary>
    Diverged,

    /// <summary>A publication is not the next one of the module, or its tables do not fit those before.</summary>
    Publication,

    /// <summary>An epoch does not rise, or somebody goes on behind a transaction of an older epoch without taking ownership.</summary>
    Ownership,

    /// <summary>The tables do not have the hash that was recorded.</summary>
    StateHash,

    /// <summary>The events do not have the value of the hash chain that was recorded, or record none where others before
    /// them do.</summary>
    Chain,
}

/// <summary>A module's stream cannot be replayed: it is damaged, or was written by something else.</summary>
/// <param name="kind">What is wrong.</param>
/// <param name="module">The module.</param>
/// <param name="revision">The event.</param>
/// <param name="eventType">Its type.</param>
/// <param name="expected">What should be there.</param>
/// <param name="found">What is there.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class ReplayException(
    ReplayErrorKind kind,
    string module,
    Revision revision,
    string eventType,
    string expected,
    string found,
    Exception? inner = null)
    : Exception(
        $"module {module}, revision {revision} ({eventType}): expected {expected}, found {found}; " +
        "run log-verify, and replay-check for the first divergence",
        inner)
{
    /// <summary>What is wrong.</summary>
    public ReplayErrorKind Kind { get; } = kind;

    /// <summary>The module.</summary>
    public string Module { get; } = module;

    /// <summary>The event.</summary>
    public Revision Revision { get; } = revision;

    /// <summary>What should be there.</summary>
    public string Expected { get; } = expected;

    /// <summary>What is there.</summary>
    public string Found { get; } = found;
}
