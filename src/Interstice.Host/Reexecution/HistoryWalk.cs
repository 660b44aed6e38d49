using System.Text;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Reexecution;

/// <summary>Goes through a module's stream transaction by transaction, with the streams of the modules that its calls go over: each call is
/// shown to a check on the state before it, then its recorded effects are applied. Whatever the check does, the state goes the way that is
/// recorded.</summary>
/// <remarks>Streams are merged by position. The parts of a transaction over several modules are applied together with the call that made them.
/// Void transactions (docs/semantics.md, Ownership) are applied as what they are, and not shown.</remarks>
/// <param name="group">The module, and those that join it.</param>
/// <param name="check">Looks at the calls.</param>
/// <param name="progress">Told after each batch; null for nobody.</param>
internal sealed class HistoryWalk(RecordedGroup group, IHistoryCheck check, IProgress<ReplayProgress>? progress)
{
    private readonly RecordedMember _main = group.Main;
    private readonly List<RecordedMember> _parts = [];

    /// <summary>Modules that take part from the first transaction on, so that calls of theirs which only read the module are seen too.</summary>
    public IReadOnlyList<string> Callers { get; init; } = [];

    /// <summary>Calls that were shown to the check and have to do with the module.</summary>
    public long Calls { get; private set; }

    /// <summary>Events of these calls in the module's stream.</summary>
    public long Events { get; private set; }

    /// <summary>Parts of calls that were made of other modules and whose record is not in the log, or cannot be read.</summary>
    public long JointParts { get; private set; }

    /// <summary>Transactions that no reducer made.</summary>
    public long HostTransactions { get; private set; }

    /// <summary>Transactions that changed nothing.</summary>
    public long VoidTransactions { get; private set; }

    /// <summary>The state where the walk stands.</summary>
    public ModuleProjection Projection => _main.Projection;

    /// <summary>Lets the check take up the build that is in force before the first event.</summary>
    public void Begin(CancellationToken cancellationToken)
    {
        if (Projection.Published is not null) check.TakeUp(_main, cancellationToken);
    }

    /// <summary>Goes on to a revision, and from there to the end of its transaction; and over what <see cref="Callers"/> have done since.</summary>
    /// <param name="to">The revision; one behind the end of the stream means its end.</param>
    /// <param name="cancellationToken">Stops between transactions.</param>
    /// <exception cref="ReplayException">The stream cannot be replayed.</exception>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public void GoTo(Revision to, CancellationToken cancellationToken)
    {
        if (Projection.Revision >= to && Callers.Count == 0) return;
        long reported = _main.Cursor.Batches;

        // Everything of the module that stands before what is there of the others now can be read from here on.
        Position others = group.FindEnd(Callers, cancellationToken);
        group.Open(cancellationToken);
        try
        {
            while (FindNext(to, others, cancellationToken) is { } next)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_main.Cursor.Batches - reported > 1)
                {
                    reported = _main.Cursor.Batches - 1;
                    Report(to);
                }

                Take(next, cancellationToken);
            }
        }
        finally
        {
            group.Close();
        }

        Report(to);
    }

    private void Report(Revision to) => progress?.Report(new(Projection.Module, Projection.Revision, to));

    // Null at the end: of what is wanted of the module, and of the calls of others that stand behind it.
    private RecordedMember? FindNext(Revision to, Position others, CancellationToken cancellationToken)
    {
        RecordedMember? next = _main.Cursor.TryRead() ? _main : null;
        bool isWanted = Projection.Revision < to;
        if (isWanted && next is null) return null;
        if (next is not null)
            foreach (string caller in Callers) group.Join(caller, PositionOf(_main), cancellationToken);
        foreach (RecordedMember other in group.Others)
            if (other.Cursor.TryRead() && (next is null || PositionOf(other) < PositionOf(next))) next = other;
        return next is not null && (isWanted || (Callers.Count > 0 && PositionOf(next) <= others)) ? next : null;
    }

    private static Position PositionOf(RecordedMember member) => member.Cursor.Current[0].Position;

    private void Take(RecordedMember member, CancellationToken cancellationToken)
    {
        ReadOnlySpan<RecordedEvent> events = member.Cursor.Current;
        ref readonly RecordedEvent first = ref events[0];
        if (!EventTypes.IsOfTransaction(first.Type) || member.Projection.State is null)
        {
            ModuleState? before = member.Projection.State;
            member.Projection.Replay(first);
            if (first.Type == EventTypes.ModulePublished)
            {
                TakeUp(member, cancellationToken);
                if (member == _main && before is not null) ShowMigration(before, first);
            }

            member.Cursor.Advance();
            return;
        }

        RecordedCall call;
        try
        {
            call = RecordedCall.Read(first.Metadata);
        }
        catch (EventFormatException)
        {
            // The projection refuses it in its own words.
            member.Projection.Replay(first);
            throw;
        }

        Take(member, call, events, cancellationToken);
    }

    private void ShowMigration(ModuleState before, in RecordedEvent publication)
    {
        ModulePublished published = ModulePublished.Read(publication.Data.Span);
        if (!published.Effects.IsEmpty) check.Migrated(before, published, _main);
    }

    private void TakeUp(RecordedMember member, CancellationToken cancellationToken)
    {
        if (member == _main) check.TakeUp(member, cancellationToken);
        else group.TakeUp(member, cancellationToken);
    }

    private void Take(RecordedMember member, in RecordedCall call, ReadOnlySpan<RecordedEvent> events, CancellationToken cancellationToken)
    {
        bool isMain = member == _main;
        if (member.Projection.IsLastVoid || call.Epoch < member.Projection.Epoch)
        {
            if (isMain) VoidTransactions++;
            member.Projection.Replay(events);
            member.Cursor.Advance();
            return;
        }

        if (call.Reducer.IsEmpty)
        {
            if (isMain) HostTransactions++;
        }
        else if (call.Reducer.Contains((byte)'.'))
        {
            if (JoinCaller(call, events, cancellationToken)) return;
            if (isMain) JointParts++;
        }
        else
        {
            Show(member, call, events, cancellationToken);
            return;
        }

        Apply(member, call, events);
    }

    // True when the call that made the part stands in front of it now.
    private bool JoinCaller(in RecordedCall call, ReadOnlySpan<RecordedEvent> part, CancellationToken cancellationToken)
    {
        TransactionId transaction = TransactionId.OfEvent(part[0].Id, out _);
        (string module, _) = CallGraph.Split(Encoding.UTF8.GetString(call.Reducer));
        if (_main.FindPart(transaction).IsEmpty || group.Others.Any(other => other.Module == module)) return false;
        return group.JoinBefore(module, transaction, part[0].Position, cancellationToken);
    }

    private void Show(RecordedMember member, in RecordedCall call, ReadOnlySpan<RecordedEvent> events, CancellationToken cancellationToken)
    {
        TransactionId id = TransactionId.OfEvent(events[0].Id, out _);
        var transaction = new RecordedTransaction(group, member, call, events);
        ReducerSchema? reducer = member.Build?.FindReducer(call.Reducer);
        if (member == _main || !_main.FindPart(id).IsEmpty || (Callers.Count > 0 && reducer is not null && group.MayReachMain(reducer)))
        {
            if (reducer is not null) group.Gather(reducer, events[0].Position, cancellationToken);
            if (check.Check(transaction))
            {
                Calls++;
                Events += member == _main ? events.Length : _main.FindPart(id).Length;
            }
        }

        _parts.Clear();
        if (member != _main && !_main.FindPart(id).IsEmpty) _parts.Add(_main);
        foreach (RecordedMember other in group.Others)
            if (other != member && !other.FindPart(id).IsEmpty) _parts.Add(other);
        Apply(member, call, events);
        foreach (RecordedMember part in _parts)
        {
            ReadOnlySpan<RecordedEvent> own = part.Cursor.Current;
            Apply(part, RecordedCall.Read(own[0].Metadata), own);
        }
    }

    private void Apply(RecordedMember member, in RecordedCall call, ReadOnlySpan<RecordedEvent> events)
    {
        member.Projection.Replay(events);
        if (member == _main) check.Applied(call, events, member.Projection);
        member.Cursor.Advance();
    }
}
