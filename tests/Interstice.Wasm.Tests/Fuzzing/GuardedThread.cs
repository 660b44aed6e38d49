using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>A thread with a stack for guests, watched from outside: an input that does not end fails the test in place of
/// hanging it.</summary>
internal sealed class GuardedThread
{
    private static readonly TimeSpan StallMax = TimeSpan.FromSeconds(120);

    private readonly FlightRecorder _recorder;
    private byte[] _input = [];
    private int _steps;

    private GuardedThread(FlightRecorder recorder) => _recorder = recorder;

    /// <summary>Runs a body that announces each input.</summary>
    /// <param name="recorderPath">Where the running input is noted.</param>
    /// <param name="body">Calls <see cref="Begin"/> before each input.</param>
    /// <exception cref="InputException">Something was thrown, or an input did not end.</exception>
    public static void Run(string recorderPath, Action<GuardedThread> body)
    {
        using var recorder = new FlightRecorder(recorderPath);
        var guarded = new GuardedThread(recorder);
        InputException? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    body(guarded);
                }
                catch (Exception e)
                {
                    failure = e as InputException ?? new InputException(e.Message, guarded._input, e);
                }
            },
            GuestStack.BytesFor(BoundedRun.CallDepthMax))
        { IsBackground = true };
        thread.Start();
        guarded.Watch(thread);
        if (failure is not null) throw failure;
    }

    /// <summary>Announces the next input.</summary>
    public void Begin(byte[] input)
    {
        _recorder.Note(input);
        Volatile.Write(ref _input, input);
        Interlocked.Increment(ref _steps);
    }

    private void Watch(Thread thread)
    {
        int before = -1;
        while (!thread.Join(StallMax))
        {
            int now = Volatile.Read(ref _steps);
            if (now == before) throw new InputException($"no end after {StallMax}", _input);
            before = now;
        }
    }
}
