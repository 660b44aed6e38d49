using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>Streams/Append: options, any number of events, one answer.</summary>
internal sealed class AppendCall(StreamWrites writes, EndpointOptions options)
{
    internal async Task AnswerAsync(ServerCall<AppendReq, AppendResp> call)
    {
        AppendReq? first = await call.ReadAsync().ConfigureAwait(false);
        if (first?.ContentCase != AppendReq.ContentOneofCase.Options)
            throw CallFailureException.Invalid("an append begins with its options");
        StreamName stream = RequestFields.WritableStream(first.Options.StreamIdentifier);
        ExpectedRevision expected = Expected(first.Options);
        var events = new ProposedEvents(options.AppendBytesMax);
        while (await call.ReadAsync().ConfigureAwait(false) is { } request)
        {
            if (request.ContentCase != AppendReq.ContentOneofCase.ProposedMessage)
                throw CallFailureException.Invalid("only events may follow the options of an append");
            AppendReq.Types.ProposedMessage proposed = request.ProposedMessage;
            events.Add(proposed.Id, proposed.Metadata, proposed.CustomMetadata, proposed.Data);
        }

        Task<AppendResult> appending = writes.AppendAsync(stream, expected, events.ToArray()).AsTask();
        AppendResult result;
        try
        {
            result = await appending.WaitAsync(options.WriteTimeout, call.Ended).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new CallFailureException(GrpcStatusCode.Aborted, "the append took too long; it may be written yet");
        }

        await call.WriteAsync(Answer(result, expected)).ConfigureAwait(false);
    }

    private static ExpectedRevision Expected(AppendReq.Types.Options options) => options.ExpectedStreamRevisionCase switch
    {
        AppendReq.Types.Options.ExpectedStreamRevisionOneofCase.Revision => RequestFields.At(options.Revision),
        AppendReq.Types.Options.ExpectedStreamRevisionOneofCase.NoStream => ExpectedRevision.NoStream,
        AppendReq.Types.Options.ExpectedStreamRevisionOneofCase.Any => ExpectedRevision.Any,
        AppendReq.Types.Options.ExpectedStreamRevisionOneofCase.StreamExists => ExpectedRevision.StreamExists,
        _ => throw RequestFields.NoExpectation(),
    };

    private static AppendResp Answer(AppendResult result, ExpectedRevision expected)
    {
        if (result is AppendResult.WrongExpectedRevision wrong)
            return new AppendResp { WrongExpectedVersion = Wrong(wrong.Actual, expected) };
        (Revision revision, Position position) = (AppendResult.Appended)result;
        var success = new AppendResp.Types.Success();
        if (revision == Revision.None)
        {
            success.NoStream = new Empty();
            success.NoPosition = new Empty();
        }
        else
        {
            success.CurrentRevision = (ulong)revision.Value;
            success.Position = new AppendResp.Types.Position { CommitPosition = position.Commit, PreparePosition = position.Prepare };
        }

        return new AppendResp { Success = success };
    }

    private static AppendResp.Types.WrongExpectedVersion Wrong(Revision actual, ExpectedRevision expected)
    {
        var wrong = new AppendResp.Types.WrongExpectedVersion();
        if (actual == Revision.None)
        {
            wrong.CurrentNoStream = new Empty();
            wrong.NoStream2060 = new Empty();
        }
        else
        {
            wrong.CurrentRevision = wrong.CurrentRevision2060 = (ulong)actual.Value;
        }

        if (expected.IsAny) wrong.ExpectedAny = wrong.Any2060 = new Empty();
        else if (expected.IsStreamExists) wrong.ExpectedStreamExists = wrong.StreamExists2060 = new Empty();
        else if (expected.Exact == Revision.None) wrong.ExpectedNoStream = new Empty();
        else wrong.ExpectedRevision = wrong.ExpectedRevision2060 = (ulong)expected.Exact!.Value.Value;
        return wrong;
    }
}
