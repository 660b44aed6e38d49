using EventStore.Client;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.Timeout;

namespace Interstice.EventStoreDb;

/// <summary>A server of EventStoreDB's protocol as an event store of events as they are.</summary>
/// <remarks>
/// <para>Appends go through the client's one ordered stream, many in flight. An append whose answer was lost fails with
/// <see cref="EventStoreErrorKind.Unknown"/> and is never sent again by the store: its caller knows what follows it. Reads go on after the last
/// event that they gave, subscriptions connect again for ever.</para>
/// </remarks>
internal sealed partial class ServerStore : IEventStore
{
    private readonly EventStoreClient _client;
    private readonly EventStoreDbOptions _options;
    private readonly CallPolicies _policies;
    private readonly StoreFailures _failures;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closed;

    internal ServerStore(EventStoreClientSettings settings, EventStoreDbOptions options, ILogger logger, TimeProvider time)
    {
        Server = NameOf(settings.ConnectivitySettings);
        settings.OperationOptions.ThrowOnAppendFailure = false;
        settings.DefaultDeadline = options.AppendTimeout;
        _options = options;
        _closed = _closing.Token;
        _logger = logger;
        _failures = new StoreFailures(Server, settings.DefaultCredentials is not null);
        _policies = new CallPolicies(options, time, _failures);
        _client = new EventStoreClient(settings);
    }

    /// <summary>The server, as messages name it: host and port, without credentials.</summary>
    public string Server { get; }

    /// <inheritdoc/>
    public bool CanAppendToSeveralStreams => false;

    /// <inheritdoc/>
    public bool CanBeShared => true;

    /// <inheritdoc/>
    public int EventBytesMax => AppendBytesMax;

    /// <inheritdoc/>
    /// <remarks>Less than the server's own bound, which counts the names of types too.</remarks>
    public int AppendBytesMax => _options.ServerAppendBytesMax - (_options.ServerAppendBytesMax / 8);

    /// <inheritdoc/>
    /// <remarks>Ends reads and subscriptions that are under way, whatever the client does with them.</remarks>
    public async ValueTask DisposeAsync()
    {
        if (!_failures.Close()) return;
        await _closing.CancelAsync().ConfigureAwait(false);
        _closing.Dispose();
        await _client.DisposeAsync().ConfigureAwait(false);
    }

    private static string NameOf(EventStoreClientConnectivitySettings connectivity) => connectivity.IsSingleNode
        ? connectivity.Address.Authority
        : "cluster " + string.Join(", ", connectivity.GossipSeeds.Select(seed => seed.ToString()));

    /// <summary>Waits until the server answers and takes the credentials.</summary>
    /// <remarks>No try is left behind when the wait ends, and none reaches beyond it; where no wait is wanted there is one.</remarks>
    internal async Task WaitForServerAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        TimeSpan delay = _options.RetryDelay;
        TimeSpan left = _options.ConnectWait;
        while (true)
        {
            TimeSpan tryMax = left > TimeSpan.Zero && left < _options.ReadTimeout ? left : _options.ReadTimeout;
            if (await TryServerAsync(tryMax, time, cancellationToken).ConfigureAwait(false) is not { } failure) return;
            left = _options.ConnectWait - time.GetElapsedTime(start);
            if (failure.Kind != EventStoreErrorKind.Unavailable || left <= TimeSpan.Zero) throw failure;
            LogWaiting(Server, left, failure.Message);
            await Task.Delay(delay < left ? delay : left, time, cancellationToken).ConfigureAwait(false);
            left = _options.ConnectWait - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero) throw failure;
            delay = delay * 2 < _options.RetryDelayMax ? delay * 2 : _options.RetryDelayMax;
        }
    }

    // Null when the server answered.
    private async Task<EventStoreException?> TryServerAsync(TimeSpan timeMax, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(timeMax, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await LastAsync(StreamNames.Modules, ending.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception fault)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return _failures.OfQuestion(late.IsCancellationRequested ? new TimeoutRejectedException(fault.Message, fault) : fault);
        }
    }

    private void CheckOpen()
    {
        if (_failures.IsClosed) throw StoreFailures.Closed();
    }

    /// <summary>Asks something, again if need be.</summary>
    private async ValueTask<T> AskAsync<T>(Func<CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        CheckOpen();
        try
        {
            return await _policies.Asking.ExecuteAsync(
                async (question, stop) =>
                {
                    try
                    {
                        return await question(stop).ConfigureAwait(false);
                    }
                    catch (Exception fault) when (!stop.IsCancellationRequested)
                    {
                        throw _failures.OfQuestion(fault);
                    }
                    catch (Exception fault) when (fault is not OperationCanceledException)
                    {
                        throw new OperationCanceledException(fault.Message, fault, stop);
                    }
                },
                ask,
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw _failures.OfQuestion(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for {Server}, for {Left} more: {Reason}")]
    private partial void LogWaiting(string server, TimeSpan left, string reason);
}
