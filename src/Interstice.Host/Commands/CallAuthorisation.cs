using MediatR;

namespace Interstice.Host.Commands;

/// <summary>Refuses calls that a policy denies.</summary>
/// <param name="policies">The application's policies.</param>
public sealed class CallAuthorisation(IEnumerable<ICallPolicy> policies) : IPipelineBehavior<CallReducer, CallOutcome>
{
    private readonly ICallPolicy[] _policies = [.. policies];

    /// <inheritdoc/>
    public Task<CallOutcome> Handle(
        CallReducer request, CancellationToken cancellationToken, RequestHandlerDelegate<CallOutcome> next)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(next);
        return _policies.Length == 0 ? next() : JudgeAsync(request, next, cancellationToken);
    }

    private async Task<CallOutcome> JudgeAsync(
        CallReducer request, RequestHandlerDelegate<CallOutcome> next, CancellationToken cancellationToken)
    {
        foreach (ICallPolicy policy in _policies)
        {
            string? denied = await policy
                .JudgeAsync(request.Caller, request.Module, request.Reducer, false, cancellationToken).ConfigureAwait(false);
            if (denied is not null) return new CallOutcome.Refused(CallRefusal.Denied, denied);
        }

        return await next().ConfigureAwait(false);
    }
}

/// <summary>Refuses queries that a policy denies.</summary>
/// <param name="policies">The application's policies.</param>
public sealed class QueryAuthorisation(IEnumerable<ICallPolicy> policies) : IPipelineBehavior<RunQuery, QueryOutcome>
{
    private readonly ICallPolicy[] _policies = [.. policies];

    /// <inheritdoc/>
    public Task<QueryOutcome> Handle(
        RunQuery request, CancellationToken cancellationToken, RequestHandlerDelegate<QueryOutcome> next)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(next);
        return _policies.Length == 0 ? next() : JudgeAsync(request, next, cancellationToken);
    }

    private async Task<QueryOutcome> JudgeAsync(
        RunQuery request, RequestHandlerDelegate<QueryOutcome> next, CancellationToken cancellationToken)
    {
        foreach (ICallPolicy policy in _policies)
        {
            string? denied = await policy
                .JudgeAsync(request.Caller, request.Module, request.Query, true, cancellationToken).ConfigureAwait(false);
            if (denied is not null) return new QueryOutcome.Refused(CallRefusal.Denied, denied);
        }

        return await next().ConfigureAwait(false);
    }
}
