using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

internal sealed partial class ReadCall
{
    // Events since the last checkpoint, and the last of them.
    private long _examined;
    private Position _lastExamined;

    private async Task SubscribeToStreamAsync(ReadReq.Types.Options.Types.StreamOptions options)
    {
        StreamName stream = RequestFields.Stream(options.StreamIdentifier);
        Revision after = options.RevisionOptionCase switch
        {
            ReadReq.Types.Options.Types.StreamOptions.RevisionOptionOneofCase.Revision =>
                new Revision((long)Math.Min(options.Revision, long.MaxValue - 1)),
            ReadReq.Types.Options.Types.StreamOptions.RevisionOptionOneofCase.Start => Revision.None,
            ReadReq.Types.Options.Types.StreamOptions.RevisionOptionOneofCase.End =>
                await store.GetLastRevisionAsync(stream, call.Ended).ConfigureAwait(false),
            _ => throw CallFailureException.Invalid("a subscription to a stream says where it starts"),
        };
        await FollowAsync(store.SubscribeToStreamAsync(stream, after, call.Ended), ReadFilter.All).ConfigureAwait(false);
    }

    private async Task SubscribeToAllAsync(ReadReq.Types.Options.Types.AllOptions options, ReadFilter filter)
    {
        Position? after = options.AllOptionCase switch
        {
            ReadReq.Types.Options.Types.AllOptions.AllOptionOneofCase.Position => PositionOf(options.Position),
            ReadReq.Types.Options.Types.AllOptions.AllOptionOneofCase.Start => null,
            ReadReq.Types.Options.Types.AllOptions.AllOptionOneofCase.End => await LastPositionAsync().ConfigureAwait(false),
            _ => throw CallFailureException.Invalid("a subscription to all says where it starts"),
        };
        await FollowAsync(store.SubscribeToAllAsync(after, filter.Store, call.Ended), filter).ConfigureAwait(false);
    }

    private async Task<Position?> LastPositionAsync()
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
                           ReadDirection.Backwards, Position.End, new EventFilter.All(), 1, call.Ended).ConfigureAwait(false))
            return batch.Span[0].Position;
        return null;
    }

    private async Task FollowAsync(IAsyncEnumerable<SubscriptionMessage> subscription, ReadFilter filter)
    {
        var confirmation = new ReadResp.Types.SubscriptionConfirmation { SubscriptionId = Guid.NewGuid().ToString() };
        await call.WriteAsync(new ReadResp { Confirmation = confirmation }).ConfigureAwait(false);
        await call.FlushAsync().ConfigureAwait(false);
        await foreach (SubscriptionMessage message in subscription.ConfigureAwait(false))
        {
            switch (message)
            {
                case SubscriptionMessage.Events events:
                    await SendAsync(events.Batch, filter).ConfigureAwait(false);
                    break;
                case SubscriptionMessage.Checkpoint checkpoint when filter.CheckpointInterval > 0:
                    await SendCheckpointAsync(checkpoint.Position).ConfigureAwait(false);
                    break;
                case SubscriptionMessage.CaughtUp:
                    if (filter.CheckpointInterval > 0 && _examined > 0) await SendCheckpointAsync(_lastExamined).ConfigureAwait(false);
                    await call.WriteAsync(new ReadResp { CaughtUp = new ReadResp.Types.CaughtUp() }).ConfigureAwait(false);
                    break;
                case SubscriptionMessage.FellBehind:
                    await call.WriteAsync(new ReadResp { FellBehind = new ReadResp.Types.FellBehind() }).ConfigureAwait(false);
                    break;
            }

            await call.FlushAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<RecordedEvent> batch, ReadFilter filter)
    {
        for (int i = 0; i < batch.Length; i++)
        {
            if (filter.Matches(batch.Span[i])) await SendAsync(batch.Span[i]).ConfigureAwait(false);
            _lastExamined = batch.Span[i].Position;
            if (filter.CheckpointInterval > 0 && ++_examined >= filter.CheckpointInterval)
                await SendCheckpointAsync(_lastExamined).ConfigureAwait(false);
        }
    }

    private ValueTask SendCheckpointAsync(Position position)
    {
        _examined = 0;
        var checkpoint = new ReadResp.Types.Checkpoint { CommitPosition = position.Commit, PreparePosition = position.Prepare };
        return call.WriteAsync(new ReadResp { Checkpoint = checkpoint });
    }
}
