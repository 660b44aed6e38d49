namespace Interstice.Host.Reducers;

/// <summary>Something that the host itself wants done on a loop's thread, before any work that waits there.</summary>
internal abstract class LoopOrder
{
    /// <summary>Does it, on the loop's thread.</summary>
    public abstract void Run();

    /// <summary>The loop has ended: it is never done.</summary>
    public abstract void Cancel();
}

/// <summary>An order with an answer.</summary>
/// <typeparam name="T">The answer.</typeparam>
/// <param name="order">What to do.</param>
internal sealed class LoopOrder<T>(Func<T> order) : LoopOrder
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer, or what the order threw.</summary>
    public Task<T> Answer => _answer.Task;

    /// <inheritdoc/>
    public override void Run()
    {
        try
        {
            _answer.TrySetResult(order());
        }
        catch (Exception fault)
        {
            // Carried to who gave the order and knows what it means.
            _answer.TrySetException(fault);
        }
    }

    /// <inheritdoc/>
    public override void Cancel() => _answer.TrySetCanceled();
}
