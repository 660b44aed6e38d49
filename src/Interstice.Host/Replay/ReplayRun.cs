using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Replay;

/// <summary>One replay: stretches of the stream are read and prepared by several threads and applied in order by one; what is no
/// plain sequence of whole transactions is applied event by event.</summary>
/// <remarks>
/// Everything that could be wrong is reported by the event-by-event way, or with its words: a thread that meets anything
/// unexpected, be it damage of the store, ends its stretch before it, and this way reads the rest again. So an error has
/// one place and one form whatever the threads did before.
/// Invariant: no more than <see cref="ReplayOptions.Threads"/> stretches are being prepared or wait to be applied.
/// </remarks>
/// <param name="store">The store.</param>
/// <param name="stream">The module's stream.</param>
/// <param name="projection">Takes the events.</param>
/// <param name="options">How to use the machine.</param>
/// <param name="progress">Told after each batch or stretch; null for nobody.</param>
/// <param name="end">Last revision wanted.</param>
/// <param name="last">Last revision of the stream.</param>
internal sealed class ReplayRun(
    IEventStore store,
    StreamName stream,
    ModuleProjection projection,
    ReplayOptions options,
    IProgress<ReplayProgress>? progress,
    Revision end,
    Revision last)
{
    // A stream begins with a publication, mostly followed by an owner: until tables are there, nothing can be prepared.
    private const int HeadEvents = 64;

    // A thread reads on to the end of its last transaction; asking for that at once spares a second look at the same append.
    private const int TailEvents = 1024;

    private readonly Queue<Task<StretchPreparation>> _ahead = new();
    private readonly Stack<StretchPreparation> _idle = new();
    private Revision _nextStretch;

    /// <summary>Replays from the projection's revision to the end of the transaction that holds the last one wanted.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!projection.TakesStretches && !projection.ComparesEveryHash && projection.State is null && projection.Revision < end)
            await ReplayEventsAsync(Earlier(projection.Revision + HeadEvents, end), cancellationToken).ConfigureAwait(false);
        for (Revision before = Revision.None; projection.TakesStretches && projection.Revision > before && projection.Revision < end;)
        {
            before = projection.Revision;
            await ReplayStretchesAsync(cancellationToken).ConfigureAwait(false);
        }

        await ReplayEventsAsync(end, cancellationToken).ConfigureAwait(false);
        await ReadLastLinkAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ReplayStretchesAsync(CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _nextStretch = projection.Revision.Next;
        ModuleState? tables = projection.State;
        try
        {
            // A migration makes other tables: what was prepared is not for those.
            while (projection.TakesStretches && ReferenceEquals(tables, projection.State) && (_nextStretch <= end || _ahead.Count > 0))
            {
                while (_nextStretch <= end && _ahead.Count < options.Threads) Prepare(stopping.Token);
                StretchPreparation prepared = await _ahead.Dequeue().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                await ReplayAsync(prepared.Stretch, cancellationToken).ConfigureAwait(false);
                _idle.Push(prepared);
                progress?.Report(new(projection.Module, projection.Revision, end));
            }
        }
        finally
        {
            // Nothing may read the store any more when the caller is told.
            await stopping.CancelAsync().ConfigureAwait(false);
            await SettleAsync().ConfigureAwait(false);
            _ahead.Clear();
            _idle.Clear();
        }
    }

    private void Prepare(CancellationToken cancellationToken)
    {
        StretchPreparation preparation = _idle.TryPop(out StretchPreparation? idle) ? idle : new(projection.State!.Tables);
        (Revision from, Revision until) = (_nextStretch, Earlier(_nextStretch + options.StretchEvents, end.Next));
        _nextStretch = until;
        _ahead.Enqueue(options.Threads == 1
            ? PrepareAsync(preparation, from, until, cancellationToken)
            : Task.Run(() => PrepareAsync(preparation, from, until, cancellationToken), cancellationToken));
    }

    private async Task<StretchPreparation> PrepareAsync(
        StretchPreparation preparation, Revision from, Revision until, CancellationToken cancellationToken)
    {
        preparation.Begin(from, until);
        try
        {
            until = Earlier(until + TailEvents, last.Next);
            await ReadAsync(from, until, preparation, cancellationToken).ConfigureAwait(false);
            while (preparation is { IsAtEnd: false, MissingEvents: > 0 } && until <= last)
            {
                Revision further = Earlier(until + preparation.MissingEvents, last.Next);
                await ReadAsync(until, further, preparation, cancellationToken).ConfigureAwait(false);
                until = further;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // What failed is read again event by event when its turn comes, and fails there.
        }

        preparation.End();
        return preparation;
    }

    private async Task ReadAsync(Revision from, Revision until, StretchPreparation preparation, CancellationToken cancellationToken)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Forwards, from, until.Value - from.Value, cancellationToken)
            .ConfigureAwait(false))
        {
            preparation.Add(batch.Span);
            if (preparation.IsAtEnd) return;
        }
    }

    private async Task ReplayAsync(ReplayStretch stretch, CancellationToken cancellationToken)
    {
        if (!projection.IsInTransaction && projection.Revision.Next == stretch.First && projection.Takes(stretch)
            && projection.Replay(stretch) is { } misfit)
        {
            await SettleAsync().ConfigureAwait(false);
            throw await DescribeAsync(misfit.Revision, misfit.Cause, cancellationToken).ConfigureAwait(false);
        }

        Revision lastOfStretch = new(stretch.Until.Value - 1);
        if (projection.Revision >= lastOfStretch) return;
        await SettleAsync().ConfigureAwait(false);
        await ReplayEventsAsync(lastOfStretch, cancellationToken).ConfigureAwait(false);
    }

    // A store may refuse one reader more: what reads event by event must be the only one.
    private async Task SettleAsync()
    {
        foreach (Task<StretchPreparation> task in _ahead)
            await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Up to a revision, moved on to the end of its transaction: there is no state between.
    private async Task ReplayEventsAsync(Revision to, CancellationToken cancellationToken)
    {
        while (projection.Revision < to || (projection.IsInTransaction && projection.Revision < last))
        {
            Revision before = projection.Revision;
            long events = before < to ? to.Value - before.Value : projection.MissingEvents;
            await foreach (ReadOnlyMemory<RecordedEvent> batch in store
                .ReadStreamAsync(stream, ReadDirection.Forwards, before.Next, events, cancellationToken)
                .ConfigureAwait(false))
            {
                projection.Replay(batch.Span);
                progress?.Report(new(projection.Module, projection.Revision, end));
            }

            if (projection.Revision == before) return; // what is left is gone: who asked for it sees where the stream ends
        }
    }

    private async Task ReadLastLinkAsync(CancellationToken cancellationToken)
    {
        if (projection.LinkToRead is not { } from) return;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Forwards, from, projection.Revision.Value - from.Value + 1, cancellationToken)
            .ConfigureAwait(false))
        {
            foreach (ref readonly RecordedEvent recorded in batch.Span) projection.ReadLastLink(recorded);
        }
    }

    private async Task<Exception> DescribeAsync(
        Revision revision, ProjectionDivergedException cause, CancellationToken cancellationToken)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Forwards, revision, 1, cancellationToken)
            .ConfigureAwait(false))
        {
            return projection.Misfit(batch.Span[0], cause);
        }

        return new InvalidOperationException($"revision {revision} was replayed and is gone", cause);
    }

    private static Revision Earlier(Revision left, Revision right) => left < right ? left : right;
}
