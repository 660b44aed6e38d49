using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.Tests.EventStoreDb;

public sealed class SubscriptionTests : EndpointFixture
{
    [Fact]
    public async Task A_subscription_confirms_catches_up_and_goes_on_live()
    {
        await AppendNumbersAsync("s", 3);
        using GrpcCall<ReadReq, ReadResp> call = await BeginAsync(ReadOf("s", Subscribe));

        (await call.ReadAsync())!.Confirmation.SubscriptionId.ShouldNotBeEmpty();
        (await TakeAsync(call, 4)).ShouldBe(["0", "1", "2", "caught up"]);
        for (int i = 3; i < 50; i++)
        {
            await AppendAsync("s", null, Proposed($"{i}"));
            (await TakeAsync(call, 1)).ShouldBe([$"{i}"]);
        }
    }

    [Theory]
    [InlineData("start", "0 1 2 caught up live")]
    [InlineData("0", "1 2 caught up live")]
    [InlineData("2", "caught up live")]
    [InlineData("end", "caught up live")]
    public async Task A_subscription_to_a_stream_begins_behind_what_was_seen(string from, string expected)
    {
        await AppendNumbersAsync("s", 3);
        using GrpcCall<ReadReq, ReadResp> call = await BeginAsync(ReadOf("s", options =>
        {
            Subscribe(options);
            if (from == "end") options.Stream.End = new Empty();
            else if (from != "start") options.Stream.Revision = ulong.Parse(from, System.Globalization.CultureInfo.InvariantCulture);
        }));
        (await call.ReadAsync())!.Confirmation.ShouldNotBeNull();
        await AppendAsync("other", null, Proposed("not this"));
        await AppendAsync("s", null, Proposed("live"));

        List<string> seen = [];
        while (seen.LastOrDefault() != "live") seen.AddRange(await TakeAsync(call, 1));

        // The live event may come before or behind the word that all was caught up.
        seen.Where(text => text != "caught up").ShouldBe(expected.Replace("caught up ", "", StringComparison.Ordinal).Split(' '));
    }

    [Fact]
    public async Task A_subscription_to_a_stream_that_is_not_there_waits_for_it()
    {
        using GrpcCall<ReadReq, ReadResp> call = await BeginAsync(ReadOf("later", Subscribe));
        (await call.ReadAsync())!.Confirmation.ShouldNotBeNull();
        (await TakeAsync(call, 1)).ShouldBe(["caught up"]);
        await AppendNumbersAsync("later", 2);
        (await TakeAsync(call, 2)).ShouldBe(["0", "1"]);
    }

    [Fact]
    public async Task A_subscription_to_all_begins_behind_any_position_and_at_the_end()
    {
        await AppendNumbersAsync("a", 2);
        await AppendNumbersAsync("b", 2);
        List<ReadResp> all = await ReadAsync(ReadOfAll());
        for (int i = 0; i < all.Count; i++)
        {
            var position = new ReadReq.Types.Options.Types.Position
            {
                CommitPosition = all[i].Event.Event.CommitPosition,
                PreparePosition = all[i].Event.Event.PreparePosition,
            };
            using GrpcCall<ReadReq, ReadResp> call = await BeginAsync(ReadOfAll(options =>
            {
                Subscribe(options);
                options.All.Position = position;
            }));
            (await call.ReadAsync())!.Confirmation.ShouldNotBeNull();
            (await TakeAsync(call, all.Count - i)).ShouldBe([.. all.Skip(i + 1).Select(TextOf), "caught up"]);
        }

        using GrpcCall<ReadReq, ReadResp> live = await BeginAsync(ReadOfAll(options =>
        {
            Subscribe(options);
            options.All.End = new Empty();
        }));
        (await live.ReadAsync())!.Confirmation.ShouldNotBeNull();
        (await TakeAsync(live, 1)).ShouldBe(["caught up"]);
        await AppendAsync("c", null, Proposed("new"));
        (await TakeAsync(live, 1)).ShouldBe(["new"]);
    }

    [Theory]
    [InlineData("stream prefix wanted")]
    [InlineData("stream regex ^wanted$")]
    public async Task A_filtered_subscription_tells_how_far_it_has_looked(string filter)
    {
        await AppendNumbersAsync("wanted", 1);
        AppendResp last = await AppendNumbersAsync("other", 200);
        using GrpcCall<ReadReq, ReadResp> call = await BeginAsync(Filtered(filter));
        (await call.ReadAsync())!.Confirmation.ShouldNotBeNull();

        List<string> texts = [];
        ulong checkpoint = 0;
        while (texts.Count < 1 || checkpoint < last.Success.Position.CommitPosition)
        {
            ReadResp response = (await call.ReadAsync())!;
            if (response.Event is not null) texts.Add(TextOf(response));
            if (response.Checkpoint is { } told)
            {
                told.CommitPosition.ShouldBeGreaterThanOrEqualTo(checkpoint);
                checkpoint = told.CommitPosition;
            }
        }

        texts.ShouldBe(["0"]);
        using GrpcCall<ReadReq, ReadResp> resumed = await BeginAsync(Filtered(filter, checkpoint));
        (await resumed.ReadAsync())!.Confirmation.ShouldNotBeNull();
        await AppendAsync("wanted", null, Proposed("1"));
        List<string> after = [];
        while (after.LastOrDefault() != "1") after.AddRange(await TakeAsync(resumed, 1));
        after.Where(text => text is not ("caught up" or "checkpoint")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task Checkpoints_come_at_the_interval_that_was_asked_for()
    {
        await AppendNumbersAsync("wanted", 100);
        using GrpcCall<ReadReq, ReadResp> call = await BeginAsync(ReadOfAll(options =>
        {
            Subscribe(options);
            options.Filter = ReadCallTests.Filter("type prefix Hap");
            options.Filter.Max = 5;
            options.Filter.CheckpointIntervalMultiplier = 2;
        }));
        (await call.ReadAsync())!.Confirmation.ShouldNotBeNull();

        List<string> seen = await TakeAsync(call, 111);

        seen[^1].ShouldBe("caught up");
        for (int i = 0; i < 10; i++) seen[(i * 11) + 10].ShouldBe("checkpoint");
        seen.Count(text => text == "checkpoint").ShouldBe(10);
    }

    [Fact]
    public async Task A_subscriber_who_leaves_ends_it_and_a_server_that_stops_tells_the_others()
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using GrpcCall<ReadReq, ReadResp> leaving =
            Connection.Start(Interstice.EventStoreDb.Protocol.ProtocolMethods.Read, GrpcCallOptions.None, leave.Token);
        await leaving.WriteAsync(ReadOf("s", Subscribe));
        leaving.CompleteRequests();
        await leaving.ReadAsync();
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(leaving.ReadAsync().AsTask());

        using GrpcCall<ReadReq, ReadResp> staying = await BeginAsync(ReadOf("s", Subscribe));
        (await staying.ReadAsync())!.Confirmation.ShouldNotBeNull();
        (await TakeAsync(staying, 1)).ShouldBe(["caught up"]);
        Task<GrpcException> failing = FailureAsync(() => staying.ReadAsync().AsTask());
        await Endpoint.DisposeAsync();
        GrpcException failure = await failing;
        failure.Code.ShouldBe(GrpcStatusCode.Unavailable);
        failure.Message.ShouldBe("the server is stopping");
    }

    [Fact]
    public async Task A_subscriber_who_is_far_behind_after_having_caught_up_is_told_so()
    {
        const int Many = 150_000;
        using GrpcCall<ReadReq, ReadResp> call = await BeginAsync(ReadOf("s", Subscribe));
        (await call.ReadAsync())!.Confirmation.ShouldNotBeNull();
        (await TakeAsync(call, 1)).ShouldBe(["caught up"]);
        EventData[] events = [.. Enumerable.Range(0, Many).Select(_ => new EventData(Guid.NewGuid(), "x", false, default, default))];
        await Store.AppendAsync(new StreamName("s"), ExpectedRevision.NoStream, events, Cancel);

        (await TakeAsync(call, 1)).ShouldBe(["fell behind"]);
        (await TakeAsync(call, Many)).ShouldAllBe(text => text == "");
        (await TakeAsync(call, 1)).ShouldBe(["caught up"]);
    }

    // 40,000 events of a kilobyte are far more than the windows of a connection hold.
    [Fact]
    public async Task A_subscriber_who_reads_slowly_holds_up_neither_writers_nor_other_readers_and_loses_nothing()
    {
        string kilobyte = new('x', 1000);
        using GrpcCall<ReadReq, ReadResp> slow = await BeginAsync(ReadOf("s", Subscribe));
        (await slow.ReadAsync())!.Confirmation.ShouldNotBeNull();
        for (int i = 0; i < 80; i++)
            await AppendAsync("s", null, [.. Enumerable.Range(0, 500).Select(j => Proposed($"{(i * 500) + j} {kilobyte}"))]);
        (await TextsAsync(ReadOf("s", options => options.Count = 1))).Length.ShouldBe(1);

        int next = 0;
        while (next < 40_000)
        {
            ReadResp response = (await slow.ReadAsync())!;
            if (response.Event is not null) TextOf(response).ShouldBe($"{next++} {kilobyte}");
        }
    }

    private static ReadReq Filtered(string filter, ulong? after = null) => ReadOfAll(options =>
    {
        Subscribe(options);
        options.Filter = ReadCallTests.Filter(filter);
        if (after is { } position)
            options.All.Position = new ReadReq.Types.Options.Types.Position { CommitPosition = position, PreparePosition = position };
    });

    private static void Subscribe(ReadReq.Types.Options options) =>
        options.Subscription = new ReadReq.Types.Options.Types.SubscriptionOptions();

    private static async Task<List<string>> TakeAsync(GrpcCall<ReadReq, ReadResp> call, int count)
    {
        List<string> texts = [];
        while (texts.Count < count)
        {
            ReadResp response = (await call.ReadAsync())!;
            texts.Add(response.ContentCase switch
            {
                ReadResp.ContentOneofCase.Event => TextOf(response),
                ReadResp.ContentOneofCase.CaughtUp => "caught up",
                ReadResp.ContentOneofCase.FellBehind => "fell behind",
                ReadResp.ContentOneofCase.Checkpoint => "checkpoint",
                _ => $"{response}",
            });
        }

        return texts;
    }
}
