using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using MediatR;

namespace Interstice.Host.Commands;

/// <summary>Runs a query.</summary>
/// <param name="Module">Name of the module.</param>
/// <param name="Query">Name of the query.</param>
/// <param name="Arguments">Arguments in the canonical encoding; must not change until the query has ended.</param>
/// <param name="Caller">Who asks.</param>
public sealed record RunQuery(string Module, string Query, ReadOnlyMemory<byte> Arguments, Identity Caller)
    : IRequest<QueryOutcome>;

/// <summary>Queues the query on its module's loop and waits for the answer.</summary>
/// <param name="host">The modules.</param>
public sealed class RunQueryHandler(ModuleHost host) : IRequestHandler<RunQuery, QueryOutcome>
{
    /// <inheritdoc/>
    public Task<QueryOutcome> Handle(RunQuery request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var work = new QueryWork(request.Query, request.Arguments, request.Caller);
        if (host.TryFind(request.Module, out ModuleLoop loop)) loop.Enqueue(work);
        else work.Refuse(CallRefusal.UnknownModule, host.DescribeUnknown(request.Module));
        return cancellationToken.CanBeCanceled ? work.Answer.WaitAsync(cancellationToken) : work.Answer;
    }
}
