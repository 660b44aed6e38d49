using Google.Protobuf;
using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;

namespace EventStore.Client;

public sealed partial class EventStoreClient
{
    /// <summary>Appends events as one write. Appends that are called one after another are sent in that order, so that they may be
    /// chained, each expecting the revision that the one before it will produce.</summary>
    /// <exception cref="WrongExpectedVersionException">The stream is elsewhere, and failures are to be thrown.</exception>
    public Task<IWriteResult> AppendToStreamAsync(
        string streamName,
        StreamRevision expectedRevision,
        IEnumerable<EventData> eventData,
        Action<EventStoreClientOperationOptions>? configureOperationOptions = null,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default) => AppendAsync(
            streamName, Expectation.At(expectedRevision), eventData, configureOperationOptions, deadline, userCredentials, cancellationToken);

    /// <summary>Appends events as one write, in the order of the calls.</summary>
    /// <exception cref="WrongExpectedVersionException">The stream is not so, and failures are to be thrown.</exception>
    public Task<IWriteResult> AppendToStreamAsync(
        string streamName,
        StreamState expectedState,
        IEnumerable<EventData> eventData,
        Action<EventStoreClientOperationOptions>? configureOperationOptions = null,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default) => AppendAsync(
            streamName, Expectation.In(expectedState), eventData, configureOperationOptions, deadline, userCredentials, cancellationToken);

    /// <summary>Reads the settings of a stream.</summary>
    public async Task<StreamMetadataResult> GetStreamMetadataAsync(
        string streamName,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default)
    {
        try
        {
            ReadStreamResult read = ReadStreamAsync(
                Direction.Backwards,
                SystemStreams.MetastreamOf(streamName),
                StreamPosition.End,
                1,
                resolveLinkTos: false,
                deadline ?? _settings.DefaultDeadline,
                userCredentials,
                cancellationToken);
            await foreach (StreamMessage message in read.Messages.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (message is not StreamMessage.Event { ResolvedEvent: var resolved }) continue;
                return StreamMetadataResult.Create(
                    streamName, resolved.OriginalEventNumber, StreamMetadataJson.Read(resolved.OriginalEvent.Data));
            }

            return StreamMetadataResult.None(streamName);
        }
        catch (StreamDeletedException)
        {
            return StreamMetadataResult.Deleted(streamName);
        }
    }

    /// <summary>Replaces the settings of a stream.</summary>
    public Task<IWriteResult> SetStreamMetadataAsync(
        string streamName,
        StreamState expectedState,
        StreamMetadata metadata,
        Action<EventStoreClientOperationOptions>? configureOperationOptions = null,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default) => AppendToStreamAsync(
            SystemStreams.MetastreamOf(streamName),
            expectedState,
            [EventOf(metadata)],
            configureOperationOptions,
            deadline,
            userCredentials,
            cancellationToken);

    /// <summary>Replaces the settings of a stream.</summary>
    public Task<IWriteResult> SetStreamMetadataAsync(
        string streamName,
        StreamRevision expectedRevision,
        StreamMetadata metadata,
        Action<EventStoreClientOperationOptions>? configureOperationOptions = null,
        TimeSpan? deadline = null,
        UserCredentials? userCredentials = null,
        CancellationToken cancellationToken = default) => AppendToStreamAsync(
            SystemStreams.MetastreamOf(streamName),
            expectedRevision,
            [EventOf(metadata)],
            configureOperationOptions,
            deadline,
            userCredentials,
            cancellationToken);

    private static EventData EventOf(StreamMetadata metadata) => new(Uuid.NewUuid(), "$metadata", StreamMetadataJson.Write(metadata));

    // Without a limit where that is what was asked for; a time that is over is the shortest there is.
    private static TimeSpan? LimitOf(TimeSpan? deadline) => deadline switch
    {
        { } limit when limit == System.Threading.Timeout.InfiniteTimeSpan => null,
        { } limit when limit < TimeSpan.Zero => TimeSpan.Zero,
        _ => deadline,
    };

    // Up to the queue on the caller's thread: that is what keeps the order.
    private async Task<IWriteResult> AppendAsync(
        string stream,
        Expectation expected,
        IEnumerable<EventData> events,
        Action<EventStoreClientOperationOptions>? configure,
        TimeSpan? deadline,
        UserCredentials? credentials,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(events);
        EventStoreClientOperationOptions options = _settings.OperationOptions;
        if (configure is not null)
        {
            options = options.Clone();
            configure(options);
        }

        var append = new PendingAppend(stream, expected, [.. events], LimitOf(deadline ?? _settings.DefaultDeadline), options);
        if (credentials is null) return await _appender.AppendAsync(append, cancellationToken).ConfigureAwait(false);
        Cluster.Node node = await _cluster.GetAsync(cancellationToken).ConfigureAwait(false);
        return await AppendAsync(append, node, credentials, cancellationToken).ConfigureAwait(false);
    }

    private async Task AppendAloneAsync(PendingAppend append, Cluster.Node node)
    {
        try
        {
            append.Result.TrySetResult(await AppendAsync(append, node, null, CancellationToken.None).ConfigureAwait(false));
        }
        catch (Exception failure)
        {
            append.Result.TrySetException(failure);
        }
    }

    private async Task<IWriteResult> AppendAsync(
        PendingAppend append, Cluster.Node node, UserCredentials? credentials, CancellationToken cancellationToken)
    {
        GrpcCallOptions carried = await OptionsAsync(append.Deadline, credentials, cancellationToken).ConfigureAwait(false);
        try
        {
            using GrpcCall<AppendReq, AppendResp> call = node.Connection.Start(ProtocolMethods.Append, carried, cancellationToken);
            var options = new AppendReq.Types.Options { StreamIdentifier = StreamIdentifiers.Of(append.Stream) };
            append.Expected.Set(options);
            call.Add(new AppendReq { Options = options });
            foreach (EventData data in append.Events)
            {
                call.Add(new AppendReq
                {
                    ProposedMessage = new AppendReq.Types.ProposedMessage
                    {
                        Id = data.EventId.ToDto(),
                        Metadata = { ["type"] = data.Type, ["content-type"] = data.ContentType },
                        CustomMetadata = UnsafeByteOperations.UnsafeWrap(data.Metadata),
                        Data = UnsafeByteOperations.UnsafeWrap(data.Data),
                    },
                });
            }

            await call.FlushAsync().ConfigureAwait(false);
            call.CompleteRequests();
            return ResultOf(append, await call.ReadOnlyOneAsync().ConfigureAwait(false));
        }
        catch (GrpcException failure)
        {
            throw Noted(node, failure);
        }
    }

    private static IWriteResult ResultOf(PendingAppend append, AppendResp response)
    {
        if (response.ResultCase == AppendResp.ResultOneofCase.WrongExpectedVersion)
        {
            AppendResp.Types.WrongExpectedVersion wrong = response.WrongExpectedVersion;
            bool exists = wrong.CurrentRevisionOptionCase
                == AppendResp.Types.WrongExpectedVersion.CurrentRevisionOptionOneofCase.CurrentRevision;
            return append.Expected.Unmet(
                append.Stream, exists ? new StreamRevision(wrong.CurrentRevision) : StreamRevision.None, append.Options.ThrowOnAppendFailure);
        }

        AppendResp.Types.Success success =
            response.Success ?? throw new GrpcException(GrpcStatusCode.Internal, "an append was answered without an outcome");
        bool hasEvents = success.CurrentRevisionOptionCase
            == AppendResp.Types.Success.CurrentRevisionOptionOneofCase.CurrentRevision;
        return new SuccessResult(
            hasEvents ? new StreamRevision(success.CurrentRevision) : StreamRevision.None,
            success.Position is { } position ? new Position(position.CommitPosition, position.PreparePosition) : default);
    }
}
