using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>Streams/Delete and Streams/Tombstone.</summary>
internal sealed class DeleteCall(StreamWrites writes, EndpointOptions settings, DeletionKind kind)
{
    internal async Task AnswerAsync(ServerCall<DeleteReq, DeleteResp> call)
    {
        DeleteReq request = await call.ReadOnlyOneAsync().ConfigureAwait(false);
        DeleteReq.Types.Options options = request.Options ?? throw CallFailureException.Invalid("a deletion needs its options");
        StreamName stream = RequestFields.WritableStream(options.StreamIdentifier);
        if (StreamSettings.IsMetadataStream(stream))
            throw CallFailureException.Invalid($"\"{stream}\" holds settings; set empty ones instead of deleting them");
        Position position = await DeleteAsync(stream, Expected(options), call.Ended).ConfigureAwait(false);
        await call.WriteAsync(new DeleteResp
        {
            Position = new DeleteResp.Types.Position { CommitPosition = position.Commit, PreparePosition = position.Prepare },
        }).ConfigureAwait(false);
    }

    private async Task<Position> DeleteAsync(StreamName stream, ExpectedRevision expected, CancellationToken ended)
    {
        try
        {
            return await writes.DeleteAsync(stream, expected, kind).WaitAsync(settings.WriteTimeout, ended).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new CallFailureException(GrpcStatusCode.Aborted, "the deletion took too long; it may be written yet");
        }
        catch (ArgumentException fault)
        {
            throw CallFailureException.Invalid($"stream \"{stream}\" cannot be deleted: {fault.Message}");
        }
    }

    private static ExpectedRevision Expected(DeleteReq.Types.Options options) => options.ExpectedStreamRevisionCase switch
    {
        DeleteReq.Types.Options.ExpectedStreamRevisionOneofCase.Revision => RequestFields.At(options.Revision),
        DeleteReq.Types.Options.ExpectedStreamRevisionOneofCase.NoStream => ExpectedRevision.NoStream,
        DeleteReq.Types.Options.ExpectedStreamRevisionOneofCase.Any => ExpectedRevision.Any,
        DeleteReq.Types.Options.ExpectedStreamRevisionOneofCase.StreamExists => ExpectedRevision.StreamExists,
        _ => throw RequestFields.NoExpectation(),
    };
}
