using System.Net;
using System.Net.Http.Headers;
using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;
using Interstice.Server.EventStoreDb;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using ProtocolTimeout = Interstice.EventStoreDb.Protocol.Messages.Timeout;

namespace Interstice.Server.Tests.EventStoreDb;

public sealed class EndpointTests : EndpointFixture
{
    [Fact]
    public async Task Gossip_tells_of_one_leader_at_the_address_that_the_caller_came_by()
    {
        ClusterInfo cluster = await Connection.CallAsync(ProtocolMethods.ReadGossip, new Empty(), GrpcCallOptions.None, Cancel);

        MemberInfo member = cluster.Members.Single();
        member.State.ShouldBe(MemberInfo.Types.VNodeState.Leader);
        member.IsAlive.ShouldBeTrue();
        member.HttpEndPoint.Address.ShouldBe(Endpoint.Address.Host);
        member.HttpEndPoint.Port.ShouldBe((uint)Endpoint.Address.Port);
    }

    [Fact]
    public async Task Every_method_that_is_told_of_is_there_and_no_other()
    {
        SupportedMethods supported =
            await Connection.CallAsync(ProtocolMethods.GetSupportedMethods, new Empty(), GrpcCallOptions.None, Cancel);

        string[] told = [.. supported.Methods.Select(method => $"{method.ServiceName}/{method.MethodName}")];
        told.ShouldContain("event_store.client.streams.streams/batchappend");
        told.ShouldContain("event_store.client.streams.streams/tombstone");
        supported.Methods.Single(method => method.MethodName == "batchappend").Features.ShouldBe(["deadline_duration"]);
        var unknown = new GrpcMethod<Empty, Empty>("event_store.client.users.Users", "Create", Empty.Parser, Empty.Parser);
        GrpcException failure = await FailureAsync(() => Connection.CallAsync(unknown, new Empty(), GrpcCallOptions.None, Cancel));
        failure.Code.ShouldBe(GrpcStatusCode.Unimplemented);
        failure.Message.ShouldContain("event_store.client.users.Users/Create");
    }

    [Fact]
    public async Task Bytes_that_are_no_request_are_refused_with_a_status()
    {
        foreach ((byte[] body, GrpcStatusCode code) in ((byte[], GrpcStatusCode)[])
                 [
                     ([], GrpcStatusCode.InvalidArgument),
                     ([0, 0, 0], GrpcStatusCode.Internal),
                     ([0, 0, 0, 0, 9, 1], GrpcStatusCode.Internal),
                     ([0, 0, 0, 0, 2, 0x0a, 0x7f], GrpcStatusCode.Internal),
                     ([1, 0, 0, 0, 1, 0], GrpcStatusCode.Unimplemented),
                     ([0, 0x7f, 0xff, 0xff, 0xff, 0], GrpcStatusCode.ResourceExhausted),
                     ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], GrpcStatusCode.InvalidArgument),
                 ])
            (await StatusOfAsync(ProtocolMethods.Read.Path, body)).ShouldBe((int)code, Convert.ToHexString(body));
        (await StatusOfAsync(ProtocolMethods.Read.Path, [0, 0, 0, 0, 0], ("grpc-timeout", "soon"))).ShouldBe((int)GrpcStatusCode.InvalidArgument);
    }

    [Fact]
    public async Task An_application_keeps_its_own_routes_beside_the_protocols()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        await using WebApplication application = builder.Build();
        application.UseRouting();
        application.MapEventStoreDb(Store, new EndpointOptions());
        application.MapPost("/{area}/{name}", (string area, string name) => $"{area} and {name}");
        await application.StartAsync(Cancel);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using HttpResponseMessage response = await client.PostAsync(new Uri($"{application.Urls.Single()}/orders/new"), null, Cancel);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe("orders and new");
        using var connection = new GrpcConnection(new Uri(application.Urls.Single()), new SocketsHttpHandler());
        (await connection.CallAsync(ProtocolMethods.ReadGossip, new Empty(), GrpcCallOptions.None, Cancel)).Members.ShouldHaveSingleItem();
        var unknown = new GrpcMethod<Empty, Empty>("event_store.client.users.Users", "Create", Empty.Parser, Empty.Parser);
        (await FailureAsync(() => connection.CallAsync(unknown, new Empty(), GrpcCallOptions.None, Cancel))).Code.ShouldBe(GrpcStatusCode.Unimplemented);
    }

    [Fact]
    public async Task A_request_that_is_not_gRPC_is_refused_by_HTTP()
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Endpoint.Address, ProtocolMethods.Read.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("{}", new MediaTypeHeaderValue("application/json")),
        };
        (await client.SendAsync(request, Cancel)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_deadline_ends_a_subscription()
    {
        GrpcCallOptions options = GrpcCallOptions.None with
        {
            Headers = new Dictionary<string, string> { [GrpcTimeout.Header] = "1m" },
        };
        using GrpcCall<ReadReq, ReadResp> call = Connection.Start(ProtocolMethods.Read, options, Cancel);
        await call.WriteAsync(ReadOf("s", o => o.Subscription = new ReadReq.Types.Options.Types.SubscriptionOptions()));
        call.CompleteRequests();

        GrpcException failure = await FailureAsync(async () =>
        {
            while (await call.ReadAsync() is not null)
            {
            }
        });

        failure.Code.ShouldBe(GrpcStatusCode.DeadlineExceeded);
        failure.Message.ShouldBe("the deadline has passed");
    }

    [Fact]
    public async Task A_closed_store_is_unavailable()
    {
        await Store.DisposeAsync();
        (await FailureAsync(() => AppendNumbersAsync("s", 1))).Code.ShouldBe(GrpcStatusCode.Unavailable);
        (await FailureAsync(() => ReadAsync(ReadOf("s")))).Code.ShouldBe(GrpcStatusCode.Unavailable);
    }

    [Fact]
    public async Task Settings_out_of_range_and_an_address_in_use_are_refused()
    {
        foreach (EndpointOptions wrong in (EndpointOptions[])
                 [
                     new() { AppendBytesMax = 0 }, new() { BatchAppendsMax = 0 }, new() { BatchBytesMax = 0 },
                     new() { WriteTimeout = TimeSpan.Zero }, new() { MatchTimeout = TimeSpan.Zero },
                     new() { WriteTimeout = TimeSpan.FromDays(50) }, new() { MatchTimeout = TimeSpan.FromDays(50) },
                 ])
            await Should.ThrowAsync<ArgumentOutOfRangeException>(
                EventStoreDbEndpoint.StartAsync(Store, new IPEndPoint(IPAddress.Loopback, 0), wrong, cancellationToken: Cancel));
        var taken = new IPEndPoint(IPAddress.Loopback, Endpoint.Address.Port);
        await Should.ThrowAsync<IOException>(
            EventStoreDbEndpoint.StartAsync(Store, taken, new EndpointOptions(), cancellationToken: Cancel));
    }

    [Theory]
    [InlineData(EventStoreErrorKind.Refused, GrpcStatusCode.FailedPrecondition)]
    [InlineData(EventStoreErrorKind.Unknown, GrpcStatusCode.Aborted)]
    [InlineData(EventStoreErrorKind.Unavailable, GrpcStatusCode.Unavailable)]
    [InlineData(EventStoreErrorKind.Damaged, GrpcStatusCode.DataLoss)]
    [InlineData(EventStoreErrorKind.TooLarge, GrpcStatusCode.InvalidArgument)]
    [InlineData(EventStoreErrorKind.ReadOnly, GrpcStatusCode.FailedPrecondition)]
    [InlineData(EventStoreErrorKind.Full, GrpcStatusCode.ResourceExhausted)]
    public async Task A_failure_of_the_store_has_a_status_of_its_own(EventStoreErrorKind kind, GrpcStatusCode code)
    {
        await using EventStoreDbEndpoint endpoint = await EventStoreDbEndpoint.StartAsync(
            new FailingStore(kind), new IPEndPoint(IPAddress.Loopback, 0), new EndpointOptions(), cancellationToken: Cancel);
        using var connection = new GrpcConnection(endpoint.Address, new SocketsHttpHandler());
        using GrpcCall<AppendReq, AppendResp> call = connection.Start(ProtocolMethods.Append, GrpcCallOptions.None, Cancel);
        call.Add(new AppendReq { Options = new AppendReq.Types.Options { StreamIdentifier = Identifier("s"), Any = new Empty() } });
        call.Add(new AppendReq { ProposedMessage = Proposed("x") });
        await call.FlushAsync();
        call.CompleteRequests();
        GrpcException failure = await FailureAsync(call.ReadOnlyOneAsync);
        failure.Code.ShouldBe(code);

        using GrpcCall<BatchAppendReq, BatchAppendResp> batch = connection.Start(ProtocolMethods.BatchAppend, GrpcCallOptions.None, Cancel);
        await batch.WriteAsync(new BatchAppendReq
        {
            CorrelationId = NewId(),
            IsFinal = true,
            Options = new BatchAppendReq.Types.Options
            {
                StreamIdentifier = Identifier("s"),
                Any = new Google.Protobuf.WellKnownTypes.Empty(),
            },
            ProposedMessages = { BatchProposed("x") },
        });
        BatchAppendResp answer = (await batch.ReadAsync())!;
        answer.Error.Code.ShouldBe((int)(code == GrpcStatusCode.Aborted ? GrpcStatusCode.DeadlineExceeded : code));
        answer.Error.Details.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_append_that_the_store_does_not_answer_ends_with_a_timeout()
    {
        await using EventStoreDbEndpoint endpoint = await EventStoreDbEndpoint.StartAsync(
            new FailingStore(EventStoreErrorKind.Refused) { AnswersAppends = false },
            new IPEndPoint(IPAddress.Loopback, 0),
            new EndpointOptions { WriteTimeout = TimeSpan.FromMilliseconds(50) },
            cancellationToken: Cancel);
        using var connection = new GrpcConnection(endpoint.Address, new SocketsHttpHandler());
        using GrpcCall<AppendReq, AppendResp> call = connection.Start(ProtocolMethods.Append, GrpcCallOptions.None, Cancel);
        call.Add(new AppendReq { Options = new AppendReq.Types.Options { StreamIdentifier = Identifier("s"), Any = new Empty() } });
        call.Add(new AppendReq { ProposedMessage = Proposed("x") });
        await call.FlushAsync();
        call.CompleteRequests();
        GrpcException failure = await FailureAsync(call.ReadOnlyOneAsync);
        failure.Code.ShouldBe(GrpcStatusCode.Aborted);
        failure.Message.ShouldContain("may be written yet");

        using GrpcCall<BatchAppendReq, BatchAppendResp> batch = connection.Start(ProtocolMethods.BatchAppend, GrpcCallOptions.None, Cancel);
        await batch.WriteAsync(BatchAppendCallTests.Append(1, "s", BatchAppendCallTests.Any, BatchProposed("x")));
        batch.CompleteRequests();
        BatchAppendCallTests.Detail<ProtocolTimeout>((await batch.ReadAsync())!, GrpcStatusCode.DeadlineExceeded);
        (await batch.ReadAsync()).ShouldBeNull();
    }

    private async Task<int> StatusOfAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Endpoint.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(GrpcFrames.ContentType);
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await client.SendAsync(request, Cancel);
        await response.Content.ReadAsByteArrayAsync(Cancel);
        return int.Parse(
            response.TrailingHeaders.GetValues(GrpcStatus.CodeHeader).Single(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
