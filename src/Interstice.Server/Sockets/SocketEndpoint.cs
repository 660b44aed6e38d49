using System.Net.WebSockets;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Server.Hosting;
using Interstice.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Interstice.Server.Sockets;

/// <summary>Takes the sockets of clients: docs/formats/socket.md.</summary>
/// <param name="modules">Says whether the host takes calls.</param>
/// <param name="calls">Does what requests want.</param>
/// <param name="options">Settings.</param>
/// <param name="lifetime">Says when the host stops.</param>
/// <param name="time">Measures patience.</param>
internal sealed class SocketEndpoint(
    ModuleLookup modules, SocketCalls calls, IntersticeOptions options, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>The sub-protocol.</summary>
    public const string Protocol = "interstice.v1";

    /// <summary>The path behind <c>/v1</c>.</summary>
    public const string Path = "/connect";

    /// <summary>Maps it.</summary>
    /// <param name="routes">The application.</param>
    /// <param name="v1">The routes of the API, behind their filter.</param>
    /// <param name="services">The application's services.</param>
    /// <param name="modules">Finds modules.</param>
    public static void Map(IEndpointRouteBuilder routes, RouteGroupBuilder v1, IServiceProvider services, ModuleLookup modules)
    {
        SocketCalls calls = ActivatorUtilities.CreateInstance<SocketCalls>(services, modules);
        SocketEndpoint endpoint = ActivatorUtilities.CreateInstance<SocketEndpoint>(services, modules, calls);

        // A pipeline of its own, so that an application need not add the middleware for sockets.
        IApplicationBuilder branch = routes.CreateApplicationBuilder();
        branch.UseWebSockets();
        branch.Run(endpoint.ServeAsync);
        RequestDelegate serve = branch.Build();
        v1.MapGet(Path, (Delegate)Serve).WithName("connect").WithMetadata(SocketMark.Instance)
            .WithSummary("Opens a WebSocket for calls and queries, which modules hear of as a client")
            .Produces(101).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429).ProducesProblem(503);
        v1.MapMethods(Path, [HttpMethods.Connect], (Delegate)Serve).WithMetadata(SocketMark.Instance).ExcludeFromDescription();

        async Task<IResult> Serve(HttpContext context)
        {
            await serve(context).ConfigureAwait(false);
            return Results.Empty;
        }
    }

    private async Task ServeAsync(HttpContext context)
    {
        _ = new QueryParameters(context.Request.Query);
        if (!context.WebSockets.IsWebSocketRequest)
            throw new ProblemException(ProblemKind.BadRequest, $"this route is for WebSockets; open one with the sub-protocol {Protocol}");
        PageOrigin.Expect(context.Request, options.SocketOrigins);
        IList<string> wanted = context.WebSockets.WebSocketRequestedProtocols;
        if (wanted.Count > 0 && !wanted.Contains(Protocol))
            throw new ProblemException(ProblemKind.BadRequest, $"this host speaks the sub-protocol {Protocol}, not {string.Join(", ", wanted)}");
        modules.ExpectRunning();
        Identity caller = CallerIdentity.Of(context);
        var bounds = SocketBounds.Of(options);
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = wanted.Count > 0 ? Protocol : null,
            KeepAliveInterval = bounds.Ping,
            KeepAliveTimeout = bounds.Ping,
        }).ConfigureAwait(false);
        using var session = new SocketSession(socket, calls, bounds, caller, time);
        await session.RunAsync(lifetime.ApplicationStopping, context.RequestAborted).ConfigureAwait(false);
    }
}

/// <summary>Says of a route that its requests are sockets, which are counted by themselves.</summary>
internal sealed class SocketMark
{
    public static readonly SocketMark Instance = new();

    private SocketMark()
    {
    }
}
