using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>What a failed append means for those who wait for it.</summary>
/// <param name="Reason">What happened, for callers and the log.</param>
/// <param name="IsUnknown">Whether it has to be found out what is in the stream.</param>
internal sealed record AppendFailure(string Reason, bool IsUnknown)
{
    public static AppendFailure Of(AppendEnd end, string module) => end switch
    {
        AppendEnd.Refused refused => new(
            $"module {module}: its stream stands at revision {refused.Result.Actual} where {refused.Result.Expected} was " +
            "expected; the transaction was not committed, try again",
            IsUnknown: true),
        AppendEnd.Faulted { Exception: { Kind: EventStoreErrorKind.Unknown or EventStoreErrorKind.Damaged } fault } => new(
            $"module {module}: the store failed while a transaction was being written ({fault.Message})",
            IsUnknown: true),
        AppendEnd.Faulted { Exception: { Kind: EventStoreErrorKind.Unavailable } fault } => new(
            $"module {module}: the store is not available ({fault.Message}); the transaction was not committed",
            IsUnknown: false),
        AppendEnd.Faulted { Exception: var fault } => new(
            $"module {module}: the store refused the transaction ({fault.Message}); it was not committed",
            IsUnknown: false),
        _ => throw new ArgumentException($"{end} is no failure", nameof(end)),
    };

    /// <summary>What it means for another module of the group, of which no append has failed.</summary>
    /// <param name="end">How the append ended.</param>
    /// <param name="failed">The module that it was of.</param>
    /// <param name="module">The other module.</param>
    public static AppendFailure Beside(AppendEnd end, string failed, string module) => new(
        $"module {module}: an append of another module of its group failed ({Of(end, failed).Reason}); the transaction was undone with it " +
        "and was not committed, try again",
        IsUnknown: false);
}
