using EventStore.Client;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;

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
    private volatile bool _isClosed;

    internal ServerStore(EventStoreClientSettings settings, EventStoreDbOptions options, ILogger logger, TimeProvider time)
    {
        Server = NameOf(settings.ConnectivitySettings);
        settings.OperationOptions.ThrowOnAppendFailure = false;
        settings.DefaultDeadline = options.AppendTimeout;
        _options = options;
        _logger = logger;
        _failures = new StoreFailures(Server);
        _policies = new CallPolicies(options, time);
        _client = new EventStoreClient(settings);
    }

    /// <summary>The server, as messages name it: host and port, without credentials.</summary>
    public string Server { get; }

    /// <inheritdoc/>
    public bool CanAppendToSeveralStreams => false;

    /// <inheritdoc/>
    public int EventBytesMax => AppendBytesMax;

    /// <inheritdoc/>
    /// <remarks>Less than the server's own bound, which counts the names of types too.</remarks>
    public int AppendBytesMax => _options.ServerAppendBytesMax - (_options.ServerAppendBytesMax / 8);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await _client.DisposeAsync().ConfigureAwait(false);
    }

    private static string NameOf(EventStoreClientConnectivitySettings connectivity) => connectivity.IsSingleNode
        ? connectivity.Address.Authority
        : "cluster " + string.Join(", ", connectivity.GossipSeeds.Select(seed => seed.ToString()));

    /// <summary>Waits until the server answers and takes the credentials.</summary>
    internal async Task WaitForServerAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        TimeSpan delay = _options.RetryDelay;
        while (true)
        {
            try
            {
                await LastAsync(StreamNames.Modules, cancellationToken)
                    .AsTask().WaitAsync(_options.ReadTimeout, time, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                EventStoreException failure = _failures.OfQuestion(fault);
                TimeSpan left = _options.ConnectWait - time.GetElapsedTime(start);
                if (failure.Kind != EventStoreErrorKind.Unavailable || left <= TimeSpan.Zero) throw failure;
                LogWaiting(Server, left, failure.Message);
                await Task.Delay(delay < left ? delay : left, time, cancellationToken).ConfigureAwait(false);
                delay = delay * 2 < _options.RetryDelayMax ? delay * 2 : _options.RetryDelayMax;
            }
        }
    }

    private void CheckOpen()
    {
        if (_isClosed) throw StoreFailures.Closed();
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
