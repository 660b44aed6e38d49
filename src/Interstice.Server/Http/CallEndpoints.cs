using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using Interstice.Server.Hosting;
using MediatR;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>Calls, queries and publications: read from the request, handed to their handlers, answered with the outcome.</summary>
internal sealed class CallEndpoints(ModuleLookup modules, IMediator mediator, IntersticeOptions options, TimeProvider time)
{
    /// <summary>Media type of a module.</summary>
    public const string Wasm = "application/wasm";

    /// <summary>Calls a reducer.</summary>
    public async Task<IResult> CallAsync(HttpContext context, string module, string reducer)
    {
        string? key = IdempotencyHeader.Read(context.Request);
        ReducerSchema declared = modules.Reducer(module, reducer);
        var call = new CallReducer(
            module,
            reducer,
            await ReadArgumentsAsync(context, $"{module}.{reducer}", declared.Arguments).ConfigureAwait(false),
            CallerIdentity.Of(context),
            key);
        CallOutcome outcome;
        try
        {
            // The call is not withdrawn when its caller goes away: it is in its module's queue, and bounded by fuel.
            outcome = await mediator.Send(call, CancellationToken.None)
                .WaitAsync(options.CallTimeout, time, context.RequestAborted).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            outcome = new CallOutcome.Unknown(
                $"{module}.{reducer} was not answered within {options.CallTimeout.TotalMilliseconds} ms; it may be committed yet, " +
                (key is null ? "look with GET /v1/log before calling again" : "call again with the same key"));
        }

        if (outcome is CallOutcome.Committed { IsRepeat: true }) IdempotencyHeader.MarkRepeat(context.Response);
        return (IResult?)OutcomeProblems.Of(outcome, modules.Owner(module))
            ?? new JsonAnswer(json => CallDocument.Write(json, outcome, declared.Result));
    }

    /// <summary>Runs a query.</summary>
    public async Task<IResult> QueryAsync(HttpContext context, string module, string query)
    {
        QuerySchema declared = modules.Query(module, query);
        var run = new RunQuery(
            module,
            query,
            await ReadArgumentsAsync(context, $"{module}.{query}", declared.Arguments).ConfigureAwait(false),
            CallerIdentity.Of(context));
        QueryOutcome outcome;
        try
        {
            outcome = await mediator.Send(run, CancellationToken.None)
                .WaitAsync(options.CallTimeout, time, context.RequestAborted).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            outcome = new QueryOutcome.Refused(
                CallRefusal.TimedOut, $"{module}.{query} was not answered within {options.CallTimeout.TotalMilliseconds} ms; try again later");
        }

        return (IResult?)OutcomeProblems.Of(outcome)
            ?? new JsonAnswer(json => QueryDocument.Write(json, outcome, declared.Result));
    }

    /// <summary>Publishes a module.</summary>
    public async Task<IResult> PublishAsync(HttpContext context, QueryParameters given)
    {
        string? name = given.Text("name");
        bool isPlanOnly = given.Flag("plan");
        modules.ExpectRunning();
        byte[] binary = await RequestBody.ReadAsync(context.Request, Wasm, CodeStore.BinaryBytesMax).ConfigureAwait(false);
        if (isPlanOnly)
        {
            PublicationPlan plan = await modules.PlanAsync(binary, name).ConfigureAwait(false);
            return new JsonAnswer(json => PlanDocument.Write(json, plan));
        }

        PublishResult result;
        try
        {
            // A publication that has begun is finished: half of one would only have to be repeated.
            result = await mediator
                .Send(new PublishModule(binary, CallerIdentity.Of(context), name), CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (ModuleUnavailableException unavailable) when (unavailable.Kind == CallRefusal.NotOwner)
        {
            throw new ProblemException(OutcomeProblems.OfOwner(modules.Owner(name), unavailable.Message));
        }

        return new JsonAnswer(
            json => PublishDocument.Write(json, result),
            result.Changed ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private Task<byte[]> ReadArgumentsAsync(HttpContext context, string name, RowCodec parameters) =>
        RequestBody.ReadArgumentsAsync(context.Request, name, parameters, options.RequestBytesMax);
}
