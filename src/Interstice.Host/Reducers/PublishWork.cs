using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>A publication in a loop's queue: the swap from one build to the next between two transactions.</summary>
/// <param name="candidate">The new build; its instance is made on the loop.</param>
internal sealed class PublishWork(PublicationCandidate candidate) : LoopWork
{
    private readonly TaskCompletionSource<PublishResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PublicationCandidate Candidate { get; } = candidate;

    public Task<PublishResult> Answer => _answer.Task;

    /// <summary>Whether the candidate's code runs; else whoever loaded it disposes it. Set before the answer.</summary>
    public bool UsesCode { get; set; }

    /// <summary>Has the last word, when everything before the publication is durable and no call runs: given the last revision, it throws
    /// to refuse. May be asked again. Null for nobody.</summary>
    public Action<Revision>? Confirm { get; init; }

    public override bool Writes => true;

    public override void Execute(ModuleLoop loop)
    {
        try
        {
            // Null when the store has to be asked first what became of it: then it is done again, which changes nothing twice.
            if (loop.ExecutePublication(this) is { } result) _answer.TrySetResult(result);
        }
        catch (Exception fault)
        {
            // Carried to the publisher, who waits for it; the loop has changed nothing.
            _answer.TrySetException(fault);
        }
    }

    /// <summary>Answers: it was found in the stream.</summary>
    public void Complete(PublishResult result) => _answer.TrySetResult(result);

    public override void Succeed(Revision revision, Position position)
    {
    }

    public override bool Undone(CallRefusal kind, string reason) => false;

    public override void Unresolved(string reason) =>
        _answer.TrySetException(new ModuleUnavailableException(CallRefusal.Unavailable, reason, mayHaveChanged: true));

    public override void Refuse(CallRefusal kind, string reason) =>
        _answer.TrySetException(new ModuleUnavailableException(kind, reason));
}
