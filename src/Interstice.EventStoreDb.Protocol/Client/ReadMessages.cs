using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;

namespace EventStore.Client;

/// <summary>What one read call answers, once.</summary>
internal sealed class ReadMessages(
    ReadReq request,
    Cluster cluster,
    Func<CancellationToken, ValueTask<GrpcCallOptions>> options,
    Func<Cluster.Node, GrpcException, Exception> note,
    CancellationToken cancellationToken)
{
    private int _isTaken;

    /// <summary>Begins the call and gives its answers.</summary>
    /// <param name="enumeration">Gives this enumeration up.</param>
    /// <exception cref="InvalidOperationException">This is the second time.</exception>
    internal async IAsyncEnumerable<ReadResp> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken enumeration = default)
    {
        if (Interlocked.Exchange(ref _isTaken, 1) != 0) throw new InvalidOperationException("Messages may only be enumerated once.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, enumeration);
        Cluster.Node node = await cluster.GetAsync(either.Token).ConfigureAwait(false);
        GrpcCallOptions carried = await options(either.Token).ConfigureAwait(false);
        using GrpcCall<ReadReq, ReadResp> call = node.Connection.Start(ProtocolMethods.Read, carried, either.Token);
        await call.WriteAsync(request).ConfigureAwait(false);
        call.CompleteRequests();
        while (true)
        {
            ReadResp? response;
            try
            {
                response = await call.ReadAsync().ConfigureAwait(false);
            }
            catch (GrpcException failure)
            {
                throw note(node, failure);
            }

            if (response is null) yield break;
            yield return response;
        }
    }

    /// <summary>What an answer says.</summary>
    internal static StreamMessage MessageOf(ReadResp response) => response.ContentCase switch
    {
        ReadResp.ContentOneofCase.Event => new StreamMessage.Event(ResolvedOf(response.Event)),
        ReadResp.ContentOneofCase.Confirmation => new StreamMessage.SubscriptionConfirmation(response.Confirmation.SubscriptionId),
        ReadResp.ContentOneofCase.Checkpoint => new StreamMessage.AllStreamCheckpointReached(
            new Position(response.Checkpoint.CommitPosition, response.Checkpoint.PreparePosition)),
        ReadResp.ContentOneofCase.StreamNotFound => StreamMessage.NotFound.Instance,
        ReadResp.ContentOneofCase.FirstStreamPosition => new StreamMessage.FirstStreamPosition(response.FirstStreamPosition),
        ReadResp.ContentOneofCase.LastStreamPosition => new StreamMessage.LastStreamPosition(response.LastStreamPosition),
        ReadResp.ContentOneofCase.LastAllStreamPosition => new StreamMessage.LastAllStreamPosition(
            new Position(response.LastAllStreamPosition.CommitPosition, response.LastAllStreamPosition.PreparePosition)),
        ReadResp.ContentOneofCase.CaughtUp => StreamMessage.CaughtUp.Instance,
        ReadResp.ContentOneofCase.FellBehind => StreamMessage.FellBehind.Instance,
        _ => StreamMessage.Unknown.Instance,
    };

    private static ResolvedEvent ResolvedOf(ReadResp.Types.ReadEvent read) => new(
        RecordOf(read.Event)!,
        RecordOf(read.Link),
        read.PositionCase == ReadResp.Types.ReadEvent.PositionOneofCase.CommitPosition ? read.CommitPosition : null);

    private static EventRecord? RecordOf(ReadResp.Types.ReadEvent.Types.RecordedEvent? recorded) => recorded is null
        ? null
        : new EventRecord(
            StreamIdentifiers.NameIn(recorded.StreamIdentifier),
            Uuid.FromDto(recorded.Id),
            new StreamPosition(recorded.StreamRevision),
            new Position(recorded.CommitPosition, recorded.PreparePosition),
            recorded.Metadata,
            recorded.Data.Memory,
            recorded.CustomMetadata.Memory);
}
