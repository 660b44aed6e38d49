using EventStore.Client;
using Interstice.EventStoreDb.Protocol.Grpc;

namespace Interstice.EventStoreDb.Protocol.Tests.Client;

public sealed class EventStoreClientTests : ClientFixture
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_appended_is_read_back(bool isClassic)
    {
        UserCredentials? credentials = isClassic ? new UserCredentials("admin", "changeit") : null;
        var data = new EventData(Uuid.NewUuid(), "Said", "{\"a\":1}"u8.ToArray(), "meta"u8.ToArray());

        IWriteResult result = await Client.AppendToStreamAsync(
            "ünï", StreamState.NoStream, [data, Event("second")], userCredentials: credentials, cancellationToken: Cancel);

        result.NextExpectedStreamRevision.ShouldBe(new StreamRevision(1));
        var read = new List<ResolvedEvent>();
        await foreach (ResolvedEvent resolved in Client.ReadStreamAsync(Direction.Forwards, "ünï", StreamPosition.Start)) read.Add(resolved);
        EventRecord first = read[0].Event;
        first.EventId.ShouldBe(data.EventId);
        first.EventStreamId.ShouldBe("ünï");
        first.EventType.ShouldBe("Said");
        first.ContentType.ShouldBe("application/json");
        first.Data.ToArray().ShouldBe("{\"a\":1}"u8.ToArray());
        first.Metadata.ToArray().ShouldBe("meta"u8.ToArray());
        (first.Created - DateTime.UtcNow).Duration().ShouldBeLessThan(TimeSpan.FromHours(1));
        read[1].OriginalEventNumber.ShouldBe(new StreamPosition(1));
        read[1].OriginalPosition.ShouldBe(result.LogPosition);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_expectation_that_is_not_met_is_thrown_or_given(bool isClassic)
    {
        UserCredentials? credentials = isClassic ? new UserCredentials("admin", "changeit") : null;
        await Client.AppendToStreamAsync("s", StreamState.Any, Events(3), cancellationToken: Cancel);

        WrongExpectedVersionException wrong = await Should.ThrowAsync<WrongExpectedVersionException>(Client.AppendToStreamAsync(
            "s", new StreamRevision(1), Events(1), userCredentials: credentials, cancellationToken: Cancel));
        wrong.StreamName.ShouldBe("s");
        wrong.ExpectedVersion.ShouldBe(1);
        wrong.ActualVersion.ShouldBe(2);
        WrongExpectedVersionException missing = await Should.ThrowAsync<WrongExpectedVersionException>(Client.AppendToStreamAsync(
            "missing", StreamState.StreamExists, Events(1), userCredentials: credentials, cancellationToken: Cancel));
        missing.ActualVersion.ShouldBeNull();
        missing.ActualStreamRevision.ShouldBe(StreamRevision.None);
        IWriteResult given = await Client.AppendToStreamAsync(
            "s",
            StreamRevision.None,
            Events(1),
            options => options.ThrowOnAppendFailure = false,
            userCredentials: credentials,
            cancellationToken: Cancel);
        given.ShouldBeOfType<WrongExpectedVersionResult>().ActualStreamRevision.ShouldBe(new StreamRevision(2));
        (await TextsAsync("s")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Chained_appends_in_flight_are_written_in_the_order_of_the_calls()
    {
        const int Appends = 2000;
        var appends = new List<Task<IWriteResult>>();
        for (int i = 0; i < Appends; i++)
            appends.Add(Client.AppendToStreamAsync("s", i == 0 ? StreamRevision.None : (ulong)((2 * i) - 1), Events(2, 2 * i)));

        IWriteResult[] results = await Task.WhenAll(appends);

        results.Select(result => result.NextExpectedVersion).ShouldBe(Enumerable.Range(0, Appends).Select(i => (2L * i) + 1));
        (await TextsAsync("s")).ShouldBe(Enumerable.Range(0, 2 * Appends).Select(i => $"{i}"));
    }

    [Fact]
    public async Task An_append_larger_than_a_chunk_is_one_write()
    {
        await Client.AppendToStreamAsync("s", StreamState.NoStream, Events(1000), options => options.BatchAppendSize = 100, cancellationToken: Cancel);
        (await TextsAsync("s")).ShouldBe(Enumerable.Range(0, 1000).Select(i => $"{i}"));
        MaximumAppendSizeExceededException tooLarge = await Should.ThrowAsync<MaximumAppendSizeExceededException>(
            Client.AppendToStreamAsync("large", StreamState.Any, [Event(new string('x', 2_000_000))], cancellationToken: Cancel));
        tooLarge.MaxAppendSize.ShouldBe(1048576U);
        GrpcException invalid = await Should.ThrowAsync<GrpcException>(
            Client.AppendToStreamAsync("s", StreamState.Any, [Event("x", new string('t', 300))], cancellationToken: Cancel));
        invalid.Code.ShouldBe(GrpcStatusCode.InvalidArgument);
    }

    [Fact]
    public async Task A_stream_is_read_either_way_and_says_whether_it_is_there()
    {
        await Client.AppendToStreamAsync("s", StreamState.Any, Events(5), cancellationToken: Cancel);
        (await TextsAsync(Client.ReadStreamAsync(Direction.Backwards, "s", StreamPosition.End, 2))).ShouldBe(["4", "3"]);
        (await TextsAsync(Client.ReadStreamAsync(Direction.Forwards, "s", 3))).ShouldBe(["3", "4"]);
        EventStoreClient.ReadStreamResult behind = Client.ReadStreamAsync(Direction.Forwards, "s", 9);
        (await behind.ReadState).ShouldBe(ReadState.Ok);
        List<StreamMessage> messages = await behind.Messages.ToListAsync(Cancel);
        messages.ShouldBe([new StreamMessage.Ok(), new StreamMessage.FirstStreamPosition(0), new StreamMessage.LastStreamPosition(4)]);
        behind.LastStreamPosition.ShouldBe(new StreamPosition(4));
        await Should.ThrowAsync<InvalidOperationException>(async () => await behind.Messages.ToListAsync(Cancel));

        EventStoreClient.ReadStreamResult missing = Client.ReadStreamAsync(Direction.Forwards, "missing", StreamPosition.Start);
        (await missing.ReadState).ShouldBe(ReadState.StreamNotFound);
        (await missing.Messages.ToListAsync(Cancel)).ShouldBe([new StreamMessage.NotFound()]);
        (await Should.ThrowAsync<StreamNotFoundException>(TextsAsync("missing"))).Stream.ShouldBe("missing");
    }

    [Fact]
    public async Task All_is_read_either_way_and_filtered()
    {
        await Client.AppendToStreamAsync("a", StreamState.Any, Events(2), cancellationToken: Cancel);
        IWriteResult last = await Client.AppendToStreamAsync("b", StreamState.Any, [Event("2", "Other")], cancellationToken: Cancel);
        (await TextsAsync(Client.ReadAllAsync(Direction.Forwards, Position.Start))).ShouldBe(["0", "1", "2"]);
        (await TextsAsync(Client.ReadAllAsync(Direction.Backwards, Position.End, 2))).ShouldBe(["2", "1"]);
        (await TextsAsync(Client.ReadAllAsync(Direction.Forwards, last.LogPosition))).ShouldBe(["2"]);
        (await TextsAsync(Client.ReadAllAsync(Direction.Forwards, Position.Start, StreamFilter.Prefix("a")))).ShouldBe(["0", "1"]);
        (await TextsAsync(Client.ReadAllAsync(Direction.Forwards, Position.Start, EventTypeFilter.RegularExpression("^O")))).ShouldBe(["2"]);
        (await TextsAsync(Client.ReadAllAsync(Direction.Forwards, Position.Start, EventTypeFilter.ExcludeSystemEvents()))).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_subscription_goes_on_from_what_was_seen_and_ends_when_it_is_disposed_of()
    {
        await Client.AppendToStreamAsync("s", StreamState.Any, Events(3), cancellationToken: Cancel);
        await using EventStoreClient.StreamSubscriptionResult subscription = Client.SubscribeToStream("s", FromStream.After(0));
        await using IAsyncEnumerator<StreamMessage> messages = subscription.Messages.GetAsyncEnumerator(Cancel);
        (await NextAsync(messages)).ShouldBe(new StreamMessage.SubscriptionConfirmation(subscription.SubscriptionId!));
        TextOf(((StreamMessage.Event)await NextAsync(messages)).ResolvedEvent).ShouldBe("1");
        TextOf(((StreamMessage.Event)await NextAsync(messages)).ResolvedEvent).ShouldBe("2");
        (await NextAsync(messages)).ShouldBeOfType<StreamMessage.CaughtUp>();
        await Client.AppendToStreamAsync("s", StreamState.Any, Events(1, 3), cancellationToken: Cancel);
        TextOf(((StreamMessage.Event)await NextAsync(messages)).ResolvedEvent).ShouldBe("3");

        ValueTask<bool> waiting = messages.MoveNextAsync();
        await subscription.DisposeAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting.AsTask());
    }

    [Fact]
    public async Task A_filtered_subscription_to_all_tells_its_place()
    {
        IWriteResult first = await Client.AppendToStreamAsync("wanted", StreamState.Any, Events(1), cancellationToken: Cancel);
        IWriteResult last = await Client.AppendToStreamAsync("other", StreamState.Any, Events(50), cancellationToken: Cancel);
        await using EventStoreClient.StreamSubscriptionResult subscription = Client.SubscribeToAll(
            FromAll.After(first.LogPosition), filterOptions: new SubscriptionFilterOptions(StreamFilter.Prefix("wanted")));
        Position reached = Position.Start;
        await foreach (StreamMessage message in subscription.Messages.WithCancellation(Cancel))
        {
            message.ShouldNotBeOfType<StreamMessage.Event>();
            if (message is StreamMessage.AllStreamCheckpointReached checkpoint) reached = checkpoint.Position;
            if (message is StreamMessage.CaughtUp) break;
        }

        reached.ShouldBe(last.LogPosition);
    }

    [Fact]
    public async Task Settings_of_a_stream_are_set_and_read()
    {
        StreamMetadataResult none = await Client.GetStreamMetadataAsync("s", cancellationToken: Cancel);
        none.MetastreamRevision.ShouldBeNull();
        var metadata = new StreamMetadata(maxCount: 3, maxAge: TimeSpan.FromHours(1), truncateBefore: 2);
        await Client.SetStreamMetadataAsync("s", StreamState.NoStream, metadata, cancellationToken: Cancel);

        StreamMetadataResult read = await Client.GetStreamMetadataAsync("s", cancellationToken: Cancel);

        read.MetastreamRevision.ShouldBe(new StreamPosition(0));
        read.Metadata.MaxCount.ShouldBe(3);
        read.Metadata.MaxAge.ShouldBe(TimeSpan.FromHours(1));
        read.Metadata.TruncateBefore.ShouldBe(new StreamPosition(2));
        await Should.ThrowAsync<WrongExpectedVersionException>(
            Client.SetStreamMetadataAsync("s", new StreamRevision(4), default, cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_stream_is_deleted_under_an_expectation()
    {
        await Client.AppendToStreamAsync("s", StreamState.Any, Events(3), cancellationToken: Cancel);
        WrongExpectedVersionException wrong = await Should.ThrowAsync<WrongExpectedVersionException>(
            Client.DeleteAsync("s", new StreamRevision(1), cancellationToken: Cancel));
        wrong.ActualVersion.ShouldBe(2);
        DeleteResult deleted = await Client.DeleteAsync("s", new StreamRevision(2), cancellationToken: Cancel);
        (deleted.LogPosition > Position.Start).ShouldBeTrue();
        await Should.ThrowAsync<StreamNotFoundException>(TextsAsync("s"));
        (await Client.AppendToStreamAsync("s", StreamState.NoStream, Events(1), cancellationToken: Cancel)).NextExpectedVersion.ShouldBe(3);
        await Client.TombstoneAsync("s", StreamState.Any, cancellationToken: Cancel);
        await Should.ThrowAsync<StreamDeletedException>(
            Client.AppendToStreamAsync("s", StreamState.Any, Events(1), cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_server_that_comes_back_is_used_again()
    {
        await Client.AppendToStreamAsync("s", StreamState.Any, Events(1), cancellationToken: Cancel);
        EventStoreClient.StreamSubscriptionResult subscription = Client.SubscribeToStream("s", FromStream.End);
        await using IAsyncEnumerator<StreamMessage> messages = subscription.Messages.GetAsyncEnumerator(Cancel);
        await NextAsync(messages);
        await NextAsync(messages);

        await RestartAsync();

        GrpcException dropped = await Should.ThrowAsync<GrpcException>(messages.MoveNextAsync().AsTask());
        dropped.Code.ShouldBe(GrpcStatusCode.Unavailable);
        for (IWriteResult? written = null; written is null;)
        {
            try
            {
                written = await Client.AppendToStreamAsync("s", new StreamRevision(0), [Event("after")], cancellationToken: Cancel);
            }
            catch (GrpcException failure)
            {
                failure.Code.ShouldBe(GrpcStatusCode.Unavailable);
            }
        }

        (await TextsAsync("s")).ShouldBe(["0", "after"]);
    }

    [Fact]
    public async Task A_cluster_is_found_by_gossip()
    {
        await using EventStoreClient cluster = Connect("esdb+discover");
        await cluster.AppendToStreamAsync("s", StreamState.NoStream, Events(1), cancellationToken: Cancel);
        (await TextsAsync("s")).ShouldBe(["0"]);

        await using var nowhere = new EventStoreClient(EventStoreClientSettings.Create(
            "esdb+discover://127.0.0.1:1?tls=false&maxDiscoverAttempts=2&discoveryInterval=1"));
        DiscoveryException failure = await Should.ThrowAsync<DiscoveryException>(
            nowhere.AppendToStreamAsync("s", StreamState.Any, Events(1), cancellationToken: Cancel));
        failure.MaxDiscoverAttempts.ShouldBe(2);
    }

    [Fact]
    public async Task A_deadline_may_be_longer_than_a_timer_takes_and_may_have_passed()
    {
        foreach (TimeSpan deadline in (TimeSpan[])[GrpcTimeout.TimerMax, TimeSpan.FromDays(50), TimeSpan.MaxValue, Timeout.InfiniteTimeSpan])
            await Client.AppendToStreamAsync("s", StreamState.Any, Events(1), deadline: deadline, cancellationToken: Cancel);
        GrpcException late = await Should.ThrowAsync<GrpcException>(Client.AppendToStreamAsync(
            "s", StreamState.Any, Events(1), deadline: TimeSpan.MinValue, cancellationToken: Cancel));
        late.Code.ShouldBe(GrpcStatusCode.DeadlineExceeded);
        (await TextsAsync("s")).ShouldBe(["0", "0", "0", "0"]);
    }

    [Fact]
    public async Task A_client_that_is_closed_fails_what_waits_and_what_comes()
    {
        await using EventStoreClient other = Connect();
        await other.AppendToStreamAsync("s", StreamState.Any, Events(1), cancellationToken: Cancel);
        await other.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(other.AppendToStreamAsync("s", StreamState.Any, Events(1), cancellationToken: Cancel));
        await Should.ThrowAsync<ObjectDisposedException>(other.DeleteAsync("s", StreamState.Any, cancellationToken: Cancel));
    }

    private static async Task<StreamMessage> NextAsync(IAsyncEnumerator<StreamMessage> messages)
    {
        (await messages.MoveNextAsync()).ShouldBeTrue();
        return messages.Current;
    }
}
