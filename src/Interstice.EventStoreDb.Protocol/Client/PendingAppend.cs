using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;

namespace EventStore.Client;

/// <summary>An append on its way.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Expected">What is expected of it.</param>
/// <param name="Events">The events.</param>
/// <param name="Deadline">How long it may take; null for ever.</param>
/// <param name="Options">How it is made.</param>
internal sealed record PendingAppend(
    string Stream, Expectation Expected, IReadOnlyList<EventData> Events, TimeSpan? Deadline, EventStoreClientOperationOptions Options)
{
    internal Uuid CorrelationId { get; } = Uuid.NewUuid();

    internal TaskCompletionSource<IWriteResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Writes it in chunks of a bounded size.</summary>
    internal void WriteTo(GrpcCall<BatchAppendReq, BatchAppendResp> call, bool takesDuration)
    {
        var options = new BatchAppendReq.Types.Options { StreamIdentifier = StreamIdentifiers.Of(Stream) };
        Expected.Set(options);
        if (Deadline is { } deadline && deadline < TimeSpan.FromDays(365))
        {
            if (takesDuration) options.Deadline = Duration.FromTimeSpan(deadline);
            else options.Deadline21100 = Timestamp.FromDateTime(DateTime.UtcNow + deadline);
        }

        var chunk = new BatchAppendReq { CorrelationId = CorrelationId.ToDto(), Options = options };
        long bytes = 0;
        foreach (EventData data in Events)
        {
            long size = data.Data.Length + data.Metadata.Length;
            if (bytes > 0 && bytes + size > Options.BatchAppendSize)
            {
                call.Add(chunk);
                chunk = new BatchAppendReq { CorrelationId = chunk.CorrelationId };
                bytes = 0;
            }

            bytes += size;
            chunk.ProposedMessages.Add(new BatchAppendReq.Types.ProposedMessage
            {
                Id = data.EventId.ToDto(),
                Metadata = { ["type"] = data.Type, ["content-type"] = data.ContentType },
                CustomMetadata = UnsafeByteOperations.UnsafeWrap(data.Metadata),
                Data = UnsafeByteOperations.UnsafeWrap(data.Data),
            });
        }

        chunk.IsFinal = true;
        call.Add(chunk);
    }

    internal void Answer(BatchAppendResp answer)
    {
        try
        {
            Result.TrySetResult(ResultOf(answer));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Result.TrySetException(failure);
        }
    }

    private IWriteResult ResultOf(BatchAppendResp answer)
    {
        if (answer.ResultCase == BatchAppendResp.ResultOneofCase.Success)
        {
            BatchAppendResp.Types.Success success = answer.Success;
            return new SuccessResult(
                success.CurrentRevisionOptionCase == BatchAppendResp.Types.Success.CurrentRevisionOptionOneofCase.CurrentRevision
                    ? new StreamRevision(success.CurrentRevision)
                    : StreamRevision.None,
                success.Position is { } position ? new Position(position.CommitPosition, position.PreparePosition) : default);
        }

        Status error = answer.Error ?? throw new GrpcException(GrpcStatusCode.Internal, "an append was answered without an outcome");
        if (error.Details?.TryUnpack(out WrongExpectedVersion wrong) != true) throw Failures.Of(error, Stream);
        return Expected.Unmet(
            Stream,
            wrong.CurrentStreamRevisionOptionCase == WrongExpectedVersion.CurrentStreamRevisionOptionOneofCase.CurrentStreamRevision
                ? new StreamRevision(wrong.CurrentStreamRevision)
                : StreamRevision.None,
            Options.ThrowOnAppendFailure);
    }
}
