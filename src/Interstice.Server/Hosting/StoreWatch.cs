using Interstice.Kernel.Events;

namespace Interstice.Server.Hosting;

/// <summary>Says whether the store answers. It is asked once a second at most, however many ask here.</summary>
/// <param name="store">The store.</param>
/// <param name="time">Measures the second.</param>
internal sealed class StoreWatch(IEventStore store, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private long? _asked;
    private string? _problem;

    /// <summary>Why the store does not answer; null when it does.</summary>
    public async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_asked is { } asked && time.GetElapsedTime(asked) < Fresh) return _problem;
            _problem = await ProbeAsync().ConfigureAwait(false);
            _asked = time.GetTimestamp();
            return _problem;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _asking.Dispose();

    private async Task<string?> ProbeAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            await store.GetLastRevisionAsync(StreamNames.Modules, patience.Token).AsTask()
                .WaitAsync(Patience, time).ConfigureAwait(false);
            return null;
        }
        catch (Exception fault) when (fault is TimeoutException or OperationCanceledException)
        {
            return $"the store did not answer within {Patience.TotalSeconds} seconds";
        }
        catch (EventStoreException fault)
        {
            return fault.Message;
        }
    }
}
