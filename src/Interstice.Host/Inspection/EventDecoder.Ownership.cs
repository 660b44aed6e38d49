using Interstice.Host.Ownership;
using Interstice.Kernel.Events;

namespace Interstice.Host.Inspection;

/// <content>Which transactions are void.</content>
public sealed partial class EventDecoder
{
    /// <summary>How far back it is looked for the owner of a stream whose reading began in the middle. A host has at most eight batches of
    /// 4,096 events and a transaction on their way, so that no more than this follows a change of ownership void.</summary>
    public const int LookBackEventsMax = 65_536;

    private readonly Dictionary<StreamName, VoidRule> _rules = [];
    private StreamName _lastStream;
    private VoidRule? _lastRule;

    private ValueTask FollowAsync(RecordedEvent recorded, CancellationToken cancellationToken)
    {
        if (_lastRule is null || recorded.Stream != _lastStream) return FindAndFollowAsync(recorded, cancellationToken);
        _lastRule.Add(recorded);
        return ValueTask.CompletedTask;
    }

    private async ValueTask<bool> IsVoidAsync(RecordedEvent recorded, CancellationToken cancellationToken)
    {
        await FollowAsync(recorded, cancellationToken).ConfigureAwait(false);
        return _lastRule!.IsVoid;
    }

    private async ValueTask FindAndFollowAsync(RecordedEvent recorded, CancellationToken cancellationToken)
    {
        if (!_rules.TryGetValue(recorded.Stream, out VoidRule? rule))
        {
            rule = recorded.Revision == Revision.First
                ? new VoidRule()
                : await LookBackAsync(recorded.Stream, recorded.Revision, cancellationToken).ConfigureAwait(false);
            _rules[recorded.Stream] = rule;
        }

        (_lastStream, _lastRule) = (recorded.Stream, rule);
        rule.Add(recorded);
    }

    // Back to the last change of ownership. Without one in reach the newest epoch of all transactions is that of the stream.
    private async Task<VoidRule> LookBackAsync(StreamName stream, Revision before, CancellationToken cancellationToken)
    {
        List<ulong> epochs = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Backwards, new Revision(before.Value - 1), LookBackEventsMax, cancellationToken)
            .ConfigureAwait(false))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
            {
                if (recorded.Type == EventTypes.OwnershipTaken)
                    return Follow(OwnershipTaken.Read(recorded.Data.Span).Epoch, epochs);
                if (!EventTypes.IsOfTransaction(recorded.Type)) continue;
                TransactionId.OfEvent(recorded.Id, out int index);
                if (index == 0) epochs.Add(TransactionRecord.ReadDigest(recorded.Metadata.Span).Epoch);
            }
        }

        return Follow(epochs.Count == 0 ? 0 : epochs.Max(), epochs);
    }

    // The epochs of transactions behind a change of ownership, the last first.
    private static VoidRule Follow(ulong owner, List<ulong> epochs)
    {
        var rule = new VoidRule();
        rule.Own(owner);
        for (int i = epochs.Count - 1; i >= 0; i--) rule.Begin(epochs[i]);
        return rule;
    }
}
