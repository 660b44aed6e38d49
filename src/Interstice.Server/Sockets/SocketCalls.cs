using System.Text.Json;
using System.Threading.RateLimiting;
using Interstice.Host.Commands;
using Interstice.Host.Idempotency;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Server.Hosting;
using Interstice.Server.Http;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Interstice.Server.Sockets;

/// <summary>Does what requests of sockets want, as the routes of the HTTP API do.</summary>
internal sealed partial class SocketCalls(
    ModuleLookup modules,
    ModuleHost host,
    IMediator mediator,
    RequestBounds bounds,
    IEnumerable<ICallPolicy> policies,
    IntersticeOptions options,
    TimeProvider time,
    ILogger<SocketCalls> logger)
{
    private readonly ICallPolicy[] _policies = [.. policies];

    /// <summary>A socket of a caller has no module at first.</summary>
    public SocketClients ClientsOf(Identity caller) => new(modules, host, _policies, caller);

    /// <summary>Answers a request. What is read of the request is read before the first wait, and calls are queued then too, so that requests take
    /// effect in the order in which they were sent.</summary>
    /// <returns>Writes the members of the answer.</returns>
    /// <exception cref="ProblemException">It failed.</exception>
    public async Task<Action<Utf8JsonWriter>> AnswerAsync(SocketRequest request, SocketClients clients, Identity caller)
    {
        using RateLimitLease place = RequestBounds.Enter(bounds.All, "as many requests");
        switch (request.Type)
        {
            case SocketRequest.Call:
                return await CallAsync(request, caller).ConfigureAwait(false);
            case SocketRequest.Query:
                return await QueryAsync(request, caller).ConfigureAwait(false);
            case SocketRequest.Connect:
                string module = request.Module;
                Guid connection = await InTimeAsync(clients.ConnectAsync(module), request).ConfigureAwait(false);
                return json => WriteClient(json, "connected", module, connection);
            default:
                string left = request.Module;
                await InTimeAsync(LeaveAsync(clients, left), request).ConfigureAwait(false);
                return json => WriteClient(json, "disconnected", left, null);
        }
    }

    /// <summary>What to tell the client of a request that failed; what no client can explain is logged.</summary>
    public Problem Describe(Exception fault, Identity caller)
    {
        Problem problem = ApiFilter.Describe(fault);
        if (problem.Kind.Status >= StatusCodes.Status500InternalServerError && fault is not ProblemException) LogFailed(fault, caller);
        return problem;
    }

    private async Task<Action<Utf8JsonWriter>> CallAsync(SocketRequest request, Identity caller)
    {
        (string module, string name, string? key) = (request.Module, request.Name!, request.Key);
        if (key is not null && CallKey.Check(key) is { } wrong) throw new ProblemException(ProblemKind.BadRequest, $"key: {wrong}");
        ReducerSchema declared = modules.Reducer(module, name);
        CallOutcome outcome;
        try
        {
            outcome = await mediator.Send(new CallReducer(module, name, request.Encode(declared.Arguments), caller, key), CancellationToken.None)
                .WaitAsync(options.CallTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            outcome = new CallOutcome.Unknown(
                $"{module}.{name} was not answered within {options.CallTimeout.TotalMilliseconds} ms; it may be committed yet, " +
                (key is null ? "look in the log before calling again" : "call again with the same key"));
        }

        if (OutcomeProblems.Of(outcome, modules.Owner(module)) is { } problem) throw new ProblemException(problem);
        bool isRepeat = outcome is CallOutcome.Committed { IsRepeat: true };
        return json =>
        {
            CallDocument.WriteMembers(json, outcome, declared.Result);
            if (isRepeat) json.WriteBoolean("replayed", true);
        };
    }

    private async Task<Action<Utf8JsonWriter>> QueryAsync(SocketRequest request, Identity caller)
    {
        (string module, string name) = (request.Module, request.Name!);
        QuerySchema declared = modules.Query(module, name);
        QueryOutcome outcome;
        try
        {
            outcome = await mediator.Send(new RunQuery(module, name, request.Encode(declared.Arguments), caller), CancellationToken.None)
                .WaitAsync(options.CallTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            outcome = new QueryOutcome.Refused(
                CallRefusal.TimedOut, $"{module}.{name} was not answered within {options.CallTimeout.TotalMilliseconds} ms; try again later");
        }

        if (OutcomeProblems.Of(outcome) is { } problem) throw new ProblemException(problem);
        return json => QueryDocument.WriteMembers(json, outcome, declared.Result);
    }

    private static async Task<bool> LeaveAsync(SocketClients clients, string module)
    {
        await clients.DisconnectAsync(module).ConfigureAwait(false);
        return true;
    }

    // What was begun goes on, and the socket knows of it: only the answer, and with it the request's place, waits no longer.
    private async Task<T> InTimeAsync<T>(Task<T> coming, SocketRequest request)
    {
        try
        {
            return await coming.WaitAsync(options.CallTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException fault) when (!coming.IsCompleted)
        {
            throw new ProblemException(
                ProblemKind.UnknownOutcome,
                $"the {request.Type} of module {request.Module} was not answered within {options.CallTimeout.TotalMilliseconds} ms; it goes on by itself",
                fault);
        }
    }

    private static void WriteClient(Utf8JsonWriter json, string outcome, string module, Guid? connection)
    {
        json.WriteString("outcome", outcome);
        json.WriteString("module", module);
        if (connection is { } number) json.WriteString("connection", number);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "a request on a socket of {Caller} failed")]
    private partial void LogFailed(Exception fault, Identity caller);
}
