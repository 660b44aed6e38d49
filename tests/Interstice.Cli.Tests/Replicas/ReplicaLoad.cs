using System.Collections.Concurrent;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Replicas;

/// <summary>Clients that open accounts at two hosts, each account under a name of its own: what is refused is tried again under its name,
/// what may have been committed is not.</summary>
internal sealed class ReplicaLoad : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(20);

    private readonly Replica[] _hosts;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task[] _clients;
    private readonly Lock _lock = new();
    private TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ReplicaLoad(Replica[] hosts, int clients, int seed)
    {
        _hosts = hosts;
        _clients = [.. Enumerable.Range(0, clients).Select(client => Task.Run(() => RunAsync(client, new Random(seed + client))))];
    }

    /// <summary>Accounts that were acknowledged, with the revision that the caller was told.</summary>
    public ConcurrentDictionary<string, long> Acknowledged { get; } = new(StringComparer.Ordinal);

    /// <summary>Accounts that may be there.</summary>
    public ConcurrentBag<string> Untold { get; } = [];

    /// <summary>Waits until some more calls were acknowledged.</summary>
    public async Task WaitForAsync(int more, string what)
    {
        int target = Acknowledged.Count + more;
        using var patience = new CancellationTokenSource(Patience);
        while (Acknowledged.Count < target)
        {
            Task next;
            lock (_lock) next = _acknowledged.Task;
            if (Acknowledged.Count >= target) return;
            Task ended = await Task.WhenAny([next, .. _clients]).WaitAsync(Patience);
            if (ended != next) await ended;
            if (patience.IsCancellationRequested)
                throw new TimeoutException($"{what}: {Acknowledged.Count - target + more} of {more} calls were acknowledged in {Patience}");
        }
    }

    /// <summary>Ends the clients; those whose call was refused last leave it.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_clients);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_clients).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(int client, Random random)
    {
        for (int i = 0; !_stopping.IsCancellationRequested; i++)
            await OpenAsync($"c{client}-{i}", random);
    }

    private async Task OpenAsync(string account, Random random)
    {
        while (!_stopping.IsCancellationRequested)
        {
            switch (await _hosts[random.Next(_hosts.Length)].OpenAccountAsync(account))
            {
                case ReplicaAnswer.Committed committed:
                    Acknowledged[account] = committed.Revision;
                    Tell();
                    return;
                case ReplicaAnswer.Unknown:
                    Untold.Add(account);
                    return;
            }

            // What a client does that is told to try again later.
            await Task.Delay(RetryPause);
        }
    }

    private void Tell()
    {
        TaskCompletionSource told;
        lock (_lock)
        {
            told = _acknowledged;
            _acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        told.TrySetResult();
    }
}
