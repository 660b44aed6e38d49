using System.Threading.RateLimiting;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Interstice.Server.Http;

/// <summary>Stands before every request but those for health: lets it in or not, counts it, and makes a problem of what fails.</summary>
internal sealed partial class ApiFilter(IntersticeOptions options, RequestBounds bounds, ILogger logger) : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        try
        {
            if (RequestAccess.Refusal(http, options) is { } refusal) return Refuse(http, refusal);
            if (PageOrigin.Matters(http.Request)) PageOrigin.Expect(http.Request, options.SocketOrigins);
            (RateLimiter bound, string what) = bounds.Of(http);
            using RateLimitLease place = RequestBounds.Enter(bound, what);
            object? answer = await next(context).ConfigureAwait(false);

            // Written here and not behind the filter: what is written belongs to the request that holds the place.
            if (answer is IResult result) await result.ExecuteAsync(http).ConfigureAwait(false);
            return Results.Empty;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
        catch (Exception fault)
        {
            return Answer(http, fault);
        }
    }

    private object? Answer(HttpContext http, Exception fault)
    {
        Problem problem = Describe(fault);
        if (problem.Kind.Status >= StatusCodes.Status500InternalServerError && fault is not ProblemException)
            LogFailed(fault, http.Request.Method, http.Request.Path.ToString());
        if (!http.Response.HasStarted) return problem;

        // Half an answer is under way: the caller must not take it for a whole one.
        LogCutOff(http.Request.Path.ToString(), problem.Detail);
        http.Abort();
        return Results.Empty;
    }

    private Problem Refuse(HttpContext http, Problem refusal)
    {
        LogRefused(http.Request.Method, http.Request.Path.ToString(), http.Connection.RemoteIpAddress?.ToString(), refusal.Kind.Slug);
        return refusal;
    }

    /// <summary>What to tell the caller of a failure.</summary>
    internal static Problem Describe(Exception fault) => fault switch
    {
        ProblemException known => known.Problem,
        ModuleUnavailableException { MayHaveChanged: true } unknown => new(ProblemKind.UnknownOutcome, unknown.Message),
        ModuleUnavailableException unavailable => OutcomeProblems.Of(unavailable.Kind, unavailable.Message),
        ModuleRefusedException refused => new(
            ProblemKind.ModuleRefused, refused.Message, json => json.WriteString("kind", refused.Kind.ToString())),
        LogMatchException match => new(ProblemKind.BadRequest, match.Message),
        ExpressionException expression => new(ProblemKind.BadRequest, $"where: {expression.Message}"),
        SchemaException schema => new(ProblemKind.ModuleRefused, schema.Message),
        ReplayException replay => new(ProblemKind.StoreDamaged, replay.Message),
        EventFormatException format => new(ProblemKind.StoreDamaged, format.Message),
        EventStoreException { Kind: EventStoreErrorKind.Damaged } store => new(ProblemKind.StoreDamaged, store.Message),
        EventStoreException { Kind: EventStoreErrorKind.Unknown } store => new(ProblemKind.UnknownOutcome, store.Message),
        EventStoreException store => new(ProblemKind.StoreUnavailable, store.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } large => new(ProblemKind.TooLarge, large.Message),
        BadHttpRequestException bad => new(ProblemKind.BadRequest, bad.Message),
        _ => new(ProblemKind.Internal, "the host failed to answer; its log says more"),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailed(Exception fault, string method, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the answer to {Path} was cut off: {Reason}")]
    private partial void LogCutOff(string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} from {Remote} was not let in: {Reason}")]
    private partial void LogRefused(string method, string path, string? remote, string reason);
}
