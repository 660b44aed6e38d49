using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.Tests.EventStoreDb;

public sealed class SettingsTests : EndpointFixture
{
    [Fact]
    public async Task Settings_are_written_to_and_read_from_the_metadata_stream()
    {
        AppendResp first = await SetAsync(null, """{"$tb":2,"$maxCount":10,"$maxAge":3600}""");
        first.Success.CurrentRevision.ShouldBe(0UL);
        (await Store.GetMetadataAsync(new StreamName("s"), Cancel))
            .ShouldBe(new StreamMetadata(new Revision(2), 10, TimeSpan.FromHours(1)));

        AppendResp second = await SetAsync(null, """{"$maxCount":5,"$tb":null}""");
        second.Success.CurrentRevision.ShouldBe(1UL);
        ReadResp read = (await ReadAsync(ReadOf("$$s", options =>
        {
            options.ReadDirection = ReadReq.Types.Options.Types.ReadDirection.Backwards;
            options.Stream.End = new Empty();
            options.Count = 1;
        }))).Single();
        TextOf(read).ShouldBe("""{"$maxCount":5}""");
        read.Event.Event.Metadata["type"].ShouldBe("$metadata");
        read.Event.Event.CommitPosition.ShouldBe(second.Success.Position.CommitPosition);
    }

    [Fact]
    public async Task Of_writers_that_expect_the_same_settings_one_is_written()
    {
        for (int round = 0; round < 5; round++)
        {
            AppendResp[] responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SetAsync(
                options =>
                {
                    if (round == 0) options.NoStream = new Empty();
                    else options.Revision = (ulong)(round - 1);
                },
                $$"""{"$maxCount":{{(round * 10) + i + 1}}}""")));
            AppendResp written = responses.Single(response => response.Success is not null);
            written.Success.CurrentRevision.ShouldBe((ulong)round);
            responses.Count(response => response.WrongExpectedVersion?.CurrentRevision == (ulong)round).ShouldBe(7);
        }
    }

    [Fact]
    public async Task Truncating_hides_the_front_and_the_mark_of_a_deleted_stream_all_of_it()
    {
        await AppendNumbersAsync("s", 5);
        await SetAsync(null, """{"$tb":3}""");
        (await TextsAsync(ReadOf("s"))).ShouldBe(["3", "4"]);
        await SetAsync(null, """{"$tb":9223372036854775807}""");
        (await ReadAsync(ReadOf("s"))).Single().StreamNotFound.ShouldNotBeNull();
        await AppendAsync("s", options => options.NoStream = new Empty(), Proposed("5"));
        (await TextsAsync(ReadOf("s"))).ShouldBe(["5"]);
    }

    [Theory]
    [InlineData("""{"$maxCount":0}""")]
    [InlineData("""{"$maxCount":"5"}""")]
    [InlineData("""{"$maxAge":-1}""")]
    [InlineData("""{"$tb":-1}""")]
    [InlineData("""{"$maxAge":9223372036854775807}""")]
    [InlineData("""{"mine":"\ud800"}""")]
    [InlineData("""{"mine":1}x""")]
    [InlineData("""{"$tombstone":true}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Settings_that_are_none_are_refused(string json)
    {
        await SetAsync(null, """{"$maxCount":5}""");
        GrpcException failure = await FailureAsync(() => SetAsync(null, json));
        failure.Code.ShouldBe(GrpcStatusCode.InvalidArgument);
        (await Store.GetMetadataAsync(new StreamName("s"), Cancel)).ShouldBe(new StreamMetadata(MaxCount: 5));
    }

    [Fact]
    public async Task Access_lists_and_properties_of_ones_own_are_kept()
    {
        const string Written = """{"$acl":{"$r":"someone","$w":["a","b"]},"$cacheControl":5,"mine":{"a":[1,2.50]},"$maxCount":3}""";
        await SetAsync(null, Written);
        ReadResp read = (await ReadAsync(ReadOf("$$s"))).Single();
        TextOf(read).ShouldBe("""{"$maxCount":3,"$acl":{"$r":"someone","$w":["a","b"]},"$cacheControl":5,"mine":{"a":[1,2.50]}}""");
        (await FailureAsync(() => SetAsync(null, $$"""{"mine":"{{new string('x', 65_536)}}"}"""))).Code.ShouldBe(GrpcStatusCode.InvalidArgument);
    }

    [Fact]
    public async Task Settings_that_the_program_sets_count_for_what_a_caller_expects()
    {
        await SetAsync(options => options.NoStream = new Empty(), """{"$maxCount":5}""");
        await Store.SetMetadataAsync(new StreamName("s"), ExpectedRevision.At(Revision.First), new StreamMetadata(MaxCount: 6), Cancel);
        (await SetAsync(options => options.Revision = 0, """{"$maxCount":7}""")).WrongExpectedVersion.CurrentRevision.ShouldBe(1UL);
        (await SetAsync(options => options.Revision = 1, """{"$maxCount":7}""")).Success.CurrentRevision.ShouldBe(2UL);
    }

    [Fact]
    public async Task A_metadata_stream_takes_one_event_of_its_own_type_at_a_time()
    {
        (await FailureAsync(() => AppendAsync("$$s", null, Proposed("{}")))).Message.ShouldContain("$metadata");
        (await FailureAsync(() => AppendAsync("$$s", null, ReadCallTests.Settings("{}"), ReadCallTests.Settings("{}"))))
            .Code.ShouldBe(GrpcStatusCode.InvalidArgument);
    }

    private Task<AppendResp> SetAsync(Action<AppendReq.Types.Options>? expect, string json) =>
        AppendAsync("$$s", expect, ReadCallTests.Settings(json));
}
