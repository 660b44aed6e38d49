using Interstice.Host.Idempotency;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using MediatR;

namespace Interstice.Host.Commands;

/// <summary>Refuses a call that cannot run, on the caller's thread, before it takes a place in the queue.</summary>
/// <param name="host">The modules.</param>
public sealed class CallValidation(ModuleHost host) : IPipelineBehavior<CallReducer, CallOutcome>
{
    /// <inheritdoc/>
    public Task<CallOutcome> Handle(
        CallReducer request,
        CancellationToken cancellationToken,
        RequestHandlerDelegate<CallOutcome> next)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(next);
        if (!host.TryFind(request.Module, out ModuleLoop loop))
            return Refuse(CallRefusal.UnknownModule, host.DescribeUnknown(request.Module));
        if (loop.UnavailableReason is { } reason) return Refuse(CallRefusal.Unavailable, reason);
        if (loop.Loaded is not { } loaded)
            return Refuse(CallRefusal.Unavailable, $"module {request.Module} has no published build yet");
        if (loaded.Schema.FindReducer(request.Reducer) is not { } reducer)
            return Refuse(CallRefusal.UnknownReducer, loaded.DescribeUnknownReducer(request.Reducer));
        if (reducer.Visibility == Visibility.Private)
            return Refuse(CallRefusal.Private, PrivateNames.Describe("reducer", request.Module, request.Reducer));
        if (request.IdempotencyKey is { } key && CallKey.Check(key) is { } wrong) return Refuse(CallRefusal.BadArguments, wrong);
        return ArgumentRules.Check(reducer.Name, reducer.Arguments, request.Arguments, loaded.Limits) is { } error
            ? Refuse(CallRefusal.BadArguments, error)
            : next();
    }

    private static Task<CallOutcome> Refuse(CallRefusal kind, string error) =>
        Task.FromResult<CallOutcome>(new CallOutcome.Refused(kind, error));
}

/// <summary>Refuses a query that cannot run, as <see cref="CallValidation"/> does for calls.</summary>
/// <param name="host">The modules.</param>
public sealed class QueryValidation(ModuleHost host) : IPipelineBehavior<RunQuery, QueryOutcome>
{
    /// <inheritdoc/>
    public Task<QueryOutcome> Handle(
        RunQuery request,
        CancellationToken cancellationToken,
        RequestHandlerDelegate<QueryOutcome> next)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(next);
        if (!host.TryFind(request.Module, out ModuleLoop loop))
            return Refuse(CallRefusal.UnknownModule, host.DescribeUnknown(request.Module));
        if (loop.Loaded is not { } loaded)
        {
            return Refuse(
                CallRefusal.Unavailable,
                loop.UnavailableReason ?? $"module {request.Module} has no published build yet");
        }

        if (loaded.Schema.FindQuery(request.Query) is not { } query)
            return Refuse(CallRefusal.UnknownReducer, loaded.DescribeUnknownQuery(request.Query));
        if (query.Visibility == Visibility.Private)
            return Refuse(CallRefusal.Private, PrivateNames.Describe("query", request.Module, request.Query));
        return ArgumentRules.Check(query.Name, query.Arguments, request.Arguments, loaded.Limits) is { } error
            ? Refuse(CallRefusal.BadArguments, error)
            : next();
    }

    private static Task<QueryOutcome> Refuse(CallRefusal kind, string error) =>
        Task.FromResult<QueryOutcome>(new QueryOutcome.Refused(kind, error));
}

/// <summary>What arguments must keep.</summary>
internal static class ArgumentRules
{
    /// <summary>Checks encoded arguments.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Check(string name, RowCodec parameters, ReadOnlyMemory<byte> arguments, ModuleLimits limits)
    {
        if (arguments.Length > limits.ArgumentBytesMax)
            return $"the arguments of {name} have {arguments.Length} bytes, at most {limits.ArgumentBytesMax} are allowed (ArgumentBytesMax)";
        return parameters.TryValidate(arguments.Span, out ValueError error)
            ? null
            : $"the arguments do not fit {name}: {error}";
    }
}
