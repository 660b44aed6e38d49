using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Microsoft.AspNetCore.Http;

namespace Interstice.EventStoreDb.Protocol.Tests.Grpc;

// Goal: a call that goes wrong ends with the status that says how, and never hangs or gives a message that was not sent.
public sealed class GrpcFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deadline_ends_a_call_that_the_server_does_not_answer()
    {
        var header = new TaskCompletionSource<string>();
        await using GrpcServer server = await GrpcServer.TalkingAsync(call =>
        {
            header.TrySetResult(call.Context.Request.Headers[GrpcTimeout.Header].ToString());
            return Task.Delay(System.Threading.Timeout.Infinite, call.Context.RequestAborted);
        });
        using GrpcConnection connection = server.Connect();
        GrpcCallOptions options = GrpcCallOptions.None with { Timeout = TimeSpan.FromMilliseconds(300) };
        using GrpcCall<StreamIdentifier, StreamIdentifier> call = connection.Start(GrpcServer.Method, options, Cancel);

        GrpcException failure = await Should.ThrowAsync<GrpcException>(call.ReadAsync().AsTask());

        failure.Code.ShouldBe(GrpcStatusCode.DeadlineExceeded);
        if (header.Task.IsCompleted) (await header.Task).ShouldBe("300000u");
        (await call.WriteAsync(ServerCall.Message("late"))).ShouldBeFalse();
    }

    [Fact]
    public async Task A_deadline_that_has_passed_already_ends_a_call_at_once()
    {
        await using GrpcServer server = await GrpcServer.TalkingAsync(call => Task.Delay(System.Threading.Timeout.Infinite, call.Context.RequestAborted));
        using GrpcConnection connection = server.Connect();
        foreach (TimeSpan timeout in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromSeconds(-1)])
        {
            GrpcException failure = await Should.ThrowAsync<GrpcException>(connection.CallAsync(
                GrpcServer.Method, ServerCall.Message("request"), GrpcCallOptions.None with { Timeout = timeout }, Cancel));
            failure.Code.ShouldBe(GrpcStatusCode.DeadlineExceeded);
        }
    }

    [Fact]
    public async Task A_caller_that_gives_up_ends_the_call_on_both_sides()
    {
        var isUnderWay = new TaskCompletionSource();
        var isAborted = new TaskCompletionSource();
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            await using CancellationTokenRegistration aborted = call.Context.RequestAborted.Register(isAborted.SetResult);
            isUnderWay.SetResult();
            await isAborted.Task;
        });
        using GrpcConnection connection = server.Connect();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using GrpcCall<StreamIdentifier, StreamIdentifier> call =
            connection.Start(GrpcServer.Method, GrpcCallOptions.None, giveUp.Token);
        Task reading = call.ReadAsync().AsTask();
        await isUnderWay.Task;

        await giveUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(reading);
        await isAborted.Task;
        (await call.WriteAsync(ServerCall.Message("late"))).ShouldBeFalse();
    }

    [Fact]
    public async Task Disposing_a_call_ends_the_read_that_waits_and_tells_the_server()
    {
        var isAborted = new TaskCompletionSource();
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            await using CancellationTokenRegistration aborted = call.Context.RequestAborted.Register(isAborted.SetResult);
            await call.WriteAsync("one");
            await isAborted.Task;
        });
        using GrpcConnection connection = server.Connect();
        GrpcCall<StreamIdentifier, StreamIdentifier> call = connection.Start(GrpcServer.Method, GrpcCallOptions.None, Cancel);
        await call.ReadAsync();
        Task reading = call.ReadAsync().AsTask();

        call.Dispose();

        await Should.ThrowAsync<OperationCanceledException>(reading);
        await isAborted.Task;
        call.Dispose();
    }

    [Fact]
    public async Task A_server_that_gives_the_call_up_is_told_of_as_cancelled_or_gone()
    {
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            await call.WriteAsync("one");
            if (await call.ReadAsync() == "end") call.End(1, "given up");
            else call.Context.Abort();
        });
        using GrpcConnection connection = server.Connect();
        foreach ((string request, GrpcStatusCode[] codes) in ((string, GrpcStatusCode[])[])
                 [("end", [GrpcStatusCode.Cancelled]), ("abort", [GrpcStatusCode.Cancelled, GrpcStatusCode.Unavailable])])
        {
            using GrpcCall<StreamIdentifier, StreamIdentifier> call = connection.Start(GrpcServer.Method, GrpcCallOptions.None, Cancel);
            (await call.ReadAsync()).ShouldNotBeNull();
            await call.WriteAsync(ServerCall.Message(request));
            codes.ShouldContain((await Should.ThrowAsync<GrpcException>(call.ReadAsync().AsTask())).Code);
        }
    }

    [Fact]
    public async Task A_server_gone_in_mid_call_is_unavailable_and_so_is_one_that_is_not_there()
    {
        GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            await call.WriteAsync("one");
            await Task.Delay(System.Threading.Timeout.Infinite, call.Context.RequestAborted);
        });
        using GrpcConnection connection = server.Connect();
        using GrpcCall<StreamIdentifier, StreamIdentifier> call = connection.Start(GrpcServer.Method, GrpcCallOptions.None, Cancel);
        await call.ReadAsync();
        Task reading = call.ReadAsync().AsTask();

        await server.StopAsync();
        await server.DisposeAsync();

        (await Should.ThrowAsync<GrpcException>(reading)).Code.ShouldBe(GrpcStatusCode.Unavailable);
        GrpcException refused = await Should.ThrowAsync<GrpcException>(
            connection.CallAsync(GrpcServer.Method, ServerCall.Message("request"), GrpcCallOptions.None, Cancel));
        refused.Code.ShouldBe(GrpcStatusCode.Unavailable);
        refused.InnerException.ShouldBeOfType<HttpRequestException>();
    }

    [Fact]
    public async Task A_message_over_the_limit_or_compressed_or_not_of_its_kind_is_refused_without_being_read()
    {
        byte[] bytes = [];
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            await call.WriteRawAsync(bytes);
            call.End(0);
        });
        using GrpcConnection connection = server.Connect();
        foreach ((byte[] frame, GrpcStatusCode code) in ((byte[], GrpcStatusCode)[])
                 [
                     ([0, 0x7f, 0xff, 0xff, 0xff, 1], GrpcStatusCode.ResourceExhausted),
                     ([0, 0xff, 0xff, 0xff, 0xff, 1], GrpcStatusCode.ResourceExhausted),
                     ([1, 0, 0, 0, 1, 1], GrpcStatusCode.Unimplemented),
                     ([0, 0, 0, 0, 2, 0x1a, 0x7f], GrpcStatusCode.Internal),
                 ])
        {
            bytes = frame;
            GrpcException failure = await Should.ThrowAsync<GrpcException>(
                connection.CallAsync(GrpcServer.Method, ServerCall.Message("request"), GrpcCallOptions.None, Cancel));
            failure.Code.ShouldBe(code);
        }
    }

    [Fact]
    public async Task A_response_cut_at_any_byte_of_its_last_message_is_refused_and_what_came_before_it_is_read()
    {
        byte[] whole = [0, 0, 0, 0, 5, 0x1a, 3, (byte)'o', (byte)'n', (byte)'e'];
        int bytes = 0;
        await using GrpcServer server = await GrpcServer.TalkingAsync(async call =>
        {
            await call.WriteRawAsync([.. whole, .. whole[..bytes]]);
            call.End(0);
        });
        using GrpcConnection connection = server.Connect();
        for (bytes = 1; bytes < whole.Length; bytes++)
        {
            using GrpcCall<StreamIdentifier, StreamIdentifier> call = connection.Start(GrpcServer.Method, GrpcCallOptions.None, Cancel);
            (await call.ReadAsync())!.StreamName.ToStringUtf8().ShouldBe("one");
            GrpcException failure = await Should.ThrowAsync<GrpcException>(call.ReadAsync().AsTask());
            failure.Code.ShouldBe(GrpcStatusCode.Internal);
            failure.Message.ShouldContain("ends within a message");
        }
    }

    [Fact]
    public async Task A_response_without_a_status_is_not_taken_for_a_whole_one()
    {
        await using GrpcServer server = await GrpcServer.TalkingAsync(call => call.WriteAsync("one"));
        using GrpcConnection connection = server.Connect();
        using GrpcCall<StreamIdentifier, StreamIdentifier> call = connection.Start(GrpcServer.Method, GrpcCallOptions.None, Cancel);
        await call.ReadAsync();

        (await Should.ThrowAsync<GrpcException>(call.ReadAsync().AsTask())).Code.ShouldBe(GrpcStatusCode.Unavailable);
    }

    [Theory]
    [InlineData(200, "text/html", GrpcStatusCode.Unknown)]
    [InlineData(200, null, GrpcStatusCode.Unknown)]
    [InlineData(400, "text/html", GrpcStatusCode.Internal)]
    [InlineData(401, "text/html", GrpcStatusCode.Unauthenticated)]
    [InlineData(403, "text/html", GrpcStatusCode.PermissionDenied)]
    [InlineData(404, "text/html", GrpcStatusCode.Unimplemented)]
    [InlineData(429, "text/html", GrpcStatusCode.Unavailable)]
    [InlineData(500, "text/html", GrpcStatusCode.Unknown)]
    [InlineData(502, "text/html", GrpcStatusCode.Unavailable)]
    [InlineData(503, "application/grpc", GrpcStatusCode.Unavailable)]
    public async Task An_answer_that_is_not_gRPC_is_refused_with_what_it_was(int status, string? contentType, GrpcStatusCode code)
    {
        await using GrpcServer server = await GrpcServer.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = contentType;
            await context.Response.WriteAsync("<html>");
        });
        using GrpcConnection connection = server.Connect();

        GrpcException failure = await Should.ThrowAsync<GrpcException>(
            connection.CallAsync(GrpcServer.Method, ServerCall.Message("request"), GrpcCallOptions.None, Cancel));

        failure.Code.ShouldBe(code);
        failure.Message.ShouldContain($"HTTP status {status}");
    }
}
