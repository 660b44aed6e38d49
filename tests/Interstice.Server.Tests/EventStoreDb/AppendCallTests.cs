using Google.Protobuf;
using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.Server.Tests.EventStoreDb;

public sealed class AppendCallTests : EndpointFixture
{
    [Fact]
    public async Task What_is_appended_is_in_the_store_as_it_was_sent()
    {
        var id = Guid.NewGuid();
        AppendReq.Types.ProposedMessage json = Proposed("""{"a":1}""", "Added");
        json.Id = new UUID { String = id.ToString() };
        json.Metadata["content-type"] = "application/json";
        json.CustomMetadata = ByteString.CopyFromUtf8("meta");

        AppendResp response = await AppendAsync("ünï-1", options => options.NoStream = new Empty(), Proposed("first"), json);

        List<RecordedCopy> stored = await StoredAsync("ünï-1");
        stored.Select(recorded => recorded.Text).ShouldBe(["first", """{"a":1}"""]);
        stored[1].Id.ShouldBe(id);
        stored[1].Type.ShouldBe("Added");
        stored[1].IsJson.ShouldBeTrue();
        stored[1].MetadataText.ShouldBe("meta");
        stored[0].IsJson.ShouldBeFalse();
        response.Success.CurrentRevision.ShouldBe(1UL);
        response.Success.Position.CommitPosition.ShouldBe(stored[1].Position.Commit);
    }

    [Fact]
    public async Task A_structured_id_is_the_same_as_its_text()
    {
        var id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
        AppendReq.Types.ProposedMessage proposed = Proposed("x");
        proposed.Id = new UUID
        {
            Structured = new UUID.Types.Structured
            {
                MostSignificantBits = 0x0011223344556677,
                LeastSignificantBits = unchecked((long)0x8899aabbccddeeff),
            },
        };
        await AppendAsync("s", null, proposed);

        (await StoredAsync("s")).Single().Id.ShouldBe(id);
        UUID structured = (await ReadAsync(ReadOf("s"))).Single().Event.Event.Id;
        structured.ShouldBe(proposed.Id);
        ReadReq asText = ReadOf("s", options => options.UuidOption.String = new Empty());
        (await ReadAsync(asText)).Single().Event.Event.Id.String.ShouldBe(id.ToString());
    }

    [Fact]
    public async Task An_expectation_that_is_not_met_is_an_answer_with_what_is_there()
    {
        await AppendNumbersAsync("s", 3);

        AppendResp atOne = await AppendAsync("s", options => options.Revision = 1, Proposed("x"));
        atOne.WrongExpectedVersion.CurrentRevision.ShouldBe(2UL);
        atOne.WrongExpectedVersion.CurrentRevision2060.ShouldBe(2UL);
        atOne.WrongExpectedVersion.ExpectedRevision.ShouldBe(1UL);
        AppendResp noStream = await AppendAsync("s", options => options.NoStream = new Empty(), Proposed("x"));
        noStream.WrongExpectedVersion.ExpectedNoStream.ShouldNotBeNull();
        AppendResp exists = await AppendAsync("missing", options => options.StreamExists = new Empty(), Proposed("x"));
        exists.WrongExpectedVersion.CurrentNoStream.ShouldNotBeNull();
        exists.WrongExpectedVersion.ExpectedStreamExists.ShouldNotBeNull();
        (await AppendAsync("s", options => options.Revision = 2, Proposed("3"))).Success.CurrentRevision.ShouldBe(3UL);
        (await TextsAsync(ReadOf("s"))).ShouldBe(["0", "1", "2", "3"]);
    }

    [Fact]
    public async Task The_same_events_again_are_answered_alike_and_written_once()
    {
        AppendReq.Types.ProposedMessage[] events = [Proposed("a"), Proposed("b")];
        AppendResp first = await AppendAsync("s", options => options.NoStream = new Empty(), events);
        AppendResp again = await AppendAsync("s", options => options.NoStream = new Empty(), events);

        again.ShouldBe(first);
        (await TextsAsync(ReadOf("s"))).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task An_append_without_events_says_where_the_stream_is()
    {
        AppendResp missing = await AppendAsync("s", options => options.NoStream = new Empty());
        missing.Success.NoStream.ShouldNotBeNull();
        missing.Success.NoPosition.ShouldNotBeNull();
        await AppendNumbersAsync("s", 2);
        (await AppendAsync("s", null)).Success.CurrentRevision.ShouldBe(1UL);
    }

    [Theory]
    [InlineData("type")]
    [InlineData("content-type")]
    public async Task An_event_without_its_required_metadata_is_refused_by_name(string property)
    {
        AppendReq.Types.ProposedMessage proposed = Proposed("x");
        proposed.Metadata.Remove(property);

        GrpcException failure = await FailureAsync(() => AppendAsync("s", null, proposed));

        failure.Code.ShouldBe(GrpcStatusCode.InvalidArgument);
        failure.Trailer("exception").ShouldBe("missing-required-metadata-property");
        failure.Message.ShouldContain($"\"{property}\"");
    }

    [Fact]
    public async Task An_append_over_the_size_is_refused_whole_and_the_size_is_told()
    {
        string half = new('x', 600_000);

        GrpcException failure = await FailureAsync(() => AppendAsync("s", null, Proposed(half), Proposed(half)));

        failure.Code.ShouldBe(GrpcStatusCode.InvalidArgument);
        failure.Trailer("exception").ShouldBe("maximum-append-size-exceeded");
        failure.Trailer("maximum-append-size").ShouldBe("1048576");
        (await StoredAsync("s")).ShouldBeEmpty();
        (await AppendAsync("s", null, Proposed(half))).Success.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_append_that_never_ends_is_refused_while_it_is_sent()
    {
        using GrpcCall<AppendReq, AppendResp> call = Connection.Start(ProtocolMethods.Append, GrpcCallOptions.None, Cancel);
        call.Add(new AppendReq { Options = new AppendReq.Types.Options { StreamIdentifier = Identifier("s"), Any = new Empty() } });
        var empty = new AppendReq { ProposedMessage = Proposed("") };
        Task writing = Task.Run(async () =>
        {
            do
            {
                for (int i = 0; i < 1000; i++) call.Add(empty);
            }
            while (await call.FlushAsync());
        });

        GrpcException failure = await FailureAsync(call.ReadOnlyOneAsync);
        failure.Code.ShouldBe(GrpcStatusCode.InvalidArgument);
        failure.Message.ShouldBe("an append may have 262144 events");
        await writing;
        (await StoredAsync("s")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Requests_that_make_no_append_are_refused_and_write_nothing()
    {
        AppendReq.Types.ProposedMessage good = Proposed("x");
        AppendReq Options(Action<AppendReq.Types.Options> change)
        {
            var options = new AppendReq.Types.Options { StreamIdentifier = Identifier("s"), Any = new Empty() };
            change(options);
            return new AppendReq { Options = options };
        }

        AppendReq Event(Action<AppendReq.Types.ProposedMessage> change)
        {
            AppendReq.Types.ProposedMessage proposed = good.Clone();
            change(proposed);
            return new AppendReq { ProposedMessage = proposed };
        }

        AppendReq options = Options(_ => { });
        AppendReq[][] wrong =
        [
            [],
            [Event(_ => { })],
            [new AppendReq()],
            [options, options],
            [options, new AppendReq()],
            [Options(o => o.StreamIdentifier = null)],
            [Options(o => o.StreamIdentifier = Identifier(""))],
            [Options(o => o.StreamIdentifier = Identifier("a\nb"))],
            [Options(o => o.StreamIdentifier = new StreamIdentifier { StreamName = ByteString.CopyFrom(0xff, 0xfe) })],
            [Options(o => o.StreamIdentifier = Identifier(new string('s', 513)))],
            [Options(o => o.StreamIdentifier = Identifier("$$"))],
            [Options(o => o.StreamIdentifier = Identifier("$$$$s"))],
            [Options(o => o.ClearExpectedStreamRevision())],
            [Options(o => o.Revision = ulong.MaxValue)],
            [options, Event(e => e.Id = null)],
            [options, Event(e => e.Id = new UUID())],
            [options, Event(e => e.Id = new UUID { String = "no id" })],
            [options, Event(e => e.Metadata["type"] = "")],
            [options, Event(e => e.Metadata["type"] = new string('ü', 128))],
        ];
        foreach (AppendReq[] requests in wrong)
        {
            using GrpcCall<AppendReq, AppendResp> call = Connection.Start(ProtocolMethods.Append, GrpcCallOptions.None, Cancel);
            foreach (AppendReq request in requests) call.Add(request);
            await call.FlushAsync();
            call.CompleteRequests();
            GrpcException failure = await FailureAsync(call.ReadOnlyOneAsync);
            failure.Code.ShouldBe(GrpcStatusCode.InvalidArgument, string.Join(", ", requests.Select(request => $"{request}")));
        }

        (await FailureAsync(() => AppendAsync("$all", null, good))).Trailer("exception").ShouldBe("access-denied");
        (await ReadAsync(ReadOfAll())).ShouldBeEmpty();
    }

    private Task<List<RecordedCopy>> StoredAsync(string stream) => StoreReading.CollectAsync(
        Store.ReadStreamAsync(new StreamName(stream), ReadDirection.Forwards, Revision.First, cancellationToken: Cancel));
}
