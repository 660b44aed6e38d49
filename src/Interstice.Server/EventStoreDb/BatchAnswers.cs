using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;
using ProtobufEmpty = Google.Protobuf.WellKnownTypes.Empty;
using ProtocolEmpty = Interstice.EventStoreDb.Protocol.Messages.Empty;
using ProtocolTimeout = Interstice.EventStoreDb.Protocol.Messages.Timeout;

namespace Interstice.Server.EventStoreDb;

/// <summary>Answers to the appends of a batch call.</summary>
internal static class BatchAnswers
{
    internal static BatchAppendResp Of(OpenBatch batch, AppendResult result)
    {
        BatchAppendResp answer = To(batch);
        switch (result)
        {
            case AppendResult.Appended appended:
                answer.Success = Success(appended);
                break;
            case AppendResult.WrongExpectedRevision wrong:
                string message = $"stream \"{batch.Stream}\" was expected to be at {batch.Expected} and is at {wrong.Actual}";
                answer.Error = Error(GrpcStatusCode.AlreadyExists, message, Wrong(batch.Expected, wrong.Actual));
                break;
        }

        return answer;
    }

    internal static BatchAppendResp Of(OpenBatch batch, CallFailureException failure, EndpointOptions options)
    {
        IMessage details = failure.Code switch
        {
            _ when failure.IsTooLarge => new MaximumAppendSizeExceeded { MaxAppendSize = (uint)options.AppendBytesMax },
            _ when failure.IsDeleted => new StreamDeleted { StreamIdentifier = batch.Identifier },
            GrpcStatusCode.InvalidArgument => new BadRequest { Message = failure.Message },
            GrpcStatusCode.PermissionDenied => new AccessDenied(),
            GrpcStatusCode.DeadlineExceeded or GrpcStatusCode.Aborted => new ProtocolTimeout(),
            _ => new Unknown(),
        };
        GrpcStatusCode code = failure.IsDeleted ? GrpcStatusCode.NotFound
            : failure.Code == GrpcStatusCode.Aborted ? GrpcStatusCode.DeadlineExceeded
            : failure.Code;
        BatchAppendResp answer = To(batch);
        answer.Error = Error(code, failure.Message, details);
        return answer;
    }

    private static BatchAppendResp To(OpenBatch batch) =>
        new() { CorrelationId = batch.CorrelationId, StreamIdentifier = batch.Identifier ?? new StreamIdentifier() };

    private static BatchAppendResp.Types.Success Success(AppendResult.Appended appended)
    {
        var success = new BatchAppendResp.Types.Success();
        if (appended.Revision == Revision.None)
        {
            success.NoStream = new ProtobufEmpty();
            success.NoPosition = new ProtobufEmpty();
        }
        else
        {
            success.CurrentRevision = (ulong)appended.Revision.Value;
            success.Position = new AllStreamPosition
            {
                CommitPosition = appended.Position.Commit,
                PreparePosition = appended.Position.Prepare,
            };
        }

        return success;
    }

    private static WrongExpectedVersion Wrong(ExpectedRevision expected, Revision actual)
    {
        var wrong = new WrongExpectedVersion();
        if (actual == Revision.None) wrong.CurrentNoStream = new ProtocolEmpty();
        else wrong.CurrentStreamRevision = (ulong)actual.Value;
        if (expected.IsAny) wrong.ExpectedAny = new ProtocolEmpty();
        else if (expected.IsStreamExists) wrong.ExpectedStreamExists = new ProtocolEmpty();
        else if (expected.Exact == Revision.None) wrong.ExpectedNoStream = new ProtocolEmpty();
        else wrong.ExpectedStreamPosition = (ulong)expected.Exact!.Value.Value;
        return wrong;
    }

    private static Status Error(GrpcStatusCode code, string message, IMessage details) =>
        new() { Code = (int)code, Message = message, Details = Any.Pack(details) };
}
