using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.Tests.EventStoreDb;

public sealed class DeleteCallTests : EndpointFixture
{
    [Fact]
    public async Task A_deleted_stream_is_not_found_and_goes_on_counting_when_it_is_written_again()
    {
        await AppendNumbersAsync("s", 3);

        DeleteResp deleted = await DeleteAsync("s", options => options.Revision = 2);

        deleted.Position.CommitPosition.ShouldBeGreaterThan(0UL);
        (await ReadAsync(ReadOf("s"))).Single().StreamNotFound.ShouldNotBeNull();
        AppendResp exists = await AppendAsync("s", options => options.StreamExists = new Empty(), Proposed("x"));
        exists.WrongExpectedVersion.CurrentRevision.ShouldBe(2UL);
        AppendResp again = await AppendAsync("s", options => options.NoStream = new Empty(), Proposed("new"));
        again.Success.CurrentRevision.ShouldBe(3UL);
        (await TextsAsync(ReadOf("s"))).ShouldBe(["new"]);
        AppendResp twice = await AppendAsync("s", options => options.NoStream = new Empty(), Proposed("x"));
        twice.WrongExpectedVersion.CurrentRevision.ShouldBe(3UL);
    }

    [Fact]
    public async Task A_deletion_keeps_the_other_settings()
    {
        await AppendNumbersAsync("s", 3);
        await AppendAsync("$$s", null, ReadCallTests.Settings("""{"$maxCount":7,"$maxAge":60}"""));
        await DeleteAsync("s", options => options.Any = new Empty());
        (await Store.GetMetadataAsync(new StreamName("s"), Cancel))
            .ShouldBe(new StreamMetadata(new Revision(3), 7, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_deletion_under_an_expectation_that_is_not_met_is_refused_with_what_is_there()
    {
        await AppendNumbersAsync("s", 3);

        GrpcException atOne = await FailureAsync(() => DeleteAsync("s", options => options.Revision = 1));
        atOne.Code.ShouldBe(GrpcStatusCode.FailedPrecondition);
        atOne.Trailer("exception").ShouldBe("wrong-expected-version");
        atOne.Trailer("stream-name").ShouldBe("s");
        atOne.Trailer("expected-version").ShouldBe("1");
        atOne.Trailer("actual-version").ShouldBe("2");
        (await FailureAsync(() => DeleteAsync("s", options => options.NoStream = new Empty())))
            .Trailer("expected-version").ShouldBe("-1");
        GrpcException missing = await FailureAsync(() => DeleteAsync("ünï", options => options.StreamExists = new Empty()));
        missing.Trailer("expected-version").ShouldBe("-4");
        missing.Trailer("actual-version").ShouldBe("-1");
        missing.Trailer("stream-name").ShouldBe("%C3%BCn%C3%AF");
        (await TextsAsync(ReadOf("s"))).Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_stream_that_is_not_there_may_be_deleted_and_then_written()
    {
        await DeleteAsync("s", options => options.NoStream = new Empty());
        await DeleteAsync("s", options => options.Any = new Empty());
        (await ReadAsync(ReadOf("s"))).Single().StreamNotFound.ShouldNotBeNull();
        AppendResp first = await AppendAsync("s", options => options.NoStream = new Empty(), Proposed("first"));
        first.Success.CurrentRevision.ShouldBe(0UL);
        (await TextsAsync(ReadOf("s"))).ShouldBe(["first"]);
    }

    [Fact]
    public async Task Requests_that_make_no_deletion_are_refused()
    {
        DeleteReq[] wrong =
        [
            new DeleteReq(),
            new DeleteReq { Options = new DeleteReq.Types.Options { StreamIdentifier = Identifier("s") } },
            new DeleteReq { Options = new DeleteReq.Types.Options { Any = new Empty() } },
            new DeleteReq { Options = new DeleteReq.Types.Options { StreamIdentifier = Identifier("$$s"), Any = new Empty() } },
            new DeleteReq { Options = new DeleteReq.Types.Options { StreamIdentifier = Identifier(new string('s', 511)), Any = new Empty() } },
        ];
        foreach (DeleteReq request in wrong)
        {
            GrpcException failure = await FailureAsync(() =>
                Connection.CallAsync(ProtocolMethods.Delete, request, GrpcCallOptions.None, Cancel));
            failure.Code.ShouldBe(GrpcStatusCode.InvalidArgument, $"{request}");
        }
    }

    [Fact]
    public async Task A_tombstone_is_not_pretended()
    {
        var request = new DeleteReq { Options = new DeleteReq.Types.Options { StreamIdentifier = Identifier("s"), Any = new Empty() } };
        GrpcException failure = await FailureAsync(() =>
            Connection.CallAsync(ProtocolMethods.Tombstone, request, GrpcCallOptions.None, Cancel));
        failure.Code.ShouldBe(GrpcStatusCode.Unimplemented);
    }

    private Task<DeleteResp> DeleteAsync(string stream, Action<DeleteReq.Types.Options> expect)
    {
        var options = new DeleteReq.Types.Options { StreamIdentifier = Identifier(stream) };
        expect(options);
        return Connection.CallAsync(ProtocolMethods.Delete, new DeleteReq { Options = options }, GrpcCallOptions.None, Cancel);
    }
}
