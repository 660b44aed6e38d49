using System.Net;
using Google.Protobuf.WellKnownTypes;
using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Server.EventStoreDb;
using Interstice.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using ProtocolTimeout = Interstice.EventStoreDb.Protocol.Messages.Timeout;

namespace Interstice.Server.Tests.EventStoreDb;

/// <summary>Appends of a batch of which chunks have arrived.</summary>
public sealed class OpenBatchTests : EndpointFixture
{
    protected override EndpointOptions Options => new() { AppendBytesMax = 1000, BatchBytesMax = 1 };

    [Fact]
    public async Task Events_without_data_are_counted_too()
    {
        BatchAppendReq chunk = BatchAppendCallTests.Chunk(1, "s", isFinal: false, [.. Enumerable.Range(0, 100).Select(_ => BatchProposed(""))]);
        using GrpcCall<BatchAppendReq, BatchAppendResp> call =
            Connection.Start(ProtocolMethods.BatchAppend, GrpcCallOptions.None, Cancel);
        await call.WriteAsync(chunk);
        call.CompleteRequests();

        (await FailureAsync(() => call.ReadAsync().AsTask())).Code.ShouldBe(GrpcStatusCode.ResourceExhausted);
        (await ReadAsync(ReadOfAll())).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deadline_passes_while_the_last_chunk_is_awaited()
    {
        var time = new ManualTime();
        await using WebApplication application = await StartAsync(time);
        using var connection = new GrpcConnection(new Uri(application.Urls.Single()), new SocketsHttpHandler());
        using GrpcCall<BatchAppendReq, BatchAppendResp> call =
            connection.Start(ProtocolMethods.BatchAppend, GrpcCallOptions.None, Cancel);
        BatchAppendReq first = BatchAppendCallTests.Chunk(1, "late", isFinal: false, BatchProposed("x"));
        first.Options.Deadline = Duration.FromTimeSpan(TimeSpan.FromSeconds(2));
        call.Add(first);

        // Its answer tells that the chunk before it was taken.
        call.Add(BatchAppendCallTests.Append(2, "s", BatchAppendCallTests.Any, BatchProposed("y")));
        await call.FlushAsync();
        (await call.ReadAsync())!.Success.CurrentRevision.ShouldBe(0UL);
        time.Advance(TimeSpan.FromSeconds(3));
        BatchAppendReq last = BatchAppendCallTests.Chunk(1, "", isFinal: true);
        last.Options = null;
        await call.WriteAsync(last);
        call.CompleteRequests();

        BatchAppendResp answer = (await call.ReadAsync())!;
        BatchAppendCallTests.Detail<ProtocolTimeout>(answer, GrpcStatusCode.DeadlineExceeded);
        answer.Error.Message.ShouldContain("nothing was written");
        (await call.ReadAsync()).ShouldBeNull();
        (await TextsAsync(ReadOfAll())).ShouldBe(["y"]);
    }

    // The endpoint takes the clock of the application that it is in.
    private async Task<WebApplication> StartAsync(TimeProvider time)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore().AddSingleton(time);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        WebApplication application = builder.Build();
        application.UseRouting();
        application.MapEventStoreDb(Store, new EndpointOptions());
        await application.StartAsync(Cancel);
        return application;
    }
}
