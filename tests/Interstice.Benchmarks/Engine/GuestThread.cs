namespace Interstice.Benchmarks.Engine;

/// <summary>A thread with the stack that guests need, as the host's module loops have it.</summary>
internal static class GuestThread
{
    public static Task RunAsync(Action work)
    {
        var done = new TaskCompletionSource();
        var thread = new Thread(
            () =>
            {
                try
                {
                    work();
                    done.SetResult();
                }
                catch (Exception failure)
                {
                    done.SetException(failure);
                }
            },
            Guest.StackBytes);
        thread.Start();
        return done.Task;
    }
}
