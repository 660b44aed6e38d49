using System.Diagnostics;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Writing;

internal sealed partial class LogWriter
{
    // A pool thread is not kept for a device that takes longer, beside which waking a thread is nothing.
    private static readonly long QuickTicksMax = Stopwatch.Frequency / 1000;
    private static readonly long PatienceTicksMin = Stopwatch.Frequency / 50_000;
    private static readonly long PatienceTicksMax = Stopwatch.Frequency / 10_000;
    private static readonly bool HasSeveralProcessors = Environment.ProcessorCount > 1;
    private const int ImpatienceMax = 64;
    private const int PatienceBytesMax = 64 << 10;

    private bool _isQuick;
    private int _impatience;
    private int _turnsImpatient;

    /// <summary>Queues a request, to be written by the writer's thread or, when it is alone and commits are quick, by a pool thread.
    /// </summary>
    /// <remarks>A pool thread answers the caller itself after the commit. Through the writer's thread a lone caller would wait for two
    /// threads to be woken, which takes a good part of the time that the device takes.</remarks>
    /// <exception cref="EventStoreException">The journal takes no appends.</exception>
    /// <exception cref="OperationCanceledException">The token ended the wait for room.</exception>
    public void Enqueue(AppendRequest request, CancellationToken cancellationToken)
    {
        if (!_queue.Enqueue(request, cancellationToken)) return;

        // A pool that has other work would let the append wait for all of it.
        if (IsQuick && ThreadPool.PendingWorkItemCount == 0)
            ThreadPool.UnsafeQueueUserWorkItem(_poolTurn, preferLocal: true);
        else
            _queue.WakeWriter();
    }

    /// <summary>Whether a commit takes so little time that changes of threads are a good part of it.</summary>
    public bool IsQuick => Volatile.Read(ref _isQuick);

    /// <summary>Writes and completes a request on the calling thread, which saves two changes of threads.</summary>
    /// <returns>False when others are before it, so that it must be queued.</returns>
    /// <exception cref="EventStoreException">The journal takes no appends.</exception>
    public bool TryCommitHere(AppendRequest request)
    {
        if (!_queue.TryPass(request)) return false;
        _own.Add(request);
        Turn turn = CommitAll(_own);
        _own.Clear();
        _queue.EndTurn(null);
        turn.Answers.Execute();
        return true;
    }

    private void Run()
    {
        while (_queue.Take() is { } taken)
        {
            int callers = taken.Count;
            Turn turn = CommitAll(taken);
            callers += _queue.EndTurn(taken);
            turn.Answers.Send();
            if (callers > 1 && HasSeveralProcessors) AwaitReturn(callers, turn);
        }

        lock (_commit) WriteCloseMarker();
        _syncTimer?.Dispose();
        _preparer.Abandon();
        _ended.SetResult();
    }

    private void CommitOnPool()
    {
        if (_queue.TryTake() is not { } taken) return;
        Turn turn = CommitAll(taken);
        _queue.EndTurn(taken);
        turn.Answers.Execute();
    }

    // Writes what was taken, in as many groups as it needs. The answers of all groups but the last are sent.
    private Turn CommitAll(List<AppendRequest> taken)
    {
        long started = Stopwatch.GetTimestamp();
        int done = 0;
        while (true)
        {
            CompletionBatch answers;
            int bytes;
            lock (_commit)
            {
                done = CommitGroup(taken, done);
                bytes = _group.Length;
                answers = _batch;
                if (done == taken.Count || answers.Count > 0) _batch = CompletionBatch.Rent();
            }

            if (done == taken.Count)
            {
                long ticks = Stopwatch.GetTimestamp() - started;
                Volatile.Write(ref _isQuick, HasSeveralProcessors && ticks < QuickTicksMax);
                return new Turn(answers, ticks, bytes);
            }

            if (answers.Count > 0) answers.Send();
        }
    }

    // Callers that were just answered often append again at once. Who begins without them makes them wait for a whole sync, and so do they
    // with the others afterwards: two halves that take turns. So the writer waits for as many as there were, for half as long as the
    // commit took at most; when they did not come, it does not wait in the next turns. A large group keeps the device busy without that.
    private void AwaitReturn(int callers, in Turn turn)
    {
        if (_turnsImpatient > 0 || turn.LastGroupBytes > PatienceBytesMax)
        {
            _turnsImpatient = Math.Max(0, _turnsImpatient - 1);
            _queue.WaitFor(1, PatienceTicksMin);
            return;
        }

        bool came = _queue.WaitFor(callers, Math.Clamp(turn.Ticks / 2, PatienceTicksMin, PatienceTicksMax));
        _impatience = came ? 0 : Math.Clamp(2 * _impatience, 1, ImpatienceMax);
        _turnsImpatient = _impatience;
    }

    // What a turn leaves to be done when it is over, and how long it took.
    private readonly record struct Turn(CompletionBatch Answers, long Ticks, int LastGroupBytes);

    private sealed class PoolTurn(LogWriter writer) : IThreadPoolWorkItem
    {
        public void Execute() => writer.CommitOnPool();
    }
}
