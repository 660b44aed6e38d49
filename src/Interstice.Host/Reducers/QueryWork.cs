using Interstice.Host.Commands;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>A query in a loop's queue. Run again when what it saw was undone.</summary>
/// <param name="query">Name of the query.</param>
/// <param name="arguments">Arguments in the canonical encoding.</param>
/// <param name="caller">Who asks.</param>
internal sealed class QueryWork(string query, ReadOnlyMemory<byte> arguments, Identity caller) : LoopWork
{
    private readonly TaskCompletionSource<QueryOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private QueryOutcome? _outcome;

    public string Query { get; } = query;

    public ReadOnlyMemory<byte> Arguments { get; } = arguments;

    public Identity Caller { get; } = caller;

    public Task<QueryOutcome> Answer => _answer.Task;

    public override void Execute(ModuleLoop loop) => loop.ExecuteQuery(this);

    /// <summary>Sets what is to be answered when what it rests on is durable.</summary>
    public void SetOutcome(QueryOutcome outcome) => _outcome = outcome;

    public override void Succeed(Revision revision, Position position) => _answer.TrySetResult(
        _outcome is QueryOutcome.Answered answered
            ? answered with { Revision = revision }
            : _outcome ?? throw new InvalidOperationException("a query was answered before it ran"));

    public override bool Undone(CallRefusal kind, string reason) => true;

    public override void Unresolved(string reason) => Refuse(CallRefusal.Unavailable, reason);

    public override void Refuse(CallRefusal kind, string reason) =>
        _answer.TrySetResult(new QueryOutcome.Refused(kind, reason));
}
