using System.Collections.Concurrent;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Projections;

/// <summary>Applying recorded events.</summary>
public sealed partial class ModuleProjection
{
    private TransactionId _openTransaction;
    private TransactionDigest _openDigest;
    private int _openIndex;
    private bool _isReplaying;
    private int _replayThreads = 1;
    private TableReplay?[] _replays = [];
    private bool _isVoid;
    private Revision _openedAt;

    /// <summary>Whether the last transaction replayed still misses events.</summary>
    public bool IsInTransaction => _openIndex < _openDigest.EventCount;

    /// <summary>Whether the last transaction replayed changes nothing: its host was no longer the owner when the store took it, or it was sent
    /// behind one that is not there (docs/semantics.md, Ownership).</summary>
    public bool IsLastVoid => _isVoid;

    /// <summary>Events that the transaction which was begun still misses.</summary>
    public int MissingEvents => _openDigest.EventCount - _openIndex;

    /// <summary>Whether state hashes are compared after every transaction; else only where replay ends.</summary>
    public bool ComparesEveryHash { get; init; }

    /// <summary>The hash that the last complete transaction recorded, to be compared where replay ends.</summary>
    public UInt128? RecordedHash { get; private set; }

    /// <summary>Begins a replay of many events that nobody looks at before <see cref="EndReplay"/>: what new tables have beside their
    /// rows is made at its end.</summary>
    /// <param name="threads">How many threads may work at what has to be made before that, for a migration; 1 or more.</param>
    public void BeginReplay(int threads = 1)
    {
        _isReplaying = true;
        _replayThreads = threads;
    }

    /// <summary>Ends it: the tables can be read by every index.</summary>
    /// <param name="threads">How many threads may work at that, 1 or more.</param>
    public void EndReplay(int threads = 1)
    {
        _isReplaying = false;
        CompleteTables(threads);
    }

    // What was put off is done: the tables are what they should be.
    private void CompleteTables(int threads)
    {
        var steps = new List<(TableReplay Replay, int Step)>();
        foreach (TableReplay replay in _replays.OfType<TableReplay>().OrderByDescending(replay => replay.Count))
        {
            int count = replay.BeginCompletion();
            for (int step = 0; step < count; step++) steps.Add((replay, step));
        }

        Parallel.ForEach(
            Partitioner.Create(steps, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            step => step.Replay.RunStep(step.Step));
        foreach (TableReplay replay in _replays.OfType<TableReplay>()) replay.Complete();
        _replays = [];
    }

    /// <summary>Applies the next events of the stream.</summary>
    /// <param name="batch">The events; borrowed.</param>
    /// <exception cref="ReplayException">An event does not follow, cannot be decoded, or does not fit the tables.</exception>
    public void Replay(ReadOnlySpan<RecordedEvent> batch)
    {
        foreach (ref readonly RecordedEvent recorded in batch) Replay(recorded);
    }

    /// <summary>Applies the next event of the stream.</summary>
    /// <param name="recorded">The event; borrowed.</param>
    /// <exception cref="ReplayException">The event does not follow, cannot be decoded, or does not fit the tables.</exception>
    public void Replay(in RecordedEvent recorded)
    {
        if (recorded.Revision != Revision.Next)
            throw Damage(recorded, ReplayErrorKind.Gap, Revision.Next.ToString(), recorded.Revision.ToString());
        try
        {
            Dispatch(recorded);
        }
        catch (EventFormatException fault)
        {
            throw Damage(recorded, ReplayErrorKind.Undecodable, "a payload of its type", fault.Message, fault);
        }
        catch (SchemaException fault)
        {
            throw Damage(recorded, ReplayErrorKind.Undecodable, "valid declarations", fault.Message, fault);
        }
        catch (ProjectionDivergedException fault)
        {
            throw Misfit(recorded, fault);
        }

        Revision = recorded.Revision;
    }

    /// <summary>Checks that the stream ended where a transaction ends, with the hashes that the last one recorded.</summary>
    /// <exception cref="ReplayException">It did not.</exception>
    public void ExpectComplete()
    {
        if (IsInTransaction)
        {
            throw new ReplayException(
                ReplayErrorKind.TransactionBorder,
                Module,
                Revision,
                EventTypes.RowInserted,
                $"{_openDigest.EventCount} events of transaction {_openTransaction}",
                $"{_openIndex}");
        }

        ExpectLastLink();
        if (RecordedHash is { } recorded && recorded != StateHash.Value)
        {
            throw new ReplayException(
                ReplayErrorKind.StateHash,
                Module,
                Revision,
                "state",
                recorded.ToString("x32", System.Globalization.CultureInfo.InvariantCulture),
                StateHash.ToString());
        }
    }

    private void Dispatch(in RecordedEvent recorded)
    {
        switch (recorded.Type)
        {
            case EventTypes.RowInserted:
            case EventTypes.RowUpdated:
            case EventTypes.RowDeleted:
            case EventTypes.EventEmitted:
            case EventTypes.CallRecorded:
            case EventTypes.GroupCommitted:
                ReplayOfTransaction(recorded);
                break;
            case EventTypes.ModulePublished:
                ExpectBorder(recorded);
                ExpectNoVoidBefore(recorded);
                BeginLink(recorded, ChainMetadata.Read(recorded.Metadata.Span));
                ReplayPublication(recorded);
                EndLink(recorded);
                break;
            case EventTypes.OwnershipTaken:
                ExpectBorder(recorded);
                BeginLink(recorded, ChainMetadata.Read(recorded.Metadata.Span));
                ReplayOwnership(recorded);
                EndLink(recorded);
                break;
            default:
                throw Damage(recorded, ReplayErrorKind.UnknownType, "an event type of Interstice", recorded.Type);
        }
    }

    private void ReplayOwnership(in RecordedEvent recorded)
    {
        var taken = OwnershipTaken.Read(recorded.Data.Span);
        if (taken.Epoch <= Epoch)
            throw Damage(recorded, ReplayErrorKind.Ownership, $"an epoch above {Epoch}", $"epoch {taken.Epoch}");
        TakeOwnership(taken);
    }

    private void ReplayOfTransaction(in RecordedEvent recorded)
    {
        TransactionId transaction = TransactionId.OfEvent(recorded.Id, out int index);
        if (!IsInTransaction)
        {
            if (index != 0)
                throw Damage(recorded, ReplayErrorKind.TransactionBorder, "the first event of a transaction", $"event {index}");
            _openDigest = TransactionRecord.ReadDigest(recorded.Metadata.Span);
            _isVoid |= _openDigest.Epoch < Epoch;
            _openTransaction = transaction;
            _openIndex = 0;
            _openedAt = recorded.Revision;
            BeginLink(recorded, _openDigest.Chain);
            BeginKeyed(recorded);
            BeginGroup(recorded);
        }
        else if (transaction != _openTransaction || index != _openIndex || recorded.Type == EventTypes.GroupCommitted)
        {
            throw Damage(
                recorded,
                ReplayErrorKind.TransactionBorder,
                $"event {_openIndex} of transaction {_openTransaction}",
                $"event {index} of transaction {transaction}");
        }
        else
        {
            _links.Add(recorded, hasValue: false);
        }

        if (!_isVoid) ApplyRecorded(recorded);
        if (++_openIndex == _openDigest.EventCount) EndReplayedTransaction(recorded);
    }

    private void EndReplayedTransaction(in RecordedEvent recorded)
    {
        if (_isVoid)
        {
            EndVoidLink(_openDigest.Chain);
            return;
        }

        State!.VerifyUnique();
        TransactionCount++;
        RecordedHash = _openDigest.StateHash;
        ReplayedTransactionAt = _openedAt;
        if (ComparesEveryHash && _openDigest.StateHash != StateHash.Value)
        {
            throw Damage(
                recorded,
                ReplayErrorKind.StateHash,
                _openDigest.StateHash.ToString("x32", System.Globalization.CultureInfo.InvariantCulture),
                StateHash.ToString());
        }

        EndLink(recorded);
        EndKeyed(recorded);
        EndGroup();
    }

    private void ExpectBorder(in RecordedEvent recorded)
    {
        if (IsInTransaction)
        {
            throw Damage(
                recorded,
                ReplayErrorKind.TransactionBorder,
                $"event {_openIndex} of transaction {_openTransaction}",
                recorded.Type);
        }
    }

    // Who publishes behind a void transaction has taken ownership first.
    private void ExpectNoVoidBefore(in RecordedEvent recorded)
    {
        if (_isVoid)
        {
            throw Damage(
                recorded,
                ReplayErrorKind.Ownership,
                $"{EventTypes.OwnershipTaken} behind a transaction of an epoch below {Epoch}",
                recorded.Type);
        }
    }

    private ReplayException Damage(
        in RecordedEvent recorded,
        ReplayErrorKind kind,
        string expected,
        string found,
        Exception? inner = null) => new(kind, Module, recorded.Revision, recorded.Type, expected, found, inner);

    private void BeginTables(ModuleState state) => _replays =
    [
        .. state.Tables.ToArray()
            .Select(table => table.Schema.PrimaryKey is null ? null : new TableReplay(table, keepsHash: ComparesEveryHash)),
    ];
}
