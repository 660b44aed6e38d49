using EventStore.Client;
using Interstice.Kernel.Events;
using Polly;

namespace Interstice.EventStoreDb;

/// <summary>The messages of a read or subscription that is begun again where it was when it breaks. Used by one caller at a time.</summary>
/// <param name="begin">Begins the call where the caller has come to.</param>
/// <param name="isEndless">Whether an end that the server makes is a failure, too.</param>
/// <param name="policy">How often to begin again.</param>
/// <param name="failures">What exceptions mean.</param>
/// <param name="closed">Ends it because the store is closed.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class ResumingMessages(
    Func<CancellationToken, IAsyncEnumerable<StreamMessage>> begin,
    bool isEndless,
    ResiliencePipeline policy,
    StoreFailures failures,
    CancellationToken closed,
    CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closed);
    private IAsyncEnumerator<StreamMessage>? _messages;
    private CancellationTokenSource? _call;
    private Task<bool>? _next;
    private Task<bool>? _waiting;
    private TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How often it was begun.</summary>
    internal int TimesBegun { get; private set; }

    /// <summary>Ends when the call that is under way breaks; taken before <see cref="NextAsync"/>.</summary>
    internal Task Broken => Volatile.Read(ref _broken).Task;

    /// <summary>The message that the last <see cref="NextAsync"/> came to.</summary>
    internal StreamMessage Current => _messages!.Current;

    /// <summary>Comes to the next message, at once if it has arrived.</summary>
    /// <returns>False at the end.</returns>
    internal ValueTask<bool> NextAsync()
    {
        if (_messages is not null)
        {
            ValueTask<bool> next = _messages.MoveNextAsync();
            if (next.IsCompletedSuccessfully)
            {
                bool hasNext = next.Result;
                if (hasNext || !isEndless) return new ValueTask<bool>(hasNext);
                _next = Task.FromResult(false);
            }
            else
            {
                _next = next.AsTask();
            }
        }

        return new ValueTask<bool>(_waiting = WaitAsync());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_waiting is not null) await ((Task)_waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DropAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task<bool> WaitAsync()
    {
        try
        {
            return await policy.ExecuteAsync(static (self, stop) => self.TryAsync(stop), this, _closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            throw StoreFailures.Closed();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw failures.OfQuestion(fault);
        }
    }

    private async ValueTask<bool> TryAsync(CancellationToken stop)
    {
        try
        {
            if (_messages is null) Begin();
            bool hasNext = await _next!.WaitAsync(stop).ConfigureAwait(false);
            _next = null;
            if (!hasNext && isEndless) throw new EventStoreException(EventStoreErrorKind.Unavailable, "the server ended the subscription");
            return hasNext;
        }
        catch (Exception fault)
        {
            if (!stop.IsCancellationRequested) Volatile.Read(ref _broken).TrySetResult();
            await DropAsync().ConfigureAwait(false);
            if (!stop.IsCancellationRequested) throw failures.OfQuestion(fault);
            if (fault is OperationCanceledException) throw;
            throw new OperationCanceledException(fault.Message, fault, stop);
        }
    }

    private void Begin()
    {
        TimesBegun++;
        if (Broken.IsCompleted) Volatile.Write(ref _broken, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _call = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        _messages = begin(_call.Token).GetAsyncEnumerator(_call.Token);
        _next = _messages.MoveNextAsync().AsTask();
    }

    private async ValueTask DropAsync()
    {
        if (_messages is null) return;
        await _call!.CancelAsync().ConfigureAwait(false);
        if (_next is not null) await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _messages.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // It is given up: how it ended does not matter.
        }

        _call.Dispose();
        (_messages, _call, _next) = (null, null, null);
    }
}
