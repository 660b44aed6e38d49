using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Microsoft.AspNetCore.Http;

namespace Interstice.EventStoreDb.Protocol.Tests.Grpc;

public sealed class GrpcCallTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_with_one_request_and_one_response_gives_the_response()
    {
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            await call.WriteAsync(await call.ReadAsync() + " answered to " + call.Context.Request.Headers["connection-name"]);
            (await call.ReadAsync()).ShouldBeNull();
            call.End(0);
        });
        using GrpcConnection connection = server.Connect();
        var options = new GrpcCallOptions(new Dictionary<string, string> { ["connection-name"] = "the test" });

        StreamIdentifier response = await connection.CallAsync(GrpcServer.Method, ServerCall.Message("request"), options, Cancel);

        response.StreamName.ToStringUtf8().ShouldBe("request answered to the test");
    }

    [Fact]
    public async Task Responses_are_read_in_order_whatever_their_size()
    {
        string[] sent = [.. Enumerable.Range(0, 60).Select(i => new string((char)('a' + (i % 26)), i * i * i))];
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            foreach (string text in sent) await call.WriteAsync(text);
            call.End(0);
        });
        using GrpcConnection connection = server.Connect();
        using GrpcCall<StreamIdentifier, StreamIdentifier> call = Start(connection);
        call.CompleteRequests();

        (await ReadAllAsync(call)).ShouldBe(sent);

        (await call.ReadAsync()).ShouldBeNull("a second read behind the end is no error");
    }

    [Fact]
    public async Task Requests_arrive_in_order_and_one_response_answers_them()
    {
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            List<string> requests = [];
            while (await call.ReadAsync() is { } request) requests.Add(request);
            await call.WriteAsync(string.Join(' ', requests));
            call.End(0);
        });
        using GrpcConnection connection = server.Connect();
        using GrpcCall<StreamIdentifier, StreamIdentifier> call = Start(connection);

        call.Add(ServerCall.Message("one"));
        call.Add(ServerCall.Message("two"));
        call.AddedBytes.ShouldBe(2 * (GrpcFrames.PrefixBytes + ServerCall.Message("one").CalculateSize()));
        (await call.FlushAsync()).ShouldBeTrue();
        call.AddedBytes.ShouldBe(0);
        (await call.WriteAsync(ServerCall.Message("three"))).ShouldBeTrue();
        call.CompleteRequests();

        (await call.ReadOnlyOneAsync()).StreamName.ToStringUtf8().ShouldBe("one two three");
    }

    // Each side waits for the other at every step, so a side that buffers would never end.
    [Fact]
    public async Task Both_directions_are_open_at_once()
    {
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            await call.WriteAsync("first word");
            while (await call.ReadAsync() is { } request) await call.WriteAsync(request + "!");
            call.End(0);
        });
        using GrpcConnection connection = server.Connect();
        using GrpcCall<StreamIdentifier, StreamIdentifier> call = Start(connection);

        (await call.ReadAsync())!.StreamName.ToStringUtf8().ShouldBe("first word");
        for (int i = 0; i < 100; i++)
        {
            (await call.WriteAsync(ServerCall.Message($"{i}"))).ShouldBeTrue();
            (await call.ReadAsync())!.StreamName.ToStringUtf8().ShouldBe($"{i}!");
        }

        call.CompleteRequests();
        (await call.ReadAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_answers_with_headers_before_the_body_is_under_way_gets_every_request()
    {
        using var server = new HeadersFirst();
        using var connection = new GrpcConnection(new Uri("http://127.0.0.1"), server);
        using GrpcCall<StreamIdentifier, StreamIdentifier> call = Start(connection);
        server.TakeBody();

        (await call.WriteAsync(ServerCall.Message("one"))).ShouldBeTrue();

        server.Received.ShouldBe([0, 0, 0, 0, 5, 0x1a, 3, (byte)'o', (byte)'n', (byte)'e']);
    }

    [Fact]
    public async Task Many_calls_share_a_connection()
    {
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            await call.WriteAsync((await call.ReadAsync())!);
            call.End(0);
        });
        using GrpcConnection connection = server.Connect();

        StreamIdentifier[] responses = await Task.WhenAll(Enumerable.Range(0, 300).Select(i =>
            connection.CallAsync(GrpcServer.Method, ServerCall.Message($"{i}"), GrpcCallOptions.None, Cancel)));

        responses.Select(response => response.StreamName.ToStringUtf8()).ShouldBe(Enumerable.Range(0, 300).Select(i => $"{i}"));
    }

    [Theory]
    [InlineData("no%20such%20thing%3A%20%C3%BC%E2%9C%93", "no such thing: ü✓")]
    [InlineData("100% of it, %zz and %4", "100% of it, %zz and %4")]
    [InlineData(null, "the server answered NotFound")]
    public async Task A_failure_in_the_headers_is_told_with_its_message_and_trailers(string? sent, string message)
    {
        await using GrpcServer server = await GrpcServer.StartAsync(context =>
        {
            context.Response.ContentType = GrpcFrames.ContentType;
            context.Response.Headers[GrpcStatus.CodeHeader] = "5";
            if (sent is not null) context.Response.Headers[GrpcStatus.MessageHeader] = sent;
            context.Response.Headers["Exception"] = "not-leader";
            return Task.CompletedTask;
        });
        using GrpcConnection connection = server.Connect();

        GrpcException failure = await FailureOfCallAsync(connection);

        failure.Code.ShouldBe(GrpcStatusCode.NotFound);
        failure.Message.ShouldBe(message);
        failure.Trailer("exception").ShouldBe("not-leader");
        failure.Trailer("leader-endpoint-host").ShouldBeNull();
    }

    [Fact]
    public async Task A_failure_behind_responses_is_told_behind_them()
    {
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            await call.WriteAsync("one");
            await call.WriteAsync("two");
            call.End(9, "and%20then");
        });
        using GrpcConnection connection = server.Connect();
        using GrpcCall<StreamIdentifier, StreamIdentifier> call = Start(connection);

        (await call.ReadAsync())!.StreamName.ToStringUtf8().ShouldBe("one");
        (await call.ReadAsync())!.StreamName.ToStringUtf8().ShouldBe("two");
        GrpcException failure = await Should.ThrowAsync<GrpcException>(call.ReadAsync().AsTask());
        failure.Code.ShouldBe(GrpcStatusCode.FailedPrecondition);
        failure.Message.ShouldBe("and then");
        (await Should.ThrowAsync<GrpcException>(call.ReadAsync().AsTask())).ShouldBeSameAs(failure);
    }

    [Fact]
    public async Task A_status_that_gRPC_does_not_know_is_unknown()
    {
        await using GrpcServer server = await GrpcServer.TalkingAsync(call =>
        {
            call.End(99);
            return Task.CompletedTask;
        });
        using GrpcConnection connection = server.Connect();

        (await FailureOfCallAsync(connection)).Code.ShouldBe(GrpcStatusCode.Unknown);
    }

    [Fact]
    public async Task A_write_behind_the_end_says_so_and_reading_tells_how_it_ended()
    {
        var isEnded = new TaskCompletionSource();
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            await call.ReadAsync();
            call.End(3, "enough");
            call.Context.Response.OnCompleted(() =>
            {
                isEnded.SetResult();
                return Task.CompletedTask;
            });
        });
        using GrpcConnection connection = server.Connect();
        using GrpcCall<StreamIdentifier, StreamIdentifier> call = Start(connection);
        await call.WriteAsync(ServerCall.Message("one"));
        await isEnded.Task;

        while (await call.WriteAsync(ServerCall.Message("more")))
        {
        }

        GrpcException failure = await Should.ThrowAsync<GrpcException>(call.ReadAsync().AsTask());
        failure.Code.ShouldBe(GrpcStatusCode.InvalidArgument);
        failure.Message.ShouldBe("enough");
    }

    [Fact]
    public async Task A_call_without_or_with_two_responses_where_one_is_due_is_refused()
    {
        int responses = 0;
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            for (int i = 0; i < responses; i++) await call.WriteAsync("response");
            call.End(0);
        });
        using GrpcConnection connection = server.Connect();

        foreach (int count in (int[])[0, 2])
        {
            responses = count;
            (await FailureOfCallAsync(connection)).Code.ShouldBe(GrpcStatusCode.Internal);
        }
    }

    private static GrpcCall<StreamIdentifier, StreamIdentifier> Start(GrpcConnection connection) =>
        connection.Start(GrpcServer.Method, GrpcCallOptions.None, Cancel);

    private static Task<GrpcException> FailureOfCallAsync(GrpcConnection connection) => Should.ThrowAsync<GrpcException>(
        connection.CallAsync(GrpcServer.Method, ServerCall.Message("request"), GrpcCallOptions.None, Cancel));

    private static async Task<List<string>> ReadAllAsync(GrpcCall<StreamIdentifier, StreamIdentifier> call)
    {
        List<string> texts = [];
        while (await call.ReadAsync() is { } message) texts.Add(message.StreamName.ToStringUtf8());
        return texts;
    }
}
