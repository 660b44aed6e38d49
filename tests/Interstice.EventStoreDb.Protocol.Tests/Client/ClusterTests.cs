using System.Globalization;
using EventStore.Client;
using Google.Protobuf;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.EventStoreDb.Protocol.Tests.Grpc;
using Microsoft.AspNetCore.Http;
using State = Interstice.EventStoreDb.Protocol.Messages.MemberInfo.Types.VNodeState;

namespace Interstice.EventStoreDb.Protocol.Tests.Client;

// Nodes that answer as the test wants beside an endpoint that answers as it should.
public sealed class ClusterTests : ClientFixture
{
    [Fact]
    public async Task A_node_that_is_not_the_leader_sends_the_next_call_to_the_leader()
    {
        await using GrpcServer follower = await GrpcServer.StartAsync(async context =>
        {
            if (context.Request.Path == ProtocolMethods.GetSupportedMethods.Path)
            {
                await AnswerAsync(context, new SupportedMethods());
                return;
            }

            context.Response.ContentType = GrpcFrames.ContentType;
            context.Response.AppendTrailer("exception", "not-leader");
            context.Response.AppendTrailer("leader-endpoint-host", Endpoint.Address.Host);
            context.Response.AppendTrailer("leader-endpoint-port", Endpoint.Address.Port.ToString(CultureInfo.InvariantCulture));
            context.Response.AppendTrailer(GrpcStatus.CodeHeader, "5");
        });
        await using var client = new EventStoreClient(EventStoreClientSettings.Create($"esdb://{follower.Address.Authority}?tls=false"));

        NotLeaderException failure = await Should.ThrowAsync<NotLeaderException>(
            client.DeleteAsync("s", StreamState.Any, cancellationToken: Cancel));
        failure.LeaderEndpoint.Port.ShouldBe(Endpoint.Address.Port);

        await client.AppendToStreamAsync("s", StreamState.NoStream, Events(1), cancellationToken: Cancel);
        (await TextsAsync("s")).ShouldBe(["0"]);
    }

    [Theory]
    [InlineData("leader", State.Follower, true)]
    [InlineData("follower", State.Leader, false)]
    [InlineData("readOnlyReplica", State.Follower, true)]
    [InlineData("follower", State.ReadOnlyReplica, true)]
    public async Task The_preferred_node_that_is_alive_is_used(string preference, State other, bool isOtherDead)
    {
        State usable = preference == "leader" || (preference == "readOnlyReplica") ? State.Leader : State.Follower;
        await using GrpcServer gossip = await GrpcServer.StartAsync(context => AnswerAsync(context, new ClusterInfo
        {
            Members =
            {
                // Nobody is at this port.
                new MemberInfo { IsAlive = !isOtherDead, State = other, HttpEndPoint = new EndPoint { Address = "127.0.0.1", Port = 1 } },
                new MemberInfo { IsAlive = true, State = State.CatchingUp, HttpEndPoint = new EndPoint { Address = "127.0.0.1", Port = 1 } },
                new MemberInfo
                {
                    IsAlive = true,
                    State = usable,
                    HttpEndPoint = new EndPoint { Address = "127.0.0.1", Port = (uint)Endpoint.Address.Port },
                },
            },
        }));
        await using var client = new EventStoreClient(EventStoreClientSettings.Create(
            $"esdb+discover://{gossip.Address.Authority}?tls=false&nodePreference={preference}"));

        await client.AppendToStreamAsync("s", StreamState.NoStream, Events(1), cancellationToken: Cancel);

        (await TextsAsync("s")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task A_server_that_does_not_know_batches_gets_classic_appends_in_order()
    {
        List<string> appended = [];
        await using GrpcServer old = await GrpcServer.StartAsync(async context =>
        {
            if (context.Request.Path != ProtocolMethods.Append.Path)
            {
                context.Response.ContentType = GrpcFrames.ContentType;
                context.Response.AppendTrailer(GrpcStatus.CodeHeader, "12");
                return;
            }

            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var frames = new System.Buffers.ReadOnlySequence<byte>(body.ToArray());
            while (GrpcFrames.TryRead(ref frames, AppendReq.Parser, out AppendReq request))
                if (request.ProposedMessage is { } proposed) appended.Add(proposed.Data.ToStringUtf8());
            var success = new AppendResp.Types.Success { CurrentRevision = (ulong)appended.Count - 1, NoPosition = new Empty() };
            await AnswerAsync(context, new AppendResp { Success = success });
        });
        await using var client = new EventStoreClient(EventStoreClientSettings.Create($"esdb://{old.Address.Authority}?tls=false"));

        IWriteResult[] results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            client.AppendToStreamAsync("s", StreamState.Any, Events(1, i), cancellationToken: Cancel)));

        results.Select(result => result.NextExpectedVersion).ShouldBe(Enumerable.Range(0, 20).Select(i => (long)i));
        appended.ShouldBe(Enumerable.Range(0, 20).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_server_that_drops_a_batch_fails_every_append_that_it_did_not_answer()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(async context =>
        {
            if (context.Request.Path == ProtocolMethods.GetSupportedMethods.Path)
            {
                var method = new SupportedMethod { ServiceName = "event_store.client.streams.streams", MethodName = "batchappend" };
                await AnswerAsync(context, new SupportedMethods { Methods = { method } });
                return;
            }

            await context.Request.BodyReader.ReadAsync();
            context.Abort();
        });
        await using var client = new EventStoreClient(EventStoreClientSettings.Create($"esdb://{server.Address.Authority}?tls=false"));

        Task<IWriteResult>[] appends = [.. Enumerable.Range(0, 20).Select(i =>
            client.AppendToStreamAsync("s", StreamState.Any, Events(1, i), cancellationToken: Cancel))];

        foreach (Task<IWriteResult> append in appends)
            (await Should.ThrowAsync<GrpcException>(append)).Code.ShouldBeOneOf(GrpcStatusCode.Unavailable, GrpcStatusCode.Cancelled);
    }

    [Fact]
    public async Task An_append_that_is_not_answered_ends_at_its_deadline_or_when_it_is_given_up()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(async context =>
        {
            if (context.Request.Path == ProtocolMethods.GetSupportedMethods.Path)
            {
                var method = new SupportedMethod { ServiceName = "event_store.client.streams.streams", MethodName = "batchappend" };
                await AnswerAsync(context, new SupportedMethods { Methods = { method } });
                return;
            }

            await Task.Delay(System.Threading.Timeout.Infinite, context.RequestAborted);
        });
        await using var client = new EventStoreClient(EventStoreClientSettings.Create($"esdb://{server.Address.Authority}?tls=false"));

        GrpcException late = await Should.ThrowAsync<GrpcException>(client.AppendToStreamAsync(
            "s", StreamState.Any, Events(1), deadline: TimeSpan.FromMilliseconds(50), cancellationToken: Cancel));
        late.Code.ShouldBe(GrpcStatusCode.DeadlineExceeded);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<IWriteResult> given = client.AppendToStreamAsync("s", StreamState.Any, Events(1), cancellationToken: giveUp.Token);
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(given);
    }

    private static async Task AnswerAsync(HttpContext context, IMessage message)
    {
        context.Response.ContentType = GrpcFrames.ContentType;
        GrpcFrames.Write(message, context.Response.BodyWriter);
        await context.Response.BodyWriter.FlushAsync();
        context.Response.AppendTrailer(GrpcStatus.CodeHeader, "0");
    }
}
