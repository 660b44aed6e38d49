namespace Interstice.Host.Reexecution;

/// <summary>Runs work that calls guests on a thread of its own, with the stack that they need.</summary>
internal static class GuestThread
{
    /// <summary>Runs it.</summary>
    /// <param name="name">Name of the thread.</param>
    /// <param name="stackBytes">Stack that the engine asks for.</param>
    /// <param name="work">The work; may block.</param>
    public static Task<T> RunAsync<T>(string name, int stackBytes, Func<T> work)
    {
        var end = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(work, end), stackBytes) { IsBackground = true, Name = name };
        thread.Start();
        return end.Task;
    }

    private static void Run<T>(Func<T> work, TaskCompletionSource<T> end)
    {
        try
        {
            end.SetResult(work());
        }
        catch (OperationCanceledException cancelled)
        {
            end.SetCanceled(cancelled.CancellationToken);
        }
        catch (Exception fault)
        {
            // Carried to whoever waits for the work.
            end.SetException(fault);
        }
    }
}
