using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>What a failed append means for the loop.</summary>
/// <param name="Reason">What happened and what to do, for callers and the log.</param>
/// <param name="IsUnknown">Whether the events may be in the store all the same.</param>
/// <param name="IsFatal">Whether the module can take no further calls until the host is started again.</param>
internal sealed record AppendFailure(string Reason, bool IsUnknown, bool IsFatal)
{
    public static AppendFailure Of(AppendEnd end, string module) => end switch
    {
        AppendEnd.Refused refused => new(
            $"module {module}: its stream stands at revision {refused.Result.Actual} where {refused.Result.Expected} was " +
            "expected, so somebody else writes to it; the transaction was not committed; restart this host",
            IsUnknown: false,
            IsFatal: true),
        AppendEnd.Faulted { Exception: { Kind: EventStoreErrorKind.Unknown or EventStoreErrorKind.Damaged } fault } => new(
            $"module {module}: the store failed while the transaction was being written ({fault.Message}); it may or may not " +
            "be committed; restart the host to find out",
            IsUnknown: true,
            IsFatal: true),
        AppendEnd.Faulted { Exception: { Kind: EventStoreErrorKind.Unavailable } fault } => new(
            $"module {module}: the store is not available ({fault.Message}); the transaction was not committed",
            IsUnknown: false,
            IsFatal: false),
        AppendEnd.Faulted { Exception: var fault } => new(
            $"module {module}: the store refused the transaction ({fault.Message}); it was not committed",
            IsUnknown: false,
            IsFatal: false),
        _ => throw new ArgumentException($"{end} is no failure", nameof(end)),
    };
}
