using System.Net;
using Interstice.Kernel.Events;
using Interstice.Server.EventStoreDb;
using Interstice.TestKit.EventStores;
using Microsoft.AspNetCore.Http;

namespace Interstice.EventStoreDb.Tests.Faults;

// Goal: each way in which a server can be absent, wrong or unwilling is an EventStoreException of the right kind with a text that says what to
// do. Method: the endpoint stopped, slowed, limited or read-only; a server that answers with a status of the test's.
public sealed class ServerFaultTests : IAsyncLifetime
{
    private static readonly StreamName Stream = new("stream");

    private EndpointServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static EventStoreDbOptions Impatient => new()
    {
        ConnectWait = TimeSpan.Zero,
        AppendTimeout = TimeSpan.FromSeconds(20),
        ReadTimeout = TimeSpan.FromSeconds(20),
        RetriesMax = 2,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        RetryDelayMax = TimeSpan.FromMilliseconds(10),
    };

    public async ValueTask InitializeAsync() => _server = await EndpointServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_server_that_is_absent_at_the_start_is_reported_at_once_where_no_wait_is_wanted()
    {
        await _server.StopAsync();
        EventStoreException failure = await ConnectFailsAsync(_server.ConnectionString);
        failure.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
        failure.Message.ShouldContain($"127.0.0.1:{_server.Port} cannot be reached");
    }

    [Fact]
    public async Task A_server_that_is_absent_at_the_start_is_waited_for_and_the_log_says_so()
    {
        await _server.StopAsync();
        using var logs = new RecordedLogs();
        Task<EventStoreDbStore> connecting = EventStoreDbStore.ConnectAsync(
            _server.ConnectionString, Impatient with { ConnectWait = TimeSpan.FromMinutes(5) }, logs, cancellationToken: Cancel);
        await logs.First;
        await _server.ListenAsync();
        await using EventStoreDbStore store = await connecting;
        (await AppendAsync(store)).ShouldBeOfType<AppendResult.Appended>();
        logs.Lines.ShouldContain(line => line.StartsWith($"Warning: Waiting for 127.0.0.1:{_server.Port}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_gone_in_mid_run_and_comes_back_is_used_again()
    {
        await using EventStoreDbStore store = EventStoreDbStore.Connect(_server.ConnectionString, Impatient);
        await AppendAsync(store);
        await _server.StopAsync();

        EventStoreException append = await Should.ThrowAsync<EventStoreException>(() => AppendAsync(store));
        append.Kind.ShouldBeOneOf(EventStoreErrorKind.Unavailable, EventStoreErrorKind.Unknown);
        append.Message.ShouldContain("127.0.0.1");
        EventStoreException read = await Should.ThrowAsync<EventStoreException>(() => CountAsync(store));
        read.Kind.ShouldBe(EventStoreErrorKind.Unavailable);

        await _server.ListenAsync();
        (await CountAsync(store)).ShouldBe(1);
        (await AppendAsync(store)).ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(1));
    }

    [Fact]
    public async Task A_subscription_goes_on_when_the_server_was_restarted()
    {
        await using EventStoreDbStore store = EventStoreDbStore.Connect(_server.ConnectionString, Impatient);
        await AppendAsync(store);
        await using Follower follower = new(store.SubscribeToStreamAsync(Stream, Revision.None, Cancel));
        (await follower.UntilCaughtUpAsync()).Count.ShouldBe(1);
        await _server.StopAsync();
        await _server.Journal.AppendAsync(Stream, ExpectedRevision.Any, Events("second"), Cancel);
        await _server.ListenAsync();
        (await follower.TakeAsync(1)).ShouldBe(["second"]);
        await follower.UntilCaughtUpAsync();
        follower.TimesCaughtUp.ShouldBe(2);
    }

    // The server stays away until it was said.
    [Fact]
    public async Task A_subscription_says_that_it_fell_behind_when_the_connection_breaks_and_once()
    {
        await using EventStoreDbStore store = EventStoreDbStore.Connect(_server.ConnectionString, Impatient);
        await AppendAsync(store);
        await using IAsyncEnumerator<SubscriptionMessage> messages =
            store.SubscribeToStreamAsync(Stream, Revision.None, Cancel).GetAsyncEnumerator(Cancel);
        (await UntilCaughtUpAsync(messages)).ShouldNotContain(message => message is SubscriptionMessage.FellBehind);

        await _server.StopAsync();
        (await messages.MoveNextAsync()).ShouldBeTrue();
        messages.Current.ShouldBeOfType<SubscriptionMessage.FellBehind>();

        await _server.ListenAsync();
        (await UntilCaughtUpAsync(messages)).ShouldNotContain(message => message is SubscriptionMessage.FellBehind);
    }

    [Fact]
    public async Task An_append_that_a_node_refused_because_it_does_not_lead_was_not_written_if_it_was_alone()
    {
        int port = 0;
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AnsweringServer server = await AnsweringServer.StartAsync(async context =>
        {
            if (AnsweringServer.IsAboutFeatures(context))
            {
                AnsweringServer.End(context, 12, "an old server");
                return;
            }

            isAsked.TrySetResult();
            await mayAnswer.Task;
            AnsweringServer.End(context, 5, "not the leader", "not-leader");
            context.Response.AppendTrailer("leader-endpoint-host", "127.0.0.1");
            context.Response.AppendTrailer("leader-endpoint-port", $"{port}");
        });
        port = int.Parse(server.Authority.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        await using EventStoreDbStore store = EventStoreDbStore.Connect(server.ConnectionString, Impatient);

        Task<AppendResult> first = AppendAsync(store);
        await isAsked.Task.WaitAsync(Cancel);
        Task<AppendResult> second = AppendAsync(store);
        mayAnswer.SetResult();
        foreach (Task<AppendResult> append in (Task<AppendResult>[])[first, second])
            (await Should.ThrowAsync<EventStoreException>(() => append)).Kind.ShouldBe(EventStoreErrorKind.Unknown, "one may be written, whichever");

        EventStoreException alone = await Should.ThrowAsync<EventStoreException>(() => AppendAsync(store));
        alone.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
        alone.Message.ShouldContain("wrote nothing");
    }

    [Fact]
    public async Task A_subscription_ends_when_its_store_is_closed()
    {
        EventStoreDbStore store = EventStoreDbStore.Connect(_server.ConnectionString, Impatient);
        await using Follower follower = new(store.SubscribeToStreamAsync(Stream, Revision.None, Cancel));
        await follower.UntilCaughtUpAsync();
        await store.DisposeAsync();
        EventStoreException failure = await Should.ThrowAsync<EventStoreException>(() => follower.TakeAsync(1));
        failure.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
        failure.Message.ShouldBe("the store is closed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Settings_whose_answer_is_lost_may_be_kept_and_are_sent_again_only_if_nothing_is_expected(bool isAny)
    {
        await using AnsweringServer server = await AnsweringServer.StartAsync(context =>
        {
            if (AnsweringServer.IsAboutFeatures(context)) AnsweringServer.End(context, 12, "an old server");
            else context.Abort();
            return Task.CompletedTask;
        });
        await using EventStoreDbStore store = EventStoreDbStore.Connect(server.ConnectionString, Impatient);
        EventStoreException failure = await Should.ThrowAsync<EventStoreException>(async () => await store.SetMetadataAsync(
            Stream, isAny ? ExpectedRevision.Any : ExpectedRevision.NoStream, StreamMetadata.Empty with { MaxCount = 3 }, Cancel));
        failure.Kind.ShouldBe(EventStoreErrorKind.Unknown);
        failure.Message.ShouldContain("ask for them to know");
        server.CallCount.ShouldBe(isAny ? 1 + Impatient.RetriesMax : 1);
    }

    [Fact]
    public async Task Settings_that_were_sent_may_be_kept_whatever_a_later_try_is_told()
    {
        int calls = 0;
        await using AnsweringServer server = await AnsweringServer.StartAsync(context =>
        {
            if (AnsweringServer.IsAboutFeatures(context)) AnsweringServer.End(context, 12, "an old server");
            else if (Interlocked.Increment(ref calls) == 1) context.Abort();
            else AnsweringServer.End(context, 7, "denied", "access-denied");
            return Task.CompletedTask;
        });
        await using EventStoreDbStore store = EventStoreDbStore.Connect(server.ConnectionString, Impatient);
        EventStoreException failure = await Should.ThrowAsync<EventStoreException>(async () => await store.SetMetadataAsync(
            Stream, ExpectedRevision.Any, StreamMetadata.Empty with { MaxCount = 3 }, Cancel));
        failure.Kind.ShouldBe(EventStoreErrorKind.Unknown);
    }

    [Fact]
    public async Task Settings_that_nobody_was_sent_are_not_kept()
    {
        await _server.StopAsync();
        await using EventStoreDbStore store = EventStoreDbStore.Connect(_server.ConnectionString, Impatient);
        foreach (ExpectedRevision expected in new[] { ExpectedRevision.Any, ExpectedRevision.NoStream })
        {
            EventStoreException failure = await Should.ThrowAsync<EventStoreException>(async () => await store.SetMetadataAsync(
                Stream, expected, StreamMetadata.Empty with { MaxCount = 3 }, Cancel));
            failure.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
        }
    }

    [Fact]
    public async Task An_append_that_is_not_answered_in_time_has_an_unknown_outcome()
    {
        await using AnsweringServer hanging = await AnsweringServer.StartHangingAsync();
        await using EventStoreDbStore slow = EventStoreDbStore.Connect(
            hanging.ConnectionString, Impatient with { AppendTimeout = TimeSpan.FromSeconds(2) }); // long enough to connect
        EventStoreException failure = await Should.ThrowAsync<EventStoreException>(() => AppendAsync(slow));
        failure.Kind.ShouldBe(EventStoreErrorKind.Unknown);
        failure.Message.ShouldContain("read the stream to know");
    }

    [Theory]
    [InlineData(16, null, EventStoreErrorKind.Refused, "check user and password")]
    [InlineData(7, "access-denied", EventStoreErrorKind.Refused, "check the user's rights")]
    [InlineData(9, "stream-deleted", EventStoreErrorKind.StreamDeleted, "deleted")]
    [InlineData(12, null, EventStoreErrorKind.Unavailable, "not the answer of a store")]
    public async Task A_refusal_at_the_start_says_why_and_is_not_waited_for(int status, string? exception, EventStoreErrorKind kind, string what)
    {
        await using AnsweringServer server = await AnsweringServer.StartAsync(status, "not the answer of a store", exception);
        EventStoreException failure = await ConnectFailsAsync($"esdb://user:secret@{server.Authority}?tls=false");
        failure.Kind.ShouldBe(kind);
        failure.Message.ShouldContain(what);
        failure.Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_server_without_TLS_is_refused_by_a_client_that_wants_it()
    {
        EventStoreException failure = await ConnectFailsAsync($"esdb://127.0.0.1:{_server.Port}");
        failure.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
        failure.Message.ShouldContain("no TLS connection");
        failure.Message.ShouldContain("tlsVerifyCert");
    }

    [Fact]
    public async Task An_append_beyond_what_the_server_takes_is_refused_with_its_limit()
    {
        await using EventStoreDbEndpoint endpoint = await ServeAsync(_server.Journal, new EndpointOptions { AppendBytesMax = 1000 });
        await using EventStoreDbStore store = Connect(endpoint);
        EventStoreException failure = await Should.ThrowAsync<EventStoreException>(() => AppendAsync(store, new string('x', 5000)));
        failure.Kind.ShouldBe(EventStoreErrorKind.TooLarge);
        failure.Message.ShouldContain("1000 bytes");
        (await CountAsync(store)).ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_refuses_to_write_is_still_read()
    {
        await _server.Journal.AppendAsync(Stream, ExpectedRevision.NoStream, Events("first"), Cancel);
        var unwilling = new FaultInjectingStore(_server.Journal);
        unwilling.FailAppend(0, FaultInjectingStore.Fault.Full);
        StreamName module = StreamNames.Module("m");
        await using EventStoreDbEndpoint endpoint = await ServeAsync(unwilling);
        await using EventStoreDbStore store = Connect(endpoint);
        EventStoreException failure = await Should.ThrowAsync<EventStoreException>(
            async () => await store.AppendAsync(module, ExpectedRevision.NoStream, Events("first"), Cancel));
        failure.Kind.ShouldBe(EventStoreErrorKind.Unknown);
        failure.Message.ShouldContain("read the stream to know");
        (await CountAsync(store)).ShouldBe(1);
    }

    [Fact]
    public async Task Calls_are_refused_at_once_while_the_server_has_not_answered_lately()
    {
        await _server.StopAsync();
        EventStoreDbOptions options = Impatient with { BreakerCallsMin = 4, BreakTime = TimeSpan.FromSeconds(30), RetriesMax = 0 };
        await using EventStoreDbStore store = EventStoreDbStore.Connect(_server.ConnectionString, options);
        List<string> messages = [];
        for (int i = 0; i < 10; i++)
            messages.Add((await Should.ThrowAsync<EventStoreException>(() => AppendAsync(store))).Message);
        messages[0].ShouldContain("cannot be reached");
        messages[^1].ShouldContain("has not answered lately; nothing was sent");
    }

    [Theory]
    [InlineData("http://host:2113", "http")]
    [InlineData("esdb://user:pass:word@host:2113", "credentials are written user:password")]
    [InlineData("esdb://host:2113?unknown=1", "unknown")]
    public void A_connection_string_that_is_none_says_why_without_its_password(string text, string what)
    {
        ArgumentException refusal = Should.Throw<ArgumentException>(() => EventStoreDbStore.Connect(text));
        refusal.Message.ShouldContain(what);
        refusal.Message.ShouldNotContain("pass:word");
    }

    [Fact]
    public async Task Appends_that_arrive_out_of_order_are_refused_by_what_they_expect()
    {
        await using EventStoreDbStore store = EventStoreDbStore.Connect(_server.ConnectionString, Impatient);
        Task<AppendResult>[] appends =
        [
            .. new long[] { 2, 1, 0, -1 }.Select(after => store.AppendAsync(Stream, ExpectedRevision.At(new Revision(after)), Events($"{after}"), Cancel).AsTask()),
        ];
        AppendResult[] results = await Task.WhenAll(appends);
        results[..3].ShouldAllBe(result => result is AppendResult.WrongExpectedRevision);
        results[3].ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(Revision.First);
        (await CountAsync(store)).ShouldBe(1);
    }

    private static EventData[] Events(string text) =>
        [new(Guid.NewGuid(), "Happened", IsJson: false, System.Text.Encoding.UTF8.GetBytes(text), default)];

    private static async Task<AppendResult> AppendAsync(EventStoreDbStore store, string text = "first") =>
        await store.AppendAsync(Stream, ExpectedRevision.Any, Events(text), Cancel);

    private static async Task<List<SubscriptionMessage>> UntilCaughtUpAsync(IAsyncEnumerator<SubscriptionMessage> messages)
    {
        List<SubscriptionMessage> told = [];
        do
        {
            (await messages.MoveNextAsync()).ShouldBeTrue();
            told.Add(messages.Current);
        }
        while (messages.Current is not SubscriptionMessage.CaughtUp);
        return told;
    }

    private static async Task<int> CountAsync(EventStoreDbStore store)
    {
        int count = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in
                       store.ReadStreamAsync(Stream, ReadDirection.Forwards, Revision.First, cancellationToken: Cancel)) count += batch.Length;
        return count;
    }

    private static Task<EventStoreException> ConnectFailsAsync(string connectionString) => Should.ThrowAsync<EventStoreException>(
        () => EventStoreDbStore.ConnectAsync(connectionString, Impatient, cancellationToken: Cancel));

    private static EventStoreDbStore Connect(EventStoreDbEndpoint endpoint) =>
        EventStoreDbStore.Connect($"esdb://{endpoint.Address.Authority}?tls=false", Impatient);

    private static Task<EventStoreDbEndpoint> ServeAsync(IEventStore store, EndpointOptions? options = null) =>
        EventStoreDbEndpoint.StartAsync(store, new IPEndPoint(IPAddress.Loopback, 0), options ?? new EndpointOptions(), cancellationToken: Cancel);
}
