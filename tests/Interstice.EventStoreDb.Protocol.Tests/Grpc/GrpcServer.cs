using System.Net;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Interstice.EventStoreDb.Protocol.Tests.Grpc;

/// <summary>A server of HTTP/2 without TLS at a free port of this machine; what it answers is the test's.</summary>
internal sealed class GrpcServer : IAsyncDisposable
{
    /// <summary>A method whose requests and responses are names of streams.</summary>
    internal static readonly GrpcMethod<StreamIdentifier, StreamIdentifier> Method =
        new("tests.Service", "Method", StreamIdentifier.Parser, StreamIdentifier.Parser);

    private readonly WebApplication _application;

    private GrpcServer(WebApplication application) => _application = application;

    internal Uri Address => new(_application.Urls.Single());

    internal static async Task<GrpcServer> StartAsync(Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            options.Limits.MinRequestBodyDataRate = null;
        });
        WebApplication application = builder.Build();
        application.Run(context => answer(context));
        await application.StartAsync();
        return new GrpcServer(application);
    }

    /// <summary>A server that answers each call by a conversation.</summary>
    internal static Task<GrpcServer> TalkingAsync(Func<ServerCall, Task> talk) => StartAsync(context => talk(new ServerCall(context)));

    internal GrpcConnection Connect() => new(Address, new SocketsHttpHandler());

    /// <summary>Ends at once, with every connection.</summary>
    internal Task StopAsync() => _application.StopAsync(new CancellationToken(canceled: true));

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
