using Interstice.Host.Commands;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>The answer of a transaction over several modules: given when each of them has its part, so that whoever was answered finds
/// all of it. Parts wait in the batches of their modules, where they rest on appends of one batch or of several, and may have their ends one after the
/// other.</summary>
/// <param name="work">What is answered.</param>
/// <param name="count">How many parts there are.</param>
internal sealed class JointAnswer(LoopWork work, int count)
{
    private int _left = count;
    private (Revision Revision, Position Position) _first;
    private int _hasFailed;

    private LoopWork Work => work;

    /// <summary>Whether a work is a part of an answer.</summary>
    public static bool IsPart(LoopWork work) => work is PartOfAnswer;

    /// <summary>A part.</summary>
    /// <param name="isFirst">Whether the answer gives its revision.</param>
    public LoopWork Part(bool isFirst) => new PartOfAnswer(this, isFirst);

    private bool TrySucceed(bool isFirst, Revision revision, Position position)
    {
        if (isFirst) _first = (revision, position);
        return Interlocked.Decrement(ref _left) == 0 && _hasFailed == 0;
    }

    // What rests on parts that are there and on one that is not is not there: the first that says no has the word.
    private bool TryFail() => Interlocked.Exchange(ref _hasFailed, 1) == 0;

    private sealed class PartOfAnswer(JointAnswer joint, bool isFirst) : LoopWork
    {
        public override bool Writes => true;

        public override void Execute(ModuleLoop loop) => throw new InvalidOperationException("a part of an answer is not run");

        public override void Succeed(Revision revision, Position position)
        {
            if (joint.TrySucceed(isFirst, revision, position)) joint.Work.Succeed(joint._first.Revision, joint._first.Position);
        }

        public override void SucceedHere(Revision revision, Position position)
        {
            if (joint.TrySucceed(isFirst, revision, position)) joint.Work.SucceedHere(joint._first.Revision, joint._first.Position);
        }

        public override bool Undone(CallRefusal kind, string reason)
        {
            Refuse(kind, reason);
            return false;
        }

        public override void Unresolved(string reason)
        {
            if (joint.TryFail()) joint.Work.Unresolved(reason);
        }

        public override void Refuse(CallRefusal kind, string reason)
        {
            if (joint.TryFail()) joint.Work.Refuse(kind, reason);
        }
    }
}
