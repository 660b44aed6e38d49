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

        var head = new BatchAppendReq { CorrelationId = CorrelationId.ToDto(), Options = options };
        int first = 0;
        do
        {
            first = WriteChunk(call, head, first);
            head.Options = null; // the first chunk alone has them
        }
        while (first < Events.Count);
    }

    // From one event on, as many as a chunk takes, one at least.
    private int WriteChunk(GrpcCall<BatchAppendReq, BatchAppendResp> call, BatchAppendReq head, int first)
    {
        int end = first;
        int size = head.CalculateSize();
        for (long bytes = 0; end < Events.Count; end++)
        {
            bytes += Events[end].Data.Length + Events[end].Metadata.Length;
            if (end > first && bytes > Options.BatchAppendSize) break;
            size += ProposedBytes.SizeOf(Events[end]);
        }

        bool isFinal = end == Events.Count;
        Span<byte> room = call.AddMessage(size + (isFinal ? ProposedBytes.FinalBytes : 0));
        int headBytes = head.CalculateSize();
        head.WriteTo(room[..headBytes]);
        room = room[headBytes..];
        for (int i = first; i < end; i++) room = ProposedBytes.Write(room, Events[i]);
        if (isFinal) ProposedBytes.WriteFinal(room);
        return end;
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
