using System.Runtime.CompilerServices;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.Host.Tests.Ownership;

/// <summary>A store through which a host behaves as if it had a bug.</summary>
internal sealed class BuggyStore(IEventStore inner, FleetBug bug) : ForwardingStore(inner, isOwned: false)
{
    public override async ValueTask<AppendResult> AppendAsync(
        StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events, CancellationToken cancellationToken = default)
    {
        bool isBlind = StreamNames.ModuleOf(stream) is not null && bug switch
        {
            FleetBug.ClaimsWithoutReading => events.Length == 1 && events.Span[0].Type == EventTypes.OwnershipTaken,
            FleetBug.TrustsItsHeartbeat => events.Span[0].Type != EventTypes.OwnershipTaken,
            _ => false,
        };
        AppendResult result = await Inner
            .AppendAsync(stream, isBlind ? ExpectedRevision.Any : expected, events, cancellationToken);
        return isBlind && result is AppendResult.Appended appended
            ? appended with { Revision = expected.Exact!.Value + events.Length }
            : result;
    }

    public override IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream,
        ReadDirection direction,
        Revision from,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default) =>
        ChangeAsync(stream, Inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken));

    public override async IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, Revision after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (SubscriptionMessage message in Inner.SubscribeToStreamAsync(stream, after, cancellationToken))
        {
            if (message is not SubscriptionMessage.Events events) yield return message;
            else yield return new SubscriptionMessage.Events(await ChangeAsync(stream, events.Batch));
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ChangeAsync(
        StreamName stream, IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> batches)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in batches) yield return await ChangeAsync(stream, batch);
    }

    // What is void is given the epoch that it would need; all else stays as it is.
    private async Task<ReadOnlyMemory<RecordedEvent>> ChangeAsync(StreamName stream, ReadOnlyMemory<RecordedEvent> batch)
    {
        if (bug != FleetBug.ReadersIgnoreEpochs || StreamNames.ModuleOf(stream) is null) return batch;
        Dictionary<Revision, ulong> epochs = [];
        ulong epoch = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> known in Inner.ReadStreamAsync(stream, ReadDirection.Forwards, Revision.First))
        {
            foreach (RecordedEvent recorded in known.ToArray())
            {
                if (recorded.Type == EventTypes.OwnershipTaken) epoch = OwnershipTaken.Read(recorded.Data.Span).Epoch;
                epochs[recorded.Revision] = epoch;
            }
        }

        RecordedEvent[] changed = batch.ToArray();
        for (int i = 0; i < changed.Length; i++)
        {
            if (!EventTypes.IsOfTransaction(changed[i].Type) || changed[i].Metadata.IsEmpty) continue;
            TransactionRecord record = TransactionRecord.Read(changed[i].Metadata.Span);
            if (record.Epoch >= epochs[changed[i].Revision]) continue;
            using var writer = new PayloadWriter();
            (record with { Epoch = epochs[changed[i].Revision] }).Write(writer);
            changed[i] = changed[i] with { Metadata = writer.Written.ToArray() };
        }

        return changed;
    }
}
