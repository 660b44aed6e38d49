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
        ExpectDeleted(await FailureAsync(() => AppendAsync("s", options => options.StreamExists = new Empty(), Proposed("x"))), "s");
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
            .ShouldBe(new StreamMetadata(Revision.End, 7, TimeSpan.FromMinutes(1)));
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
    public async Task A_stream_whose_every_event_is_truncated_is_there_and_empty()
    {
        await AppendNumbersAsync("s", 3);
        await AppendAsync("$$s", null, ReadCallTests.Settings("""{"$tb":3}"""));
        (await ReadAsync(ReadOf("s"))).ShouldBeEmpty();
        (await AppendAsync("s", options => options.NoStream = new Empty(), Proposed("x"))).WrongExpectedVersion.CurrentRevision.ShouldBe(2UL);
        (await AppendAsync("s", options => options.StreamExists = new Empty(), Proposed("x"))).Success.CurrentRevision.ShouldBe(3UL);
    }

    [Fact]
    public async Task A_tombstone_closes_a_stream_for_ever()
    {
        await AppendNumbersAsync("ünï", 3);
        GrpcException wrong = await FailureAsync(() => TombstoneAsync("ünï", options => options.Revision = 1));
        wrong.Trailer("exception").ShouldBe("wrong-expected-version");
        wrong.Trailer("actual-version").ShouldBe("2");
        using GrpcCall<ReadReq, ReadResp> follower = await BeginAsync(ReadOf("ünï", options =>
            options.Subscription = new ReadReq.Types.Options.Types.SubscriptionOptions()));

        (await TombstoneAsync("ünï", options => options.Revision = 2)).Position.CommitPosition.ShouldBeGreaterThan(0UL);

        Func<Task>[] calls =
        [
            () => ReadAsync(ReadOf("ünï")), () => ReadAsync(ReadOf("$$ünï")), () => AppendNumbersAsync("ünï", 1),
            () => AppendAsync("ünï", options => options.NoStream = new Empty(), Proposed("x")),
            () => AppendAsync("$$ünï", null, ReadCallTests.Settings("{}")),
            () => DeleteAsync("ünï", options => options.Any = new Empty()), () => TombstoneAsync("ünï", options => options.Any = new Empty()),
            async () =>
            {
                while (await follower.ReadAsync() is not null)
                {
                }
            },
        ];
        foreach (Func<Task> call in calls) ExpectDeleted(await FailureAsync(call), "%C3%BCn%C3%AF");

        ReadResp last = (await ReadAsync(ReadOfAll(options =>
        {
            options.ReadDirection = ReadReq.Types.Options.Types.ReadDirection.Backwards;
            options.All.End = new Empty();
            options.Count = 1;
        }))).Single();
        last.Event.Event.Metadata["type"].ShouldBe("$streamDeleted");
        last.Event.Event.StreamRevision.ShouldBe((ulong)long.MaxValue);
    }

    [Fact]
    public async Task A_batch_append_to_a_closed_stream_is_told_so()
    {
        await TombstoneAsync("s", options => options.NoStream = new Empty());
        using GrpcCall<BatchAppendReq, BatchAppendResp> batch = Connection.Start(ProtocolMethods.BatchAppend, GrpcCallOptions.None, Cancel);
        await batch.WriteAsync(BatchAppendCallTests.Append(1, "s", BatchAppendCallTests.Any, BatchProposed("x")));
        BatchAppendCallTests.Detail<StreamDeleted>((await batch.ReadAsync())!, GrpcStatusCode.NotFound)
            .StreamIdentifier.StreamName.ToStringUtf8().ShouldBe("s");
    }

    [Fact]
    public async Task The_event_that_ends_a_stream_cannot_be_appended()
    {
        (await FailureAsync(() => AppendAsync("s", null, Proposed("x", DeletionKinds.TombstoneType)))).Code.ShouldBe(GrpcStatusCode.InvalidArgument);
        (await ReadAsync(ReadOf("s"))).Single().StreamNotFound.ShouldNotBeNull();
    }

    private static void ExpectDeleted(GrpcException failure, string stream)
    {
        failure.Code.ShouldBe(GrpcStatusCode.FailedPrecondition);
        failure.Trailer("exception").ShouldBe("stream-deleted");
        failure.Trailer("stream-name").ShouldBeOneOf(stream, "$$" + stream);
    }

    private Task<DeleteResp> DeleteAsync(string stream, Action<DeleteReq.Types.Options> expect) =>
        CallAsync(ProtocolMethods.Delete, stream, expect);

    private Task<DeleteResp> TombstoneAsync(string stream, Action<DeleteReq.Types.Options> expect) =>
        CallAsync(ProtocolMethods.Tombstone, stream, expect);

    private Task<DeleteResp> CallAsync(
        GrpcMethod<DeleteReq, DeleteResp> method, string stream, Action<DeleteReq.Types.Options> expect)
    {
        var options = new DeleteReq.Types.Options { StreamIdentifier = Identifier(stream) };
        expect(options);
        return Connection.CallAsync(method, new DeleteReq { Options = options }, GrpcCallOptions.None, Cancel);
    }
}
