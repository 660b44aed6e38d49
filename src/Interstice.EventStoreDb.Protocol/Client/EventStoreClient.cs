using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;

namespace EventStore.Client;

/// <summary>A client of EventStoreDB's streams. Thread-safe; one is enough for a program.</summary>
/// <remarks>The part of the official client that is used here, with its names and meanings. A call that the server did not answer throws
/// a <see cref="GrpcException"/> in place of the official client's own.</remarks>
public sealed partial class EventStoreClient : IAsyncDisposable, IDisposable
{
    private readonly EventStoreClientSettings _settings;
    private readonly string _connectionName;
    private readonly Cluster _cluster;
    private readonly StreamAppender _appender;
    private int _isDisposed;

    /// <summary>Makes one; nothing is sent yet.</summary>
    public EventStoreClient(EventStoreClientSettings? settings = null)
    {
        _settings = settings ?? new EventStoreClientSettings();
        _connectionName = _settings.ConnectionName ?? $"ES-{Guid.NewGuid()}";
        _cluster = new Cluster(_settings);
        _appender = new StreamAppender(_cluster, cancellationToken => OptionsAsync(null, null, cancellationToken), AppendAloneAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _appender.DisposeAsync().ConfigureAwait(false);
        _cluster.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Deletes a stream; it may be written again, and then goes on counting.</summary>
    public Task<DeleteResult> DeleteAsync(
        string streamName,
        StreamRevision expectedRevision,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default) =>
        DeleteAsync(ProtocolMethods.Delete, streamName, Expectation.At(expectedRevision), deadline, userCredentials, cancellationToken);

    /// <summary>Deletes a stream; it may be written again, and then goes on counting.</summary>
    public Task<DeleteResult> DeleteAsync(
        string streamName,
        StreamState expectedState,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default) =>
        DeleteAsync(ProtocolMethods.Delete, streamName, Expectation.In(expectedState), deadline, userCredentials, cancellationToken);

    /// <summary>Deletes a stream for ever.</summary>
    public Task<DeleteResult> TombstoneAsync(
        string streamName,
        StreamRevision expectedRevision,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default) =>
        DeleteAsync(ProtocolMethods.Tombstone, streamName, Expectation.At(expectedRevision), deadline, userCredentials, cancellationToken);

    /// <summary>Deletes a stream for ever.</summary>
    public Task<DeleteResult> TombstoneAsync(
        string streamName,
        StreamState expectedState,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default) =>
        DeleteAsync(ProtocolMethods.Tombstone, streamName, Expectation.In(expectedState), deadline, userCredentials, cancellationToken);

    private async Task<DeleteResult> DeleteAsync(
        GrpcMethod<DeleteReq, DeleteResp> method,
        string stream,
        Expectation expected,
        TimeSpan? deadline,
        UserCredentials? credentials,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var options = new DeleteReq.Types.Options { StreamIdentifier = StreamIdentifiers.Of(stream) };
        expected.Set(options);
        GrpcCallOptions carried = await OptionsAsync(deadline ?? _settings.DefaultDeadline, credentials, cancellationToken).ConfigureAwait(false);
        Cluster.Node node = await _cluster.GetAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            DeleteResp response = await node.Connection
                .CallAsync(method, new DeleteReq { Options = options }, carried, cancellationToken).ConfigureAwait(false);
            return new DeleteResult(response.Position is { } position
                ? new Position(position.CommitPosition, position.PreparePosition)
                : default);
        }
        catch (GrpcException failure)
        {
            throw Noted(node, failure);
        }
    }

    private Exception Noted(Cluster.Node node, GrpcException failure)
    {
        Exception typed = Failures.Of(failure);
        _cluster.Note(node, typed);
        return typed;
    }

    private async ValueTask<GrpcCallOptions> OptionsAsync(
        TimeSpan? timeout, UserCredentials? credentials, CancellationToken cancellationToken)
    {
        bool wantsLeader = _settings.ConnectivitySettings.NodePreference == NodePreference.Leader;
        var headers = new Dictionary<string, string>
        {
            ["connection-name"] = _connectionName,
            ["requires-leader"] = wantsLeader ? bool.TrueString : bool.FalseString,
        };
        if ((credentials ?? _settings.DefaultCredentials) is { } who)
        {
            headers["authorization"] =
                await _settings.OperationOptions.GetAuthenticationHeaderValue(who, cancellationToken).ConfigureAwait(false);
        }

        return new GrpcCallOptions(headers, timeout);
    }
}
