using Interstice.Host.Inspection;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Inspection;

/// <summary>Reads the log, filters it and writes what is wanted.</summary>
/// <param name="session">Where to.</param>
/// <param name="store">The store.</param>
/// <param name="filter">What is wanted.</param>
/// <param name="page">Which part of it.</param>
internal sealed class LogInspection(Session session, IEventStore store, LogFilter filter, LogPage page)
{
    private readonly EventDecoder _decoder = new(store);
    private readonly EventRendering _rendering = new(session);
    private readonly List<LoggedEvent> _wanted = [];
    private Position? _last;

    private bool IsDone => page.IsFull || session.Output.IsClosed;

    /// <summary>Writes the events that are in the log; then, if wanted, those that come.</summary>
    /// <param name="isFollowing">Whether to go on until interrupted.</param>
    public async Task RunAsync(bool isFollowing)
    {
        try
        {
            await ReadAsync().ConfigureAwait(false);
            if (isFollowing) await FollowAsync().ConfigureAwait(false);
        }
        finally
        {
            if (!session.IsText) session.Documents.EndItems();
        }
    }

    private async Task ReadAsync()
    {
        Position from = filter.From is { } first ? new Position(first, first) : Position.Start;
        if (from > Position.Start)
            _decoder.Learn(await Publication.ReadAllAsync(store, from, session.Stopping).ConfigureAwait(false));
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadAllAsync(ReadDirection.Forwards, from, FilterOfStore(), long.MaxValue, session.Stopping)
            .ConfigureAwait(false))
        {
            if (!await WriteAsync(batch).ConfigureAwait(false)) return;
        }
    }

    private async Task FollowAsync()
    {
        session.Output.Flush();
        await foreach (SubscriptionMessage message in store
            .SubscribeToAllAsync(_last, FilterOfStore(), session.Stopping)
            .ConfigureAwait(false))
        {
            if (message is not SubscriptionMessage.Events events) continue;
            if (!await WriteAsync(events.Batch).ConfigureAwait(false)) return;
            session.Output.Flush();
            if (session.Output.IsClosed) return;
        }
    }

    // The store compares beginnings of names only, so a longer name passes too; the filter itself is exact.
    private EventFilter FilterOfStore() => filter.Module is { } module
        ? new EventFilter.StreamPrefix([StreamNames.Module(module).Value])
        : new EventFilter.All();

    private async Task<bool> WriteAsync(ReadOnlyMemory<RecordedEvent> batch)
    {
        try
        {
            if (!await DecodeAsync(batch).ConfigureAwait(false)) return false;
        }
        finally
        {
            // Also when one could not be decoded: those before it are shown.
            _rendering.Write(_wanted);
            _wanted.Clear();
        }

        session.Stopping.ThrowIfCancellationRequested();
        return !IsDone;
    }

    private async ValueTask<bool> DecodeAsync(ReadOnlyMemory<RecordedEvent> batch)
    {
        for (int i = 0; i < batch.Length; i++)
        {
            RecordedEvent recorded = batch.Span[i];
            if (IsDone || filter.EndsBefore(recorded.Position)) return false;
            _last = recorded.Position;
            if (!filter.MayAccept(recorded))
            {
                await _decoder.PassOverAsync(recorded, session.Stopping).ConfigureAwait(false);
                continue;
            }

            LoggedEvent logged = await _decoder.DecodeAsync(recorded, session.Stopping).ConfigureAwait(false);
            if (filter.Accepts(logged) && page.Takes()) _wanted.Add(logged);
        }

        return true;
    }
}
