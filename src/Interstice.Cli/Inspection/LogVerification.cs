using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.EventStoreDb;
using Interstice.Host.Ownership;
using Interstice.Host.Replay;
using Interstice.Journal;
using Interstice.Journal.Archive;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Inspection;

/// <summary>Checks everything that a log promises: checksums, order and gaps by the journal, then borders of
/// transactions, and the hash chains of modules.</summary>
/// <param name="session">The session; shows progress.</param>
/// <param name="directory">The store.</param>
/// <param name="pins">Values that the chains must have.</param>
internal sealed class LogVerification(Session session, string directory, IReadOnlyList<HeadPin> pins)
{
    private const string TransactionKind = "transaction";
    private const string ChainKind = "chain";
    private const string HeadKind = "head";
    private const string CommitPointKind = "commitPoint";

    private SortedDictionary<string, ChainCheck> _chains = new(StringComparer.Ordinal);
    private readonly List<LogError> _errors = [];
    private readonly Dictionary<StreamName, OpenTransaction> _open = [];
    private readonly Dictionary<string, ulong> _lastPositions = new(StringComparer.Ordinal);
    private IReadOnlyList<JournalHole> _holes = [];
    private readonly Dictionary<StreamName, VoidRule> _rules = [];
    private long _transactions;
    private long _voidTransactions;
    private long _ownerships;
    private bool _hasCommitPoints;
    private CommitPointReport _commitPoints = new(0, [], []);

    /// <summary>Checks.</summary>
    public async Task<LogVerificationReport> RunAsync()
    {
        long started = TimeProvider.System.GetTimestamp();
        long bytes = StoreAccess.BytesIn(directory);
        StoreFiles files = StoreAccess.FilesOf(session, directory);
        session.Progress.Begin("verifying");
        VerificationReport journal = await JournalVerifier
            .VerifyAsync(files, new BytesDisplay(session, bytes), cancellationToken: session.Stopping)
            .ConfigureAwait(false);
        _holes = journal.Holes;
        foreach (VerificationError error in journal.Errors) _errors.Add(LogError.Of(error));
        session.Progress.Begin("checking transactions");
        await CheckTransactionsAsync(files, bytes).ConfigureAwait(false);
        session.Progress.Clear();
        return new LogVerificationReport(
            journal.Segments,
            journal.Frames,
            journal.Appends,
            journal.Events,
            _transactions,
            journal.Bytes,
            [.. _chains.Select(pair => ChainHead.Of(pair.Key, pair.Value))],
            _errors)
        {
            VoidTransactions = _voidTransactions,
            Ownerships = _ownerships,
            CommitPoints = _commitPoints.Checked,
            OpenCommitPoints = _commitPoints.Open,
            Holes = journal.Holes,
            Archived = journal.Archived,
            SegmentResults = journal.SegmentResults,
            TornTail = journal.TornTail,
            OtherFiles = StoreLeftovers.List(directory, journal),
            Elapsed = TimeProvider.System.GetElapsedTime(started),
        };
    }

    // What the journal found damaged cannot be read: what stands before it is checked.
    private async Task CheckTransactionsAsync(StoreFiles files, long bytes)
    {
        try
        {
            var options = new JournalOptions { Directory = directory, ReadOnly = true };
            await using JournalStore journal = await JournalStore
                .OpenAsync(options, null, files, session.Stopping)
                .ConfigureAwait(false);
            var store = new CanonicalStore(journal); // which the journal ends with
            if (await TryAllAtOnceAsync(store, journal.End).ConfigureAwait(false))
            {
                CheckHeads();
                await CheckCommitPointsAsync(store).ConfigureAwait(false);
                return;
            }

            await foreach (ReadOnlyMemory<RecordedEvent> batch in store
                .ReadAllAsync(
                    ReadDirection.Forwards,
                    Position.Start,
                    new EventFilter.All(),
                    cancellationToken: session.Stopping)
                .ConfigureAwait(false))
            {
                foreach (RecordedEvent recorded in batch.Span) Check(recorded);
                session.Progress.Report((long)batch.Span[^1].Position.Commit, bytes, "bytes");
            }

            foreach ((StreamName stream, OpenTransaction open) in _open.Where(pair => pair.Value.Left > 0))
                Add(
                    open.Position,
                    $"{open.Count} events of transaction {open.Id} in {stream}",
                    $"{open.Count - open.Left}");
            CheckHeads();
            await CheckCommitPointsAsync(store).ConfigureAwait(false);
        }
        catch (ArchiveUnreachableException)
        {
            // Reported by the journal. A head in the middle of the log would pass for that of the module.
            _chains.Clear();
        }
        catch (EventStoreException fault) when (fault is { Kind: EventStoreErrorKind.Damaged, Stream: not null })
        {
            // The journal is whole here, and what stands in it is not what a host writes: a finding of its own, whatever else there is.
            Add(new LogError(null, null, null, 0, ChainKind, "what a host wrote", "an event that can be read", fault.Message) { Stream = fault.Stream });
        }
        catch (EventStoreException fault) when (_errors.Count > 0
            && fault.Kind is EventStoreErrorKind.Damaged or EventStoreErrorKind.UnknownFormat)
        {
            return;
        }
    }

    // Where nothing is wrong, as is usual, the log need not be read in order.
    private async Task<bool> TryAllAtOnceAsync(IEventStore store, Position end)
    {
        if (_errors.Any(error => error.Kind is not ("tornTail" or "footer")) || _holes.Count > 0) return false;
        ILookup<string, Revision> wanted = pins
            .Where(pin => pin.Revision is not null)
            .ToLookup(pin => pin.Module, pin => pin.Revision!.Value, StringComparer.Ordinal);
        ChainPassResult? result = await ChainPass
            .RunAsync(
                store,
                end,
                Environment.ProcessorCount,
                wanted,
                new BytesDisplay(session, (long)end.Commit),
                session.Stopping)
            .ConfigureAwait(false);
        if (result is null) return false;
        (_chains, _transactions) = (result.Chains, result.Transactions);
        _hasCommitPoints = result.CommitPoints > 0;
        _voidTransactions = _chains.Values.Sum(chain => chain.VoidTransactions);
        _ownerships = _chains.Values.Sum(chain => chain.Ownerships);
        return true;
    }

    // A journal holds commit points where hosts reach it by the protocol endpoint, which appends to one stream at a time.
    private async Task CheckCommitPointsAsync(IEventStore store)
    {
        if (!_hasCommitPoints) return;
        IReadOnlyList<ulong> holes = [.. _holes.Select(hole => hole.Position)];
        var scope = new CommitPointScope { ListHoles = _ => Task.FromResult(holes) };
        _commitPoints = await CommitPointCheck.RunAsync(store, scope, session.Stopping).ConfigureAwait(false);
        foreach (CommitPointFault fault in _commitPoints.Faults)
        {
            Add(new LogError(
                null, null, null, fault.Position.Commit, CommitPointKind, $"what module {fault.Module} committed at revision {fault.Revision}", fault.Expected, fault.Found)
            {
                Stream = StreamNames.Module(fault.PartModule),
                Revision = fault.PartRevision,
            });
        }
    }

    private void Check(in RecordedEvent recorded)
    {
        if (recorded.Type == DeletionKinds.TombstoneType) return; // the store's own, and the last of its stream
        if (StreamNames.ModuleOf(recorded.Stream) is not { } module) return;
        CheckChain(recorded, module);
        _hasCommitPoints |= recorded.Type == EventTypes.GroupCommitted;
        OpenTransaction open = _open.GetValueOrDefault(recorded.Stream);
        if (!EventTypes.IsOfTransaction(recorded.Type))
        {
            if (open.Left > 0) Interrupted(recorded, open, recorded.Type);
            if (recorded.Type == EventTypes.OwnershipTaken) Own(recorded, module);
            return;
        }

        TransactionId id = TransactionId.OfEvent(recorded.Id, out int index);
        if (open.Left > 0 && id == open.Id && index == open.Count - open.Left)
            _open[recorded.Stream] = open with { Left = open.Left - 1 };
        else if (open.Left > 0) Interrupted(recorded, open, $"event {index} of transaction {id}");
        else if (index != 0)
            Add(recorded.Position.Commit, "the first event of a transaction", $"event {index} of {id}");
        else Begin(recorded, id);
    }

    private void CheckChain(in RecordedEvent recorded, string module)
    {
        if (!_chains.TryGetValue(module, out ChainCheck? chain))
        {
            IEnumerable<Revision> wanted = pins.Where(pin => pin.Module == module).Select(pin => pin.Revision).OfType<Revision>();
            _chains[module] = chain = new ChainCheck(recorded.Stream, wanted);
        }

        if (chain.Misfit is not null) return;
        if (recorded.Revision > chain.Next && IsHoleBefore(module, recorded)) chain.Interrupt();
        _lastPositions[module] = recorded.Position.Commit;
        chain.Add(recorded);
        if (chain.Misfit is not { } misfit) return;
        Add(new LogError(null, null, null, misfit.Position.Commit, ChainKind, "value of the hash chain", misfit.Expected, misfit.Found)
        {
            Stream = recorded.Stream,
            Revision = misfit.Revision,
        });
    }

    // Whether a repair has left something out since the module's event before. Else a revision that is missing is a misfit.
    private bool IsHoleBefore(string module, RecordedEvent recorded) => _holes.Any(hole =>
        hole.Position < recorded.Position.Commit && hole.Position > _lastPositions.GetValueOrDefault(module));

    private void CheckHeads()
    {
        foreach (HeadPin pin in pins)
        {
            ChainCheck? chain = _chains.GetValueOrDefault(pin.Module);
            if (pin.FindOther(chain) is not { } found) continue;
            Add(new LogError(null, null, null, 0, HeadKind, $"value of the hash chain of {pin.Place}", pin.Value.ToString(), found)
            {
                Stream = StreamNames.Module(pin.Module),
                Revision = pin.Revision ?? chain?.Revision,
            });
        }
    }

    private void Begin(in RecordedEvent recorded, TransactionId id)
    {
        _transactions++;
        try
        {
            TransactionDigest digest = TransactionRecord.ReadDigest(recorded.Metadata.Span);
            if (RuleOf(recorded.Stream).Begin(digest.Epoch)) _voidTransactions++;
            _open[recorded.Stream] = new OpenTransaction(id, digest.EventCount, digest.EventCount - 1, recorded.Position.Commit);
        }
        catch (EventFormatException fault)
        {
            Add(recorded.Position.Commit, "the call of a transaction", fault.Message);
        }
    }

    private void Own(in RecordedEvent recorded, string module)
    {
        try
        {
            RuleOf(recorded.Stream).Own(OwnershipTaken.Read(recorded.Data.Span).Epoch);
            _ownerships++;
        }
        catch (EventFormatException fault) when (_chains[module].Misfit?.Revision != recorded.Revision)
        {
            Add(recorded.Position.Commit, "a change of ownership", fault.Message);
        }
        catch (EventFormatException)
        {
            return; // reported with the chain
        }
    }

    private VoidRule RuleOf(StreamName stream)
    {
        if (!_rules.TryGetValue(stream, out VoidRule? rule)) _rules[stream] = rule = new VoidRule();
        return rule;
    }

    private void Interrupted(in RecordedEvent recorded, OpenTransaction open, string found)
    {
        Add(recorded.Position.Commit, $"event {open.Count - open.Left} of transaction {open.Id}", found);
        _open.Remove(recorded.Stream);
    }

    private void Add(ulong position, string expected, string found) =>
        Add(new LogError(null, null, null, position, TransactionKind, "transaction", expected, found));

    private void Add(LogError error)
    {
        if (_errors.Count < JournalVerifier.ErrorsMax) _errors.Add(error);
    }

    private readonly record struct OpenTransaction(TransactionId Id, int Count, int Left, ulong Position);
}
