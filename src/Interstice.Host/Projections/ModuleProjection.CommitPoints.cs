using Interstice.Kernel.Events;

namespace Interstice.Host.Projections;

/// <summary>The commit point of a transaction over several modules whose parts may not all be in their streams.</summary>
public sealed partial class ModuleProjection
{
    private bool _opensGroup;

    /// <summary>Revision of the <see cref="GroupCommitted"/> that begins the last transaction of the stream, unless its parts are known to stand
    /// in the streams of the other modules; else <see cref="Revision.None"/>. Nothing of an execution group runs before its transactions are
    /// complete, so that whatever comes behind one says that it is.</summary>
    public Revision CommitPoint { get; private set; } = Revision.None;

    /// <summary>Whether <see cref="CommitPoint"/> stands.</summary>
    public bool HasCommitPoint => CommitPoint != Revision.None;

    /// <summary>Whether a transaction that was replayed begins with a <see cref="GroupCommitted"/>, a void one or not; those of a snapshot do not count.</summary>
    public bool HasReplayedCommitPoint { get; private set; }

    /// <summary>The commit point stands, and a part is known to miss.</summary>
    /// <param name="at">Its revision.</param>
    internal void OpenGroup(Revision at) => CommitPoint = at;

    /// <summary>All parts stand in their streams.</summary>
    internal void CloseGroup() => CommitPoint = Revision.None;

    private void BeginGroup(in RecordedEvent first)
    {
        _opensGroup = first.Type == EventTypes.GroupCommitted;
        HasReplayedCommitPoint |= _opensGroup;
    }

    private void EndGroup() => CommitPoint = _opensGroup ? _openedAt : Revision.None;
}
