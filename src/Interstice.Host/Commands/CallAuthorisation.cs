using Interstice.Kernel.Events;
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
        string? denied = await _policies
            .FindDenialAsync(request.Caller, request.Module, request.Reducer, isQuery: false, cancellationToken).ConfigureAwait(false);
        return denied is null ? await next().ConfigureAwait(false) : new CallOutcome.Refused(CallRefusal.Denied, denied);
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
        string? denied = await _policies
            .FindDenialAsync(request.Caller, request.Module, request.Query, isQuery: true, cancellationToken).ConfigureAwait(false);
        return denied is null ? await next().ConfigureAwait(false) : new QueryOutcome.Refused(CallRefusal.Denied, denied);
    }
}

/// <summary>Asks policies in their order.</summary>
internal static class CallPolicies
{
    /// <summary>Why the first policy that denies a call does so; null when all allow it.</summary>
    internal static async Task<string?> FindDenialAsync(
        this ICallPolicy[] policies, Identity caller, string module, string function, bool isQuery, CancellationToken cancellationToken)
    {
        foreach (ICallPolicy policy in policies)
        {
            if (await policy.JudgeAsync(caller, module, function, isQuery, cancellationToken).ConfigureAwait(false) is { } denied)
                return denied;
        }

        return null;
    }
}
