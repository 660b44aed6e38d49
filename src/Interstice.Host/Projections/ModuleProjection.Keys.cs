using Interstice.Host.Idempotency;
using Interstice.Kernel.Events;

namespace Interstice.Host.Projections;

/// <summary>The calls with an idempotency key: part of what the stream says, applied and undone with their transactions.</summary>
public sealed partial class ModuleProjection
{
    private TransactionRecord? _openCall;
    private long _releasedNumber;

    /// <summary>The calls with a key that are remembered.</summary>
    internal KnownCalls Keys { get; }

    /// <summary>Remembers the call of the transaction that was applied last.</summary>
    internal void Remember(CallKey key, in KnownCall call) => Keys.Add(AppliedNumber, key.Scope, call);

    // Of the last transaction applied live, counted from 1 since this projection was made, those without a record too.
    private long AppliedNumber => _releasedNumber + _appliedEnds.Count;

    private void BeginKeyed(in RecordedEvent recorded) =>
        _openCall = TransactionRecord.HasKey(recorded.Metadata.Span) ? TransactionRecord.Read(recorded.Metadata.Span) : null;

    private void EndKeyed(in RecordedEvent recorded)
    {
        if (_openCall is not { } call) return;
        var key = CallKey.Of(call);
        Keys.AddDurable(key.Scope, KnownCall.Of(
            call, key, recorded.Revision, _opensGroup || recorded.Type == EventTypes.CallRecorded ? 1 : 0));
    }
}
