using Google.Protobuf;
using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.Kernel.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Interstice.Server.EventStoreDb;

/// <summary>The endpoint's methods in an application.</summary>
public static class EndpointRoutes
{
    /// <summary>Serves a store over EventStoreDB's gRPC protocol: docs/protocol-endpoint.md. Needs HTTP/2.</summary>
    /// <remarks>Callers are not authenticated: who reaches the address may do anything.</remarks>
    /// <param name="routes">The application.</param>
    /// <param name="store">The store; it stays the caller's.</param>
    /// <param name="options">Settings.</param>
    public static void MapEventStoreDb(this IEndpointRouteBuilder routes, IEventStore store, EndpointOptions options)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.AppendBytesMax > store.AppendBytesMax) options = options with { AppendBytesMax = store.AppendBytesMax };
        IServiceProvider services = routes.ServiceProvider;
        TimeProvider time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Interstice.Server.EventStoreDb");
        CancellationToken stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var runner = new CallRunner(options, logger, stopping);
        var writes = new StreamWrites(store, options.ReadOnlyPrefix);

        Map(ProtocolMethods.Read, call => new ReadCall(store, writes, options, call).AnswerAsync());
        Map(ProtocolMethods.Append, new AppendCall(writes, options).AnswerAsync);
        Map(ProtocolMethods.BatchAppend, call => new BatchAppendCall(call, writes, options, time, logger).AnswerAsync());
        Map(ProtocolMethods.Delete, new DeleteCall(writes, options, DeletionKind.Soft).AnswerAsync);
        Map(ProtocolMethods.Tombstone, new DeleteCall(writes, options, DeletionKind.Tombstone).AnswerAsync);
        Map(ProtocolMethods.ReadGossip, call => DiscoveryCalls.AnswerGossipAsync(call, time));
        Map(ProtocolMethods.GetSupportedMethods, DiscoveryCalls.AnswerFeaturesAsync);
        routes.MapPost("/{service}/{method}", CallRunner.RefuseUnknown);

        void Map<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, Func<ServerCall<TRequest, TResponse>, Task> answer)
            where TRequest : class, IMessage<TRequest>
            where TResponse : class, IMessage<TResponse> =>
            routes.MapPost(method.Path, (HttpContext context) => runner.RunAsync(context, method.Requests, answer));
    }
}
