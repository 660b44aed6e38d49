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
    // Of the protocol's services, not of others that an application may have.
    private const string UnknownMethods = "/event_store.client.{service}/{method}";

    /// <summary>Serves a store over EventStoreDB's gRPC protocol: docs/protocol-endpoint.md. Needs HTTP/2.</summary>
    /// <remarks>The application decides where it listens and with which certificate: <see cref="EndpointBinding.ExpectProtected"/> is the rule
    /// for that. Without <see cref="EndpointOptions.Credentials"/> who reaches the address may do anything.</remarks>
    /// <param name="routes">The application.</param>
    /// <param name="store">The store; it stays the caller's.</param>
    /// <param name="options">Settings.</param>
    public static void MapEventStoreDb(this IEndpointRouteBuilder routes, IEventStore store, EndpointOptions options) =>
        Map(routes, store, options);

    internal static CallRunner Map(IEndpointRouteBuilder routes, IEventStore store, EndpointOptions options)
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

        Map(ProtocolMethods.Read, MethodRules.None, call => new ReadCall(store, writes, options, call).AnswerAsync());
        Map(ProtocolMethods.Append, MethodRules.None, new AppendCall(writes, options).AnswerAsync);
        Map(ProtocolMethods.BatchAppend, MethodRules.MayBeSilent, call => new BatchAppendCall(call, writes, options, time, logger).AnswerAsync());
        Map(ProtocolMethods.Delete, MethodRules.None, new DeleteCall(writes, options, DeletionKind.Soft).AnswerAsync);
        Map(ProtocolMethods.Tombstone, MethodRules.None, new DeleteCall(writes, options, DeletionKind.Tombstone).AnswerAsync);
        Map(ProtocolMethods.ReadGossip, MethodRules.ForEverybody, call => DiscoveryCalls.AnswerGossipAsync(call, time));
        Map(ProtocolMethods.GetSupportedMethods, MethodRules.ForEverybody, DiscoveryCalls.AnswerFeaturesAsync);
        routes.MapPost(UnknownMethods, CallRunner.RefuseUnknown);
        return runner;

        void Map<TRequest, TResponse>(
            GrpcMethod<TRequest, TResponse> method, MethodRules rules, Func<ServerCall<TRequest, TResponse>, Task> answer)
            where TRequest : class, IMessage<TRequest>
            where TResponse : class, IMessage<TResponse> =>
            routes.MapPost(method.Path, (HttpContext context) => runner.RunAsync(context, method.Requests, rules, answer));
    }
}
