using System.Runtime.CompilerServices;
using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

/// <content>A store that is away and whose adapter waits for it: reads and subscriptions say nothing until it is back.</content>
public sealed partial class FaultInjectingStore
{
    private volatile TaskCompletionSource? _away;
    private int _waiting;

    /// <summary>How many reads and subscriptions wait for the store to come back.</summary>
    public int WaitingCount => Volatile.Read(ref _waiting);

    /// <summary>From now on reads and subscriptions wait.</summary>
    public void GoAway() => _away ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets what waits go on.</summary>
    public void ComeBack()
    {
        TaskCompletionSource? away = _away;
        _away = null;
        away?.SetResult();
    }

    private async Task WaitUntilBackAsync(CancellationToken cancellationToken)
    {
        if (_away is not { } away) return;
        Interlocked.Increment(ref _waiting);
        try
        {
            await away.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> WaitAsync(
        IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> batches, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await WaitUntilBackAsync(cancellationToken).ConfigureAwait(false);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in batches.ConfigureAwait(false)) yield return batch;
    }
}
