using Google.Protobuf;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>Streams/Read: reads and subscriptions of a stream or of all.</summary>
/// <remarks>The store has no links, so that <c>resolve_links</c> changes nothing.</remarks>
internal sealed partial class ReadCall(
    IEventStore store, StreamWrites writes, EndpointOptions settings, ServerCall<ReadReq, ReadResp> call)
{
    // Where EventStoreDB shows the event that ends a stream for ever.
    private const ulong TombstoneRevision = long.MaxValue;

    private bool _idsAreStrings;

    internal async Task AnswerAsync()
    {
        ReadReq request = await call.ReadOnlyOneAsync().ConfigureAwait(false);
        ReadReq.Types.Options options = request.Options ?? throw CallFailureException.Invalid("a read needs its options");
        _idsAreStrings = options.UuidOption?.ContentCase == ReadReq.Types.Options.Types.UUIDOption.ContentOneofCase.String;
        bool isSubscription = options.CountOptionCase switch
        {
            ReadReq.Types.Options.CountOptionOneofCase.Subscription => true,
            ReadReq.Types.Options.CountOptionOneofCase.Count => false,
            _ => throw CallFailureException.Invalid("a read has a count or is a subscription"),
        };
        ReadDirection direction = options.ReadDirection switch
        {
            ReadReq.Types.Options.Types.ReadDirection.Forwards => ReadDirection.Forwards,
            ReadReq.Types.Options.Types.ReadDirection.Backwards when !isSubscription => ReadDirection.Backwards,
            _ => throw CallFailureException.Invalid("a read goes forwards or backwards, a subscription forwards"),
        };
        ReadFilter filter = options.FilterOptionCase switch
        {
            ReadReq.Types.Options.FilterOptionOneofCase.NoFilter => ReadFilter.All,
            ReadReq.Types.Options.FilterOptionOneofCase.Filter =>
                ReadFilter.Of(options.Filter, isSubscription, settings.MatchTimeout),
            _ => throw CallFailureException.Invalid("a read says a filter or that it has none"),
        };
        switch (options.StreamOptionCase)
        {
            case ReadReq.Types.Options.StreamOptionOneofCase.Stream when filter != ReadFilter.All:
                throw CallFailureException.Invalid("the events of one stream are not filtered");
            case ReadReq.Types.Options.StreamOptionOneofCase.Stream when isSubscription:
                await SubscribeToStreamAsync(options.Stream).ConfigureAwait(false);
                break;
            case ReadReq.Types.Options.StreamOptionOneofCase.Stream:
                await ReadStreamAsync(options, direction).ConfigureAwait(false);
                break;
            case ReadReq.Types.Options.StreamOptionOneofCase.All when isSubscription:
                await SubscribeToAllAsync(options.All, filter).ConfigureAwait(false);
                break;
            case ReadReq.Types.Options.StreamOptionOneofCase.All:
                await ReadAllAsync(options, direction, filter).ConfigureAwait(false);
                break;
            default:
                throw CallFailureException.Invalid("a read says a stream or all");
        }
    }

    private async Task ReadStreamAsync(ReadReq.Types.Options options, ReadDirection direction)
    {
        StreamName stream = RequestFields.Stream(options.Stream.StreamIdentifier);
        if (await writes.IsAbsentAsync(stream, call.Ended).ConfigureAwait(false))
        {
            await call.WriteAsync(new ReadResp
            {
                StreamNotFound = new ReadResp.Types.StreamNotFound { StreamIdentifier = RequestFields.Identifier(stream) },
            }).ConfigureAwait(false);
            return;
        }

        bool isForwards = direction == ReadDirection.Forwards;
        Revision from = options.Stream.RevisionOptionCase switch
        {
            ReadReq.Types.Options.Types.StreamOptions.RevisionOptionOneofCase.Revision =>
                new Revision((long)Math.Min(options.Stream.Revision, long.MaxValue)),
            ReadReq.Types.Options.Types.StreamOptions.RevisionOptionOneofCase.Start => Revision.First,
            ReadReq.Types.Options.Types.StreamOptions.RevisionOptionOneofCase.End => Revision.End,
            _ => throw CallFailureException.Invalid("a read of a stream says where it starts"),
        };

        // Behind the end there is nothing to read forwards; the store would start at the last event.
        bool isBehindEnd = isForwards && from == Revision.End;
        if (options.Count > 0 && !isBehindEnd)
        {
            long countMax = (long)Math.Min(options.Count, long.MaxValue);
            await foreach (ReadOnlyMemory<RecordedEvent> batch in
                           store.ReadStreamAsync(stream, direction, from, countMax, call.Ended).ConfigureAwait(false))
                for (int i = 0; i < batch.Length; i++) await SendAsync(batch.Span[i]).ConfigureAwait(false);
        }

        if (options.ControlOption is { Compatibility: >= 1 })
            await TellBoundsAsync(stream, from, isForwards).ConfigureAwait(false);
    }

    private async Task TellBoundsAsync(StreamName stream, Revision from, bool isForwards)
    {
        Revision last = await store.GetLastRevisionAsync(stream, call.Ended).ConfigureAwait(false);
        if (isForwards && from > last)
        {
            await foreach (ReadOnlyMemory<RecordedEvent> batch in
                           store.ReadStreamAsync(stream, ReadDirection.Forwards, Revision.First, 1, call.Ended).ConfigureAwait(false))
            {
                var first = new ReadResp { FirstStreamPosition = (ulong)batch.Span[0].Revision.Value };
                await call.WriteAsync(first).ConfigureAwait(false);
            }
        }

        await call.WriteAsync(new ReadResp { LastStreamPosition = (ulong)last.Value }).ConfigureAwait(false);
    }

    private async Task ReadAllAsync(ReadReq.Types.Options options, ReadDirection direction, ReadFilter filter)
    {
        Position from = options.All.AllOptionCase switch
        {
            ReadReq.Types.Options.Types.AllOptions.AllOptionOneofCase.Position => PositionOf(options.All.Position),
            ReadReq.Types.Options.Types.AllOptions.AllOptionOneofCase.Start => Position.Start,
            ReadReq.Types.Options.Types.AllOptions.AllOptionOneofCase.End => Position.End,
            _ => throw CallFailureException.Invalid("a read of all says where it starts"),
        };
        ulong left = options.Count;
        if (left == 0) return;
        long countMax = filter.IsOfStore ? (long)Math.Min(left, long.MaxValue) : long.MaxValue;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in
                       store.ReadAllAsync(direction, from, filter.Store, countMax, call.Ended).ConfigureAwait(false))
        {
            for (int i = 0; i < batch.Length; i++)
            {
                if (!filter.Matches(batch.Span[i])) continue;
                await SendAsync(batch.Span[i]).ConfigureAwait(false);
                if (--left == 0) return;
            }
        }
    }

    private static Position PositionOf(ReadReq.Types.Options.Types.Position position) =>
        position.PreparePosition <= position.CommitPosition
            ? new Position(position.CommitPosition, position.PreparePosition)
            : throw CallFailureException.Invalid("a prepare position lies behind its commit position");

    // The event's memory is borrowed, and written before this returns.
    private ValueTask SendAsync(in RecordedEvent recorded)
    {
        var message = new ReadResp.Types.ReadEvent.Types.RecordedEvent
        {
            Id = RequestFields.Uuid(recorded.Id, _idsAreStrings),
            StreamIdentifier = RequestFields.Identifier(recorded.Stream),
            StreamRevision = recorded.Type == DeletionKinds.TombstoneType ? TombstoneRevision : (ulong)recorded.Revision.Value,
            CommitPosition = recorded.Position.Commit,
            PreparePosition = recorded.Position.Prepare,
            CustomMetadata = UnsafeByteOperations.UnsafeWrap(recorded.Metadata),
            Data = UnsafeByteOperations.UnsafeWrap(recorded.Data),
        };
        message.Metadata["type"] = recorded.Type;
        message.Metadata["content-type"] = recorded.IsJson ? "application/json" : "application/octet-stream";
        message.Metadata["created"] = (recorded.CreatedUs * TimeSpan.TicksPerMicrosecond)
            .ToString(System.Globalization.CultureInfo.InvariantCulture);
        var read = new ReadResp.Types.ReadEvent { Event = message, CommitPosition = recorded.Position.Commit };
        return call.WriteAsync(new ReadResp { Event = read });
    }
}
