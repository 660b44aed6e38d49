using System.Text.Json.Nodes;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Server.Hosting;
using Interstice.Server.Sockets;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.OpenApi;

namespace Interstice.Server.Http;

/// <summary>The HTTP API in an application: docs/http-api.md.</summary>
public static class HttpRoutes
{
    /// <summary>Name of the OpenAPI document.</summary>
    internal const string DocumentName = "v1";

    /// <summary>Maps health (<c>/health</c>), the API (<c>/v1</c>) and its description (<c>/openapi/v1.json</c>). The application has
    /// called <see cref="IntersticeServices.AddInterstice(IServiceCollection, IntersticeOptions?)"/>.</summary>
    /// <param name="routes">The application.</param>
    /// <returns>The routes of API and description, for conventions such as the application's own authorisation. A caller whom the
    /// application has authenticated needs no API key.</returns>
    public static RouteGroupBuilder MapInterstice(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        IServiceProvider services = routes.ServiceProvider;
        IntersticeOptions options = services.GetRequiredService<IntersticeOptions>();
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        ModuleHost host = services.GetRequiredService<ModuleHost>();
        Readiness readiness = services.GetRequiredService<Readiness>();
        var status = new StatusEndpoints(
            services.GetRequiredService<HostState>(), readiness, host, services.GetRequiredService<IModuleEngine>(), options, time);
        routes.MapGet("/health/live", StatusEndpoints.Live).WithName("live").WithSummary("The process answers").WithTags("health");
        routes.MapGet("/health/ready", (Delegate)status.ReadyAsync).WithName("ready").WithTags("health")
            .WithSummary("Whether the host should be given work, and if not, why").Produces<JsonObject>(503);

        RouteGroupBuilder api = routes.MapGroup("");
        api.AddEndpointFilter(new ApiFilter(
            options,
            services.GetRequiredService<RequestBounds>(),
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Interstice.Server.Http")));
        RouteGroupBuilder v1 = api.MapGroup("/v1");
        v1.MapGet("/status", (Delegate)status.DescribeAsync).WithName("status").WithSummary("What the host does").Answers();
        var lookup = new ModuleLookup(host, readiness);
        MapModules(v1, services, lookup);
        SocketEndpoint.Map(routes, v1, services, lookup);
        api.MapOpenApi("/openapi/{documentName}.json");
        v1.MapFallback("{**rest}", (HttpContext context) => UnknownRoute(context)).ExcludeFromDescription();
        return api;
    }

    private static void MapModules(RouteGroupBuilder v1, IServiceProvider services, ModuleLookup lookup)
    {
        IntersticeOptions options = services.GetRequiredService<IntersticeOptions>();
        RequestBounds bounds = services.GetRequiredService<RequestBounds>();
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        ModuleHost host = services.GetRequiredService<ModuleHost>();
        IEventStore store = services.GetRequiredService<IEventStore>();
        var calls = new CallEndpoints(lookup, services.GetRequiredService<IMediator>(), options, time);
        var modules = new ModuleEndpoints(lookup, host, store, bounds, time);
        var operators = new OperatorRule(options);
        var rows = new RowEndpoints(lookup, operators, host, store, bounds, options, time, services);
        var log = ActivatorUtilities.CreateInstance<LogEndpoint>(services, lookup);

        v1.MapPost("/modules/{module}/reducers/{reducer}", calls.CallAsync).WithName("call")
            .WithSummary("Calls a reducer; its transaction is durable when the answer comes").Takes(JsonAnswer.Json)
            .Answers(400, 404, 413, 415, 422, 500, 503, 504);
        v1.MapPost("/modules/{module}/queries/{query}", calls.QueryAsync).WithName("query")
            .WithSummary("Runs a query").Takes(JsonAnswer.Json).Answers(400, 404, 413, 415, 422, 500, 503);
        v1.MapPost("/modules", (Delegate)((HttpContext context) =>
                calls.PublishAsync(context, new QueryParameters(context.Request.Query, "name", "plan")))).WithName("publish").OnlyFor(operators)
            .WithSummary("Publishes a module, or new code of it; with plan says what that would do").Takes(CallEndpoints.Wasm)
            .Produces<JsonObject>(201).Answers(400, 413, 415, 422, 503);
        var reloads = new ReloadEndpoints(lookup, services.GetRequiredService<IMediator>());
        v1.MapPost("/modules/{module}/reload", reloads.ReloadAsync).WithName("reload").OnlyFor(operators)
            .WithSummary("Puts new code of a module in force after running it over recorded calls: canary, acceptChanges, pauseEvents, pauseMs")
            .Takes(CallEndpoints.Wasm).Answers(400, 404, 413, 415, 422, 503);
        v1.MapPost("/modules/{module}/rollback", reloads.RollBackAsync).WithName("rollback").OnlyFor(operators)
            .WithSummary("Publishes the code before the present one again: canary, acceptChanges, pauseEvents, pauseMs").Answers(400, 404, 422, 503);
        v1.MapGet("/modules", (Delegate)((HttpContext context) =>
                modules.ListAsync(context, new QueryParameters(context.Request.Query, "history").Flag("history")))).WithName("modules")
            .WithSummary("The modules; with history every publication").Produces<JsonArray>().ProducesProblem(503);
        v1.MapGet("/modules/{module}/schema", modules.Describe).WithName("schema")
            .WithSummary("What a module declares").Answers(404, 503);
        v1.MapGet("/modules/{module}/tables/{table}/rows", rows.ListAsync).WithName("rows")
            .WithSummary("Rows of a table: where, index, from, to, limit, at").Answers(400, 404, 422, 503);
        v1.MapGet("/modules/{module}/tables/{table}/aggregate", rows.AggregateAsync).WithName("aggregate")
            .WithSummary("Counts and sums over a table: where, group, sum, min, max, at").Answers(400, 404, 422, 503);
        var subscriptions = new SubscriptionEndpoints(lookup, host);
        v1.MapGet("/graph", subscriptions.Graph).WithName("graph")
            .WithSummary("Subscriptions and calls between modules, with what was observed of them").Answers(503);
        v1.MapGet("/modules/{module}/deliveries", subscriptions.Deliveries).WithName("deliveries").OnlyFor(operators)
            .WithSummary("The last deliveries of subscriptions to a module").Answers(404, 503);
        MapParked(v1, ActivatorUtilities.CreateInstance<ParkedEndpoints>(services, lookup), operators);
        v1.MapGet("/log", (Delegate)log.ReadAsync).WithName("log").OnlyFor(operators)
            .WithSummary("Events of the log: module, table, op, reducer, caller, from, to, since, until, match, skip, limit, follow")
            .Produces<JsonObject>(200, JsonAnswer.Lines).ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
    }

    private static void MapParked(RouteGroupBuilder v1, ParkedEndpoints parked, OperatorRule operators)
    {
        v1.MapGet("/modules/{module}/timers", parked.TimersAsync).WithName("timers").OnlyFor(operators)
            .WithSummary("Durable timers of a module in the order in which they are tried: limit").Answers(400, 404, 503);
        v1.MapGet("/modules/{module}/parked", parked.ListAsync).WithName("parked").OnlyFor(operators)
            .WithSummary("What was given up after failing too often: after, limit").Answers(400, 404, 503);
        v1.MapGet("/modules/{module}/parked/{id}", parked.ShowAsync).WithName("parkedItem").OnlyFor(operators)
            .WithSummary("What is parked under a number").Answers(400, 404, 503);
        v1.MapPost("/modules/{module}/parked/{id}/replay", parked.ReplayAsync).WithName("replayParked").OnlyFor(operators)
            .WithSummary("Runs what is parked again, once, in one transaction with taking it out").Answers(400, 404, 422, 500, 503, 504);
        v1.MapPost("/modules/{module}/parked/{id}/drop", parked.DropAsync).WithName("dropParked").OnlyFor(operators)
            .WithSummary("Takes what is parked out for good").Answers(400, 404, 503, 504);
    }

    private static RouteHandlerBuilder OnlyFor(this RouteHandlerBuilder route, OperatorRule operators) => route.AddEndpointFilter(operators);

    private static RouteHandlerBuilder Answers(this RouteHandlerBuilder route, params ReadOnlySpan<int> problems)
    {
        route.Produces<JsonObject>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);
        foreach (int status in problems) route.ProducesProblem(status);
        return route;
    }

    // Said in the description only: as a rule of routing, a body of another type would look like a route that is not there.
    private static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, string mediaType) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { [mediaType] = new() },
            };
            return Task.CompletedTask;
        });

    private static Problem UnknownRoute(HttpContext context) => new(
        ProblemKind.UnknownRoute,
        $"there is no {context.Request.Method} {context.Request.Path}; /openapi/v1.json lists what there is");
}
