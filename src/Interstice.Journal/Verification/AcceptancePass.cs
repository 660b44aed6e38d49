using Interstice.Journal.Files;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

/// <summary>Offers all segments of a store to <see cref="SegmentAcceptor"/>s, several at a time, and gives the answers in log order.
/// </summary>
/// <remarks>Runs ahead of who asks by a bounded number of segments, so that memory does not grow with the log.</remarks>
internal sealed class AcceptancePass : IAsyncDisposable
{
    private readonly IReadOnlyList<SegmentPlace> _places;
    private readonly TaskCompletionSource<(AcceptedSegment? Segment, long BytesCounted)>[] _answers;
    private readonly SemaphoreSlim _ahead;
    private readonly CancellationTokenSource _stopping;
    private readonly Task[] _workers;
    private int _next = -1;

    /// <summary>Begins.</summary>
    /// <param name="files">The store.</param>
    /// <param name="storeId">Its id; null when it is not known, and nothing is accepted.</param>
    /// <param name="places">Its segments, in log order.</param>
    /// <param name="options">How many threads check; 0 when nothing is to be accepted.</param>
    /// <param name="progress">Told what is read.</param>
    public AcceptancePass(
        IJournalFiles files, Guid? storeId, IReadOnlyList<SegmentPlace> places, VerificationOptions options, VerificationProgress progress)
    {
        _places = places;
        _answers = [.. places.Select(_ => new TaskCompletionSource<(AcceptedSegment?, long)>(
            TaskCreationOptions.RunContinuationsAsynchronously))];
        int threads = storeId is null ? 0 : Math.Min(options.Threads, places.Count);
        _ahead = new SemaphoreSlim(2 * threads);
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(progress.CancellationToken);
        _workers = [.. Enumerable.Range(0, threads).Select(_ => Task.Run(() => WorkAsync(files, storeId!.Value, options, progress)))];
    }

    /// <summary>The answer for a segment; asked once for each, in order. Null where it is not accepted; then the number of its bytes that
    /// progress has counted.</summary>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public async ValueTask<(AcceptedSegment? Segment, long BytesCounted)> NextAsync(int index)
    {
        if (_workers.Length == 0) return (null, 0);
        (AcceptedSegment?, long) answer = await _answers[index].Task.ConfigureAwait(false);
        _ahead.Release();
        return answer;
    }

    /// <summary>Ends what is still under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_workers).ConfigureAwait(false);
        _stopping.Dispose();
        _ahead.Dispose();
    }

    // Never fails: what goes wrong is the answer for the segment where it did.
    private async Task WorkAsync(IJournalFiles files, Guid storeId, VerificationOptions options, VerificationProgress progress)
    {
        using SegmentAcceptor acceptor = new(files, storeId, options, (long)(_places[^1].Base - _places[0].Base));
        while (true)
        {
            int index = -1;
            try
            {
                await _ahead.WaitAsync(_stopping.Token).ConfigureAwait(false);
                index = Interlocked.Increment(ref _next);
                if (index >= _places.Count) return;
                _answers[index].TrySetResult(Accept(acceptor, _places[index], progress));
            }
            catch (OperationCanceledException)
            {
                for (int i = 0; i < _answers.Length; i++) _answers[i].TrySetCanceled(_stopping.Token);
                return;
            }
            catch (Exception e) when (index >= 0)
            {
                _answers[index].TrySetException(e);
            }
        }
    }

    // A segment that could not be read is not accepted: who reads it again meets the same failure, in its turn.
    private static (AcceptedSegment?, long) Accept(SegmentAcceptor acceptor, in SegmentPlace place, VerificationProgress progress)
    {
        try
        {
            return (acceptor.TryAccept(place, progress), acceptor.BytesCounted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EventStoreException)
        {
            return (null, acceptor.BytesCounted);
        }
    }
}
