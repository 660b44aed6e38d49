using EventStore.Client;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;

namespace Interstice.EventStoreDb;

/// <summary>EventStoreDB, or any server of its protocol, as an event store.</summary>
/// <remarks>
/// <para>Appends go through the client's one ordered stream, many in flight. An append whose answer was lost fails with
/// <see cref="EventStoreErrorKind.Unknown"/> and is never sent again by the store: its caller knows what follows it. Reads go on after the last
/// event that they gave, subscriptions connect again for ever.</para>
/// <para>What differs from the embedded journal, and what the settings do: docs/eventstoredb.md.</para>
/// </remarks>
public sealed partial class EventStoreDbStore : IEventStore
{
    private readonly EventStoreClient _client;
    private readonly EventStoreDbOptions _options;
    private readonly CallPolicies _policies;
    private readonly StoreFailures _failures;
    private readonly ILogger _logger;
    private volatile bool _isClosed;

    private EventStoreDbStore(EventStoreClientSettings settings, EventStoreDbOptions options, ILogger logger, TimeProvider time)
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

    /// <summary>Makes a store. Nothing is sent: the first call connects.</summary>
    /// <param name="connectionString">Such as <c>esdb://user:password@host:2113</c> (docs/eventstoredb.md).</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="logging">Takes what is logged; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">The connection string or a setting is wrong.</exception>
    public static EventStoreDbStore Connect(
        string connectionString, EventStoreDbOptions? options = null, ILoggerFactory? logging = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        options ??= new EventStoreDbOptions();
        options.Validate();
        ILogger logger = (logging ?? NullLoggerFactory.Instance).CreateLogger<EventStoreDbStore>();
        return new EventStoreDbStore(SettingsOf(connectionString), options, logger, time ?? TimeProvider.System);
    }

    /// <summary>Makes a store and waits until the server answers and takes the credentials.</summary>
    /// <param name="connectionString">As in <see cref="Connect"/>.</param>
    /// <param name="options">Settings; <see cref="EventStoreDbOptions.ConnectWait"/> says how long to wait.</param>
    /// <param name="logging">Told of waiting.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="ArgumentException">The connection string or a setting is wrong.</exception>
    /// <exception cref="EventStoreException">The server did not answer in time, or refuses.</exception>
    public static async Task<EventStoreDbStore> ConnectAsync(
        string connectionString,
        EventStoreDbOptions? options = null,
        ILoggerFactory? logging = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        EventStoreDbStore store = Connect(connectionString, options, logging, time);
        try
        {
            await store.WaitForServerAsync(time ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await _client.DisposeAsync().ConfigureAwait(false);
    }

    // A string that holds a password is not repeated in an error.
    private static EventStoreClientSettings SettingsOf(string connectionString)
    {
        try
        {
            return EventStoreClientSettings.Create(connectionString);
        }
        catch (InvalidUserCredentialsException)
        {
            throw new ArgumentException("connection string: credentials are written user:password before the @", nameof(connectionString));
        }
        catch (ConnectionStringParseException fault)
        {
            throw new ArgumentException($"connection string: {fault.Message}", nameof(connectionString));
        }
    }

    private static string NameOf(EventStoreClientConnectivitySettings connectivity) => connectivity.IsSingleNode
        ? connectivity.Address.Authority
        : "cluster " + string.Join(", ", connectivity.GossipSeeds.Select(seed => seed.ToString()));

    private async Task WaitForServerAsync(TimeProvider time, CancellationToken cancellationToken)
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
