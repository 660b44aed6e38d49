using System.Collections.Concurrent;
using EventStore.Client;
using Interstice.EventStoreDb.Payloads;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using DeleteResult = Interstice.Kernel.Events.DeleteResult;
using EventData = Interstice.Kernel.Events.EventData;
using Position = Interstice.Kernel.Events.Position;
using StreamMetadata = Interstice.Kernel.Events.StreamMetadata;

namespace Interstice.EventStoreDb;

/// <summary>EventStoreDB, or any server of its protocol, as an event store.</summary>
/// <remarks>
/// <para>Events of modules are JSON there unless the options say otherwise. Here they are canonical, whatever they are there: hashes and chains
/// are the same on every store.</para>
/// <para>An append whose answer was lost fails with <see cref="EventStoreErrorKind.Unknown"/> and is never sent again by the store: its caller
/// knows what follows it. Reads go on after the last event that they gave, subscriptions connect again for ever.</para>
/// <para>What differs from the embedded journal, and what the settings do: docs/eventstoredb.md.</para>
/// </remarks>
public sealed class EventStoreDbStore : IEventStore
{
    private const int TransactionBytesMax = 512 * 1024;
    private const int JsonGrowth = 4;

    private readonly ServerStore _server;
    private readonly Publications _publications;
    private readonly EventPayloads _payloads;
    private readonly ConcurrentDictionary<StreamName, JsonAppends> _appends = new();

    private EventStoreDbStore(ServerStore server, EventPayloads payloads)
    {
        _server = server;
        _payloads = payloads;
        _publications = new Publications(server);
    }

    /// <summary>The server, as messages name it: host and port, without credentials.</summary>
    public string Server => _server.Server;

    /// <inheritdoc/>
    public bool CanAppendToSeveralStreams => false;

    /// <inheritdoc/>
    public bool CanBeShared => true;

    /// <inheritdoc/>
    public int EventBytesMax => _server.EventBytesMax;

    /// <inheritdoc/>
    /// <remarks>Less than the server's own bound, which counts the names of types too. Events that become JSON are counted as such, and
    /// appended in several writes where they are more, each of whole transactions.</remarks>
    public int AppendBytesMax => _server.AppendBytesMax;

    /// <inheritdoc/>
    public int GatheredBytesMax
    {
        get
        {
            int room = Math.Max(AppendBytesMax - TransactionBytesMax, AppendBytesMax / 8);
            return _payloads == EventPayloads.Json ? room / JsonGrowth : room;
        }
    }

    /// <summary>Makes a store. Nothing is sent: the first call connects.</summary>
    /// <param name="connectionString">Such as <c>esdb://user:password@host:2113</c> (docs/eventstoredb.md).</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="logging">Takes what is logged; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">The connection string or a setting is wrong.</exception>
    public static EventStoreDbStore Connect(
        string connectionString, EventStoreDbOptions? options = null, ILoggerFactory? logging = null, TimeProvider? time = null)
    {
        options ??= new EventStoreDbOptions();
        EventStoreClientSettings settings = Check(connectionString, options);
        ILogger logger = (logging ?? NullLoggerFactory.Instance).CreateLogger<EventStoreDbStore>();
        return new EventStoreDbStore(
            new ServerStore(settings, options, logger, time ?? TimeProvider.System), options.Payloads);
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
            await store._server.WaitForServerAsync(time ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(
        StreamName stream,
        ExpectedRevision expected,
        ReadOnlyMemory<EventData> events,
        CancellationToken cancellationToken = default)
    {
        if (_payloads == EventPayloads.Canonical || events.IsEmpty || !CanonicalReads.MayHoldJson(stream))
            return _server.AppendAsync(stream, expected, events, cancellationToken);
        return _appends.GetOrAdd(stream, static (name, store) => new JsonAppends(store._server, store._publications, name), this)
            .AppendAsync(expected, events, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        ReadOnlyMemory<StreamAppend> appends, CancellationToken cancellationToken = default)
    {
        if (appends.IsEmpty) return [];
        if (appends.Length > 1) throw new NotSupportedException("EventStoreDB appends to one stream at a time");
        StreamAppend only = appends.Span[0];
        return [await AppendAsync(only.Stream, only.Expected, only.Events, cancellationToken).ConfigureAwait(false)];
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadStreamAsync(
        StreamName stream,
        ReadDirection direction,
        Revision from,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default)
    {
        IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> read = _server.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);
        return CanonicalReads.MayHoldJson(stream) ? CanonicalReads.ReadAsync(read, _publications, cancellationToken) : read;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAllAsync(
        ReadDirection direction,
        Position from,
        EventFilter filter,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default) => CanonicalReads.ReadAsync(
            _server.ReadAllAsync(direction, from, filter, maxCount, cancellationToken), _publications, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>When the connection breaks it is made again, for ever, and what follows goes on behind the last event;
    /// <see cref="SubscriptionMessage.FellBehind"/> says so at the break if the subscription had caught up.</remarks>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, Revision after, CancellationToken cancellationToken = default)
    {
        IAsyncEnumerable<SubscriptionMessage> messages = _server.SubscribeToStreamAsync(stream, after, cancellationToken);
        return CanonicalReads.MayHoldJson(stream) ? CanonicalReads.ReadAsync(messages, _publications, cancellationToken) : messages;
    }

    /// <inheritdoc/>
    /// <remarks>When the connection breaks it is made again, for ever, and what follows goes on behind the last event or checkpoint;
    /// <see cref="SubscriptionMessage.FellBehind"/> says so at the break if the subscription had caught up.</remarks>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        Position? after, EventFilter filter, CancellationToken cancellationToken = default) =>
        CanonicalReads.ReadAsync(_server.SubscribeToAllAsync(after, filter, cancellationToken), _publications, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        _server.GetLastRevisionAsync(stream, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        _server.GetMetadataAsync(stream, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream, ExpectedRevision expected, StreamMetadata metadata, CancellationToken cancellationToken = default) =>
        _server.SetMetadataAsync(stream, expected, metadata, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DeleteResult> DeleteAsync(
        StreamName stream, ExpectedRevision expected, DeletionKind kind, CancellationToken cancellationToken = default) =>
        _server.DeleteAsync(stream, expected, kind, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Checks what a store is to be made of.</summary>
    /// <exception cref="ArgumentException">The connection string or a setting is wrong.</exception>
    internal static EventStoreClientSettings Check(string connectionString, EventStoreDbOptions? options)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        options?.Validate();
        return SettingsOf(connectionString);
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
}
