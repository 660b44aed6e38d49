using Interstice.Host.Idempotency;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Projections;

/// <summary>Applying whole transactions that other threads have prepared.</summary>
public sealed partial class ModuleProjection
{
    private Revision _linkToRead = Revision.None;
    private ChainValue _linkBefore;

    /// <summary>Whether transactions can be applied by stretches: tables are there that the replay has made, and no hash is
    /// compared in between.</summary>
    internal bool TakesStretches => _replays.Length > 0 && !ComparesEveryHash;

    /// <summary>First event of the last link, where the events from there to <see cref="Revision"/> are still to be given to
    /// <see cref="ReadLastLink"/>; null where they are not wanted.</summary>
    internal Revision? LinkToRead => _linkToRead == Revision.None ? null : _linkToRead;

    /// <summary>Whether a stretch has no void transaction; those are passed over event by event.</summary>
    internal bool Takes(ReplayStretch stretch) => !_isVoid && stretch.Epoch >= Epoch;

    /// <summary>Applies a stretch.</summary>
    /// <param name="stretch">Begins behind <see cref="Revision"/>, outside of a transaction.</param>
    /// <returns>The first event that does not fit, with the cause; or null. After a misfit the projection is of no use.</returns>
    internal (Revision Revision, ProjectionDivergedException Cause)? Replay(ReplayStretch stretch)
    {
        if (stretch.TransactionCount == 0) return null;
        ChangeMisfit? misfit = null;
        for (int i = 0; i < _replays.Length; i++)
        {
            if (stretch.Batches[i].Count == 0) continue;
            if (_replays[i]!.Apply(stretch.Batches[i]) is { } found && (misfit is null || StandsBefore(found, misfit))) misfit = found;
        }

        if (misfit is not null) return (new Revision(stretch.From.Value + misfit.At), misfit.Cause);
        TransactionCount += stretch.TransactionCount;
        foreach ((UInt128 scope, KnownCall call) in stretch.KeyedCalls) Keys.AddDurable(scope, call);
        RecordedHash = stretch.StateHash;
        ReplayedTransactionAt = stretch.LastTransactionAt;
        HasReplayedCommitPoint |= stretch.HasCommitPoint;
        CommitPoint = stretch.IsLastOfGroup ? stretch.LastTransactionAt : Revision.None;
        IsChained = true;

        // Only the last link's hash is looked at (ModuleProjection.Chain.cs), and no stretch knows that it is the last.
        _linkBefore = stretch.ChainBefore ?? Chain;
        _links.MoveTo(stretch.Chain);
        _hasUncheckedLink = false;
        _linkToRead = stretch.LastTransactionAt;
        Revision = new Revision(stretch.Next.Value - 1);
        return null;
    }

    /// <summary>Takes the events of the last link, so that its hash is compared (<see cref="ExpectComplete"/>).</summary>
    /// <param name="recorded">The next of them, from <see cref="LinkToRead"/> to <see cref="Revision"/>; borrowed.</param>
    internal void ReadLastLink(in RecordedEvent recorded)
    {
        bool isFirst = recorded.Revision == _linkToRead;
        ChainValue expected = Chain;
        if (isFirst)
        {
            _links.MoveTo(_linkBefore);
            _links.Begin(recorded.Revision);
            _links.MoveTo(expected);
        }

        _links.Add(recorded, hasValue: isFirst);
        if (recorded.Revision != Revision) return;
        _linkToRead = Revision.None;
        _hasUncheckedLink = true;
    }

    /// <summary>What is reported where a change of a stretch does not fit.</summary>
    /// <param name="recorded">Its event.</param>
    /// <param name="cause">Why.</param>
    internal ReplayException Misfit(in RecordedEvent recorded, ProjectionDivergedException cause) =>
        Damage(recorded, ReplayErrorKind.Diverged, "a change that fits the tables", cause.Message, cause);

    // As events one by one would find it: a change before the whole of its transaction, a table before the next.
    private static bool StandsBefore(ChangeMisfit left, ChangeMisfit right) =>
        left.At < right.At || (left.At == right.At && !left.IsOfTransaction && right.IsOfTransaction);
}
