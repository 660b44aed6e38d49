using Interstice.Host.Commands;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>A client that comes or goes, in a loop's queue.</summary>
/// <param name="connection">Number of the connection.</param>
/// <param name="identity">Who.</param>
/// <param name="connects">Whether it comes.</param>
/// <param name="failed">Told when it was not done, or nobody knows: then nobody holds the connection any more. Null for nobody.</param>
internal sealed class ClientWork(Guid connection, Identity identity, bool connects, Action? failed = null) : TransactionWork
{
    private readonly TaskCompletionSource<CallOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Number of the connection.</summary>
    public Guid Connection { get; } = connection;

    /// <summary>Who.</summary>
    public Identity Identity { get; } = identity;

    /// <summary>How it ended.</summary>
    public Task<CallOutcome> Answer => _answer.Task;

    /// <inheritdoc/>
    public override void Execute(ModuleLoop loop)
    {
        if (connects) loop.ExecuteConnect(this);
        else loop.ExecuteDisconnect(this);
    }

    /// <inheritdoc/>
    public override void Succeed(Revision revision, Position position) => _answer.TrySetResult(OutcomeAt(revision, position));

    /// <inheritdoc/>
    public override bool Undone(CallRefusal kind, string reason)
    {
        Refuse(kind, reason);
        return false;
    }

    /// <inheritdoc/>
    public override void Unresolved(string reason) => Fail(new CallOutcome.Unknown(reason));

    /// <inheritdoc/>
    public override void Refuse(CallRefusal kind, string reason) => Fail(new CallOutcome.Refused(kind, reason));

    private void Fail(CallOutcome outcome)
    {
        if (_answer.TrySetResult(outcome)) failed?.Invoke();
    }
}
