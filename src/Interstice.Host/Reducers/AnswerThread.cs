using System.Diagnostics;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>Answers a lone caller from a thread that stays awake while the loop's thread waits for the store: nobody has to be woken when
/// the store has answered, and the caller goes on there at once.</summary>
/// <remarks>
/// <see cref="Call"/>, <see cref="TryGive"/> and <see cref="SendAway"/> belong to whoever sends batches, one thread at a time. Nothing
/// rests on the thread: while a caller keeps it, or it sleeps, <see cref="TryGive"/> says so and the answer goes the way of all others.
/// Invariants: the phase goes from Away to Awake, and from there to Given by the sender or back to Away by the thread, whichever is
/// first, so that what was given is answered once. What is given is written before the phase says so. The thread is made by the first
/// <see cref="Call"/>.
/// </remarks>
/// <param name="stream">The stream, for the thread's name.</param>
internal sealed class AnswerThread(StreamName stream) : IDisposable
{
    private const int Away = 0;
    private const int Awake = 1;
    private const int Given = 2;
    private const int SpinsBetweenLooks = 4;
    private const int ImpatienceMax = 64;

    // About as long as a caller takes to call again, and as an append takes beside which waking a thread is much.
    private static readonly long CallPatienceTicks = Stopwatch.Frequency / 15_000;
    private static readonly long AppendPatienceTicks = Stopwatch.Frequency / 4_000;

    // Of all modules of the process; not one where there is one processor. The others are for those who have something to do.
    private static readonly int AwakeMax = Environment.ProcessorCount / 2;
    private static int _awakeCount;

    private readonly LoopWake _wake = new();
    private bool _isStarted;
    private int _impatience;
    private int _callsImpatient;
    private volatile int _calls;
    private volatile int _phase;
    private volatile bool _isWanted;
    private volatile bool _wasInVain;
    private volatile bool _ended;
    private LoopWork? _work;
    private Revision _revision;
    private Position _position;

    /// <summary>The store is about to be waited for: calls the thread, unless it waited in vain lately.</summary>
    public void Call()
    {
        if (AwakeMax == 0) return;
        if (_wasInVain)
        {
            _wasInVain = false;
            _callsImpatient = _impatience = Math.Clamp(2 * _impatience, 1, ImpatienceMax);
        }

        if (_callsImpatient > 0)
        {
            _callsImpatient--;
            return;
        }

        _isWanted = true;
        _calls++;
        if (_isStarted) _wake.WakeIfAsleep();
        else Start();
    }

    /// <summary>Lets the thread answer, if it is awake; sends it away otherwise.</summary>
    /// <returns>False when it is not: nothing was given.</returns>
    public bool TryGive(LoopWork work, Revision revision, Position position)
    {
        bool isGiven = false;
        if (_phase == Awake)
        {
            (_work, _revision, _position) = (work, revision, position);
            isGiven = Interlocked.CompareExchange(ref _phase, Given, Awake) == Awake;
        }

        if (isGiven) _impatience = 0;
        SendAway();
        return isGiven;
    }

    /// <summary>There will be nothing to answer.</summary>
    public void SendAway() => _isWanted = false;

    /// <summary>Ends the thread when it has answered.</summary>
    public void Dispose()
    {
        _ended = true;
        _wake.Wake();
    }

    private void Start()
    {
        _isStarted = true;
        new Thread(Run) { IsBackground = true, Name = $"answers {stream}" }.UnsafeStart();
    }

    private void Run()
    {
        while (!_ended)
        {
            bool isGiven = false;
            int calls = _calls;
            if (Interlocked.Increment(ref _awakeCount) <= AwakeMax) isGiven = AwaitGiven(out calls);
            Interlocked.Decrement(ref _awakeCount);
            if (isGiven) Answer();
            else Sleep(calls);
        }
    }

    // Gives up where no append is under way for the time of a call, or one is for longer than is worth it.
    private bool AwaitGiven(out int calls)
    {
        long started = Stopwatch.GetTimestamp();
        _phase = Awake;
        while (true)
        {
            calls = _calls;
            bool isWanted = _isWanted;
            if (_phase == Given) return true;
            if (Stopwatch.GetTimestamp() - started > (isWanted ? AppendPatienceTicks : CallPatienceTicks))
            {
                if (Interlocked.CompareExchange(ref _phase, Away, Awake) != Awake) return true;
                if (isWanted) _wasInVain = true;
                return false;
            }

            Thread.SpinWait(SpinsBetweenLooks);
        }
    }

    private void Answer()
    {
        (LoopWork work, Revision revision, Position position) = (_work!, _revision, _position);
        _work = null;
        _phase = Away;
        work.SucceedHere(revision, position);
    }

    private void Sleep(int calls)
    {
        _wake.BeginSleep();
        if (_calls == calls && !_ended) _wake.Sleep();
        _wake.EndSleep();
    }
}
