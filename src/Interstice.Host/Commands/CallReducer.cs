using Interstice.Host.Idempotency;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using MediatR;

namespace Interstice.Host.Commands;

/// <summary>Calls a reducer.</summary>
/// <param name="Module">Name of the module.</param>
/// <param name="Reducer">Name of the reducer.</param>
/// <param name="Arguments">Arguments in the canonical encoding; must not change until the call has ended.</param>
/// <param name="Caller">Who calls.</param>
/// <param name="IdempotencyKey">A key under which the call takes effect once, however often it is made; null for none.</param>
public sealed record CallReducer(
    string Module, string Reducer, ReadOnlyMemory<byte> Arguments, Identity Caller, string? IdempotencyKey = null)
    : IRequest<CallOutcome>;

/// <summary>Queues the call on its module's loop and waits for the outcome.</summary>
/// <param name="host">The modules.</param>
public sealed class CallReducerHandler(ModuleHost host) : IRequestHandler<CallReducer, CallOutcome>
{
    /// <inheritdoc/>
    public Task<CallOutcome> Handle(CallReducer request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        CallKey? key = request.IdempotencyKey is { } text
            ? CallKey.Of(text, request.Caller, request.Reducer, request.Arguments.Span)
            : null;
        var work = new CallWork(request.Reducer, request.Arguments, request.Caller, key);
        if (host.TryFind(request.Module, out ModuleLoop loop)) loop.Enqueue(work);
        else work.Refuse(CallRefusal.UnknownModule, host.DescribeUnknown(request.Module));
        return cancellationToken.CanBeCanceled ? work.Answer.WaitAsync(cancellationToken) : work.Answer;
    }
}
