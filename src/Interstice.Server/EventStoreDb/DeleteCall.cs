using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>Streams/Delete.</summary>
internal sealed class DeleteCall(StreamWrites writes)
{
    internal async Task AnswerAsync(ServerCall<DeleteReq, DeleteResp> call)
    {
        DeleteReq request = await call.ReadOnlyOneAsync().ConfigureAwait(false);
        DeleteReq.Types.Options options = request.Options ?? throw CallFailureException.Invalid("a deletion needs its options");
        StreamName stream = RequestFields.WritableStream(options.StreamIdentifier);
        if (StreamSettings.IsMetadataStream(stream))
            throw CallFailureException.Invalid($"\"{stream}\" holds settings; set empty ones instead of deleting them");
        Position position = await writes.DeleteAsync(stream, Expected(options), call.Ended).ConfigureAwait(false);
        await call.WriteAsync(new DeleteResp
        {
            Position = new DeleteResp.Types.Position { CommitPosition = position.Commit, PreparePosition = position.Prepare },
        }).ConfigureAwait(false);
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
