using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;

namespace Interstice.Server.Tests.EventStoreDb;

public sealed class ReadCallTests : EndpointFixture
{
    private const int Forwards = (int)ReadReq.Types.Options.Types.ReadDirection.Forwards;
    private const int Backwards = (int)ReadReq.Types.Options.Types.ReadDirection.Backwards;

    [Theory]
    [InlineData(Forwards, "start", 10UL, "0 1 2 3 4")]
    [InlineData(Forwards, "start", 2UL, "0 1")]
    [InlineData(Forwards, "start", 0UL, "")]
    [InlineData(Forwards, "3", 10UL, "3 4")]
    [InlineData(Forwards, "5", 10UL, "")]
    [InlineData(Forwards, "18446744073709551615", 10UL, "")]
    [InlineData(Forwards, "end", 10UL, "")]
    [InlineData(Backwards, "end", 10UL, "4 3 2 1 0")]
    [InlineData(Backwards, "end", 1UL, "4")]
    [InlineData(Backwards, "2", ulong.MaxValue, "2 1 0")]
    [InlineData(Backwards, "9", 2UL, "4 3")]
    [InlineData(Backwards, "start", 10UL, "0")]
    public async Task A_stream_is_read_from_any_place_either_way(int direction, string from, ulong count, string expected)
    {
        await AppendNumbersAsync("s", 5);

        string[] texts = await TextsAsync(ReadOf("s", options =>
        {
            options.ReadDirection = (ReadReq.Types.Options.Types.ReadDirection)direction;
            options.Count = count;
            if (from == "start") options.Stream.Start = new Empty();
            else if (from == "end") options.Stream.End = new Empty();
            else options.Stream.Revision = ulong.Parse(from, System.Globalization.CultureInfo.InvariantCulture);
        }));

        string.Join(' ', texts).ShouldBe(expected);
    }

    [Fact]
    public async Task An_event_says_its_stream_revision_position_type_and_time()
    {
        await AppendNumbersAsync("before", 1);
        AppendResp appended = await AppendAsync("s", null, Proposed("x", "Kind"));

        ReadResp.Types.ReadEvent read = (await ReadAsync(ReadOf("s"))).Single().Event;

        ReadResp.Types.ReadEvent.Types.RecordedEvent recorded = read.Event;
        recorded.StreamIdentifier.StreamName.ToStringUtf8().ShouldBe("s");
        recorded.StreamRevision.ShouldBe(0UL);
        recorded.CommitPosition.ShouldBe(appended.Success.Position.CommitPosition);
        recorded.PreparePosition.ShouldBe(appended.Success.Position.PreparePosition);
        read.CommitPosition.ShouldBe(recorded.CommitPosition);
        read.Link.ShouldBeNull();
        recorded.Metadata["type"].ShouldBe("Kind");
        recorded.Metadata["content-type"].ShouldBe("application/octet-stream");
        long ticks = long.Parse(recorded.Metadata["created"], System.Globalization.CultureInfo.InvariantCulture);
        (DateTime.UnixEpoch.AddTicks(ticks) - DateTime.UtcNow).Duration().ShouldBeLessThan(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_stream_that_is_not_there_is_told_of_and_is_no_failure()
    {
        ReadResp response = (await ReadAsync(ReadOf("missing"))).Single();
        response.StreamNotFound.StreamIdentifier.StreamName.ToStringUtf8().ShouldBe("missing");
    }

    [Theory]
    [InlineData("start", "last 4")]
    [InlineData("3", "last 4")]
    [InlineData("7", "first 2, last 4")]
    [InlineData("end", "first 2, last 4")]
    public async Task A_client_that_knows_them_is_told_the_bounds_of_the_stream(string from, string expected)
    {
        await AppendNumbersAsync("s", 5);
        await AppendAsync("$$s", null, Settings("""{"$tb":2}"""));

        List<ReadResp> responses = await ReadAsync(ReadOf("s", options =>
        {
            options.ControlOption = new ReadReq.Types.Options.Types.ControlOption { Compatibility = 1 };
            if (from == "end") options.Stream.End = new Empty();
            else if (from != "start") options.Stream.Revision = ulong.Parse(from, System.Globalization.CultureInfo.InvariantCulture);
        }));

        string.Join(", ", responses.Where(response => response.Event is null).Select(response => response.ContentCase switch
        {
            ReadResp.ContentOneofCase.FirstStreamPosition => $"first {response.FirstStreamPosition}",
            _ => $"last {response.LastStreamPosition}",
        })).ShouldBe(expected);
    }

    [Fact]
    public async Task All_is_read_either_way_from_any_event()
    {
        await AppendNumbersAsync("a", 3);
        await AppendNumbersAsync("b", 3);
        List<ReadResp> forwards = await ReadAsync(ReadOfAll());
        List<ReadResp> backwards = await ReadAsync(ReadOfAll(options =>
        {
            options.ReadDirection = ReadReq.Types.Options.Types.ReadDirection.Backwards;
            options.All.End = new Empty();
        }));

        forwards.Select(Name).ShouldBe(["a@0", "a@1", "a@2", "b@0", "b@1", "b@2"]);
        backwards.Select(Name).ShouldBe(forwards.Select(Name).Reverse());
        for (int i = 0; i < forwards.Count; i++)
        {
            var position = new ReadReq.Types.Options.Types.Position
            {
                CommitPosition = forwards[i].Event.Event.CommitPosition,
                PreparePosition = forwards[i].Event.Event.PreparePosition,
            };
            (await ReadAsync(ReadOfAll(options => options.All.Position = position))).Select(Name)
                .ShouldBe(forwards.Skip(i).Select(Name));
            (await ReadAsync(ReadOfAll(options =>
            {
                options.All.Position = position;
                options.ReadDirection = ReadReq.Types.Options.Types.ReadDirection.Backwards;
                options.Count = 2;
            }))).Select(Name).ShouldBe(forwards.Take(i).Reverse().Take(2).Select(Name));
        }

        (await ReadAsync(ReadOfAll(options => options.All.End = new Empty()))).ShouldBeEmpty();
        (await ReadAsync(ReadOfAll(options =>
            options.ReadDirection = ReadReq.Types.Options.Types.ReadDirection.Backwards))).ShouldBeEmpty();
        (await ReadAsync(ReadOfAll(options => options.Count = 0))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("stream prefix a", "a1@0 a1@1 a2@0")]
    [InlineData("stream prefix a1|b", "a1@0 a1@1 b@0")]
    [InlineData("stream regex ^[ab].?$", "a1@0 a1@1 a2@0 b@0")]
    [InlineData("stream regex ^(.).*(?<=2)$", "a2@0")]
    [InlineData("type prefix T", "a1@1 a2@0")]
    [InlineData("type prefix ", "a1@0 a1@1 a2@0 b@0 $$a1@0")]
    [InlineData("type regex ^[^\\$].*", "a1@0 a1@1 a2@0 b@0")]
    public async Task All_is_filtered_by_streams_and_by_types(string filter, string expected)
    {
        await AppendAsync("a1", null, Proposed("x", "Some"), Proposed("x", "Txx"));
        await AppendAsync("a2", null, Proposed("x", "Tyy"));
        await AppendAsync("b", null, Proposed("x", "Some"));
        await AppendAsync("$$a1", null, Settings("{}"));

        string.Join(' ', (await ReadAsync(ReadOfAll(options => options.Filter = Filter(filter)))).Select(Name)).ShouldBe(expected);
        ReadReq backwards = ReadOfAll(options =>
        {
            options.Filter = Filter(filter);
            options.ReadDirection = ReadReq.Types.Options.Types.ReadDirection.Backwards;
            options.All.End = new Empty();
            options.Count = 1;
        });
        (await ReadAsync(backwards)).Select(Name).ShouldBe([expected.Split(' ')[^1]]);
    }

    [Fact]
    public async Task A_regular_expression_that_never_ends_is_given_up()
    {
        await AppendAsync(new string('a', 60) + "!", null, Proposed("x"));

        // The reference to a group keeps it from being matched without backtracking.
        GrpcException failure = await FailureAsync(() =>
            ReadAsync(ReadOfAll(options => options.Filter = Filter(@"stream regex ^(a+)+(b)?\2?$"))));

        failure.Code.ShouldBe(GrpcStatusCode.ResourceExhausted);
        failure.Message.ShouldContain("takes too long");
    }

    [Fact]
    public async Task Requests_that_make_no_read_are_refused()
    {
        await AppendNumbersAsync("s", 1);
        ReadReq[] wrong =
        [
            new ReadReq(),
            ReadOf("s", options => options.ClearStreamOption()),
            ReadOf("s", options => options.ClearCountOption()),
            ReadOf("s", options => options.ClearFilterOption()),
            ReadOf("s", options => options.ReadDirection = (ReadReq.Types.Options.Types.ReadDirection)7),
            ReadOf("s", options => options.Stream.StreamIdentifier = null),
            ReadOf("s", options => options.Stream.StreamIdentifier = Identifier("")),
            ReadOf("s", options => options.Stream.ClearRevisionOption()),
            ReadOf("s", options => options.Filter = Filter("type prefix T")),
            ReadOf("s", options =>
            {
                options.Subscription = new ReadReq.Types.Options.Types.SubscriptionOptions();
                options.ReadDirection = ReadReq.Types.Options.Types.ReadDirection.Backwards;
            }),
            ReadOfAll(options => options.All.ClearAllOption()),
            ReadOfAll(options => options.All.Position = new ReadReq.Types.Options.Types.Position { CommitPosition = 1, PreparePosition = 2 }),
            ReadOfAll(options => options.Filter = new ReadReq.Types.Options.Types.FilterOptions { Count = new Empty() }),
            ReadOfAll(options => options.Filter = Filter("type regex (")),
            ReadOfAll(options => options.Filter = Filter("type regex " + new string('a', 5000))),
            ReadOfAll(options => options.Filter = Change(Filter("type prefix T"), filter => filter.ClearWindow())),
            ReadOfAll(options => options.Filter = Change(Filter("type prefix T"), filter => filter.Max = 0)),
            ReadOfAll(options => options.Filter = Change(Filter("type prefix T"), filter => filter.EventType.Regex = "x")),
            ReadOfAll(options => options.Filter = Change(Filter("type prefix T"), filter => filter.EventType.Prefix.Clear())),
            ReadOfAll(options =>
            {
                options.Subscription = new ReadReq.Types.Options.Types.SubscriptionOptions();
                options.Filter = Change(Filter("type prefix T"), filter => filter.CheckpointIntervalMultiplier = 0);
            }),
        ];
        foreach (ReadReq request in wrong)
            (await FailureAsync(() => ReadAsync(request))).Code.ShouldBe(GrpcStatusCode.InvalidArgument, $"{request}");
    }

    [Fact]
    public async Task Large_reads_arrive_whole()
    {
        string text = new('x', 1000);
        for (int i = 0; i < 20; i++)
            await AppendAsync("s", null, [.. Enumerable.Range(0, 500).Select(j => Proposed($"{i} {j} {text}"))]);

        string[] texts = await TextsAsync(ReadOf("s"));

        texts.ShouldBe(Enumerable.Range(0, 20).SelectMany(i => Enumerable.Range(0, 500).Select(j => $"{i} {j} {text}")));
    }

    internal static AppendReq.Types.ProposedMessage Settings(string json)
    {
        AppendReq.Types.ProposedMessage proposed = Proposed(json, "$metadata");
        proposed.Metadata["content-type"] = "application/json";
        return proposed;
    }

    /// <summary>A filter from a text: what it is of, its kind, its expression; prefixes are joined by a bar.</summary>
    internal static ReadReq.Types.Options.Types.FilterOptions Filter(string text)
    {
        string[] words = text.Split(' ', 3);
        var expression = new ReadReq.Types.Options.Types.FilterOptions.Types.Expression();
        if (words[1] == "regex") expression.Regex = words[2];
        else expression.Prefix.AddRange(words[2].Split('|'));
        var filter = new ReadReq.Types.Options.Types.FilterOptions { Max = 32, CheckpointIntervalMultiplier = 1 };
        if (words[0] == "stream") filter.StreamIdentifier = expression;
        else filter.EventType = expression;
        return filter;
    }

    private static T Change<T>(T message, Action<T> change)
    {
        change(message);
        return message;
    }

    private static string Name(ReadResp response) =>
        $"{response.Event.Event.StreamIdentifier.StreamName.ToStringUtf8()}@{response.Event.Event.StreamRevision}";
}
