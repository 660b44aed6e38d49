using System.Runtime.CompilerServices;
using Interstice.Journal.Index;
using Interstice.Journal.Reading;
using Interstice.Kernel.Events;

namespace Interstice.Journal;

public sealed partial class JournalStore
{
    // A subscriber reads from the log whatever it is given, so nothing is kept for slow ones. This far behind after having caught
    // up, it is told so.
    private const long FellBehindBytes = 16 << 20;
    private const long FellBehindEvents = 100_000;

    // How often a store that another process writes is looked at.
    private static readonly TimeSpan TailInterval = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream,
        Revision after,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after.Value, Revision.None.Value, nameof(after));
        using ReaderPlace place = TakePlace();
        long next = after.Value + 1;
        bool isLive = false;
        while (true)
        {
            Task grown = BeginWait(cancellationToken);
            ExpectOpen(stream);
            if (_log.Find(stream) is { } entry && entry.Last >= next)
            {
                if (isLive && entry.Last - next > FellBehindEvents)
                {
                    isLive = false;
                    yield return new SubscriptionMessage.FellBehind();
                }

                StreamView view = StreamView.Of(entry, _time);
                using StreamForwards reader = new(_log, entry, Math.Max(next, view.First), view.OldestUs);
                while (true)
                {
                    ReadOnlyMemory<RecordedEvent> batch = Next(reader, entry.Last + 1, long.MaxValue);
                    next = Math.Max(next, reader.Revision);
                    if (batch.IsEmpty) break;
                    yield return new SubscriptionMessage.Events(batch);
                    cancellationToken.ThrowIfCancellationRequested();
                }

                next = Math.Max(next, view.Last + 1);
                continue;
            }

            if (!isLive)
            {
                isLive = true;
                yield return new SubscriptionMessage.CaughtUp();
                continue;
            }

            await WaitAsync(grown, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        Position? after,
        EventFilter filter,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        using ReaderPlace place = TakePlace();
        ulong from = after is { } seen ? Math.Min(seen.Commit, ulong.MaxValue - 1) + 1 : 0;
        Task grown = BeginWait(cancellationToken);
        while (_log.Segments.Length == 0)
        {
            await WaitAsync(grown, cancellationToken).ConfigureAwait(false);
            grown = BeginWait(cancellationToken);
        }

        using AllForwards reader = new(_log, from, filter);
        bool isLive = false;
        ulong? told = null;
        while (true)
        {
            ulong limit = _log.Tail;
            if (isLive && reader.Examined is { } examined && limit > examined && limit - examined > FellBehindBytes)
            {
                isLive = false;
                yield return new SubscriptionMessage.FellBehind();
            }

            ReadOnlyMemory<RecordedEvent> batch = Next(reader, limit, long.MaxValue);
            bool isAtEnd = reader.IsAtEnd && limit == _log.Tail;
            if (!batch.IsEmpty)
            {
                told = batch.Span[^1].Position.Commit;
                yield return new SubscriptionMessage.Events(batch);
            }

            // What was examined after the last event handed out, none of which passed: told before waiting, and now and then.
            if (reader.Examined is { } position && position >= from && (told is null || position > told)
                && (isAtEnd || batch.IsEmpty))
            {
                told = position;
                yield return new SubscriptionMessage.Checkpoint(new Position(position, position));
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (!isAtEnd) continue;
            if (!isLive)
            {
                isLive = true;
                yield return new SubscriptionMessage.CaughtUp();
            }

            grown = BeginWait(cancellationToken);
            if (_log.Tail == limit) await WaitAsync(grown, cancellationToken).ConfigureAwait(false);
        }
    }

    // Taken before looking at the log, so that growth after the look is not missed.
    private Task BeginWait(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task grown = _log.Signal.Take();
        ThrowIfClosed();
        _tail?.Refresh();
        return grown;
    }

    private Task WaitAsync(Task grown, CancellationToken cancellationToken) =>
        _tail is null
            ? grown.WaitAsync(cancellationToken)
            : Task.Delay(TailInterval, _time, cancellationToken);
}
