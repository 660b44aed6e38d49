using EventStore.Client;
using Interstice.Kernel.Events;
using DeleteResult = Interstice.Kernel.Events.DeleteResult;
using Position = Interstice.Kernel.Events.Position;
using StreamMetadata = Interstice.Kernel.Events.StreamMetadata;
using StreamMetadataJson = Interstice.Kernel.Events.StreamMetadataJson;

namespace Interstice.EventStoreDb;

internal sealed partial class ServerStore
{
    /// <inheritdoc/>
    public async ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        (await AskAsync(stop => LastAsync(stream, stop), cancellationToken).ConfigureAwait(false)).Revision;

    /// <inheritdoc/>
    public async ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default)
    {
        byte[]? json = await AskAsync(stop => SettingsAsync(stream, stop), cancellationToken).ConfigureAwait(false);
        if (json is null) return StreamMetadata.Empty;
        return StreamMetadataJson.TryParse(json, out StreamMetadata metadata)
            ? metadata
            : throw new EventStoreException(
                EventStoreErrorKind.Damaged, $"stream {stream}: its settings in {Server} are none; set right ones");
    }

    /// <inheritdoc/>
    /// <remarks>Sent again, under the same id, only where nothing is expected of the settings before: else a second one would be refused by
    /// what the first one wrote, and nobody could tell whose that is.</remarks>
    public async ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream, ExpectedRevision expected, StreamMetadata metadata, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        metadata.Validate();
        if (metadata.MaxCount > int.MaxValue)
        {
            throw new EventStoreException(
                EventStoreErrorKind.Refused, $"stream {stream}: EventStoreDB keeps at most {int.MaxValue} as a greatest count, not {metadata.MaxCount}");
        }

        // As JSON, so that what this program does not know of settings is kept too.
        byte[] json = StreamMetadataJson.Write(metadata);
        if (!StreamMetadataJson.TryParse(json, out _))
            throw new ArgumentException($"these are no settings that can be read again: {metadata}", nameof(metadata));
        var append = new Append(
            new StreamName(SystemStreams.MetastreamOf(stream.Value)),
            expected,
            [new EventStore.Client.EventData(Uuid.NewUuid(), StreamMetadata.EventType, json)]);
        CheckOpen();
        bool mayBeWritten = false;
        try
        {
            return await (expected.IsAny ? _policies.Asking : _policies.Appending)
                .ExecuteAsync(stop => SendSettingsAsync(append, () => mayBeWritten = true, stop), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Whatever a later try met, an earlier one may have written.
            throw mayBeWritten ? _failures.OfLostSettings(stream, fault) : _failures.OfAppend(append.Stream, fault);
        }
    }

    private async ValueTask<AppendResult> SendSettingsAsync(Append append, Action mayBeWritten, CancellationToken stop)
    {
        try
        {
            return await SendOnceAsync(append, stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not EventStoreException { Kind: not EventStoreErrorKind.Unknown })
        {
            mayBeWritten();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Never sent again: another may have written to the stream since.</remarks>
    public async ValueTask<DeleteResult> DeleteAsync(
        StreamName stream, ExpectedRevision expected, DeletionKind kind, CancellationToken cancellationToken = default)
    {
        if (SystemStreams.IsMetastream(stream.Value))
            throw new ArgumentException($"\"{stream}\" holds settings; set empty ones instead", nameof(stream));
        CheckOpen();
        try
        {
            return await _policies.Appending.ExecuteAsync(
                static (call, stop) => call.Store.DeleteOnceAsync(call.Stream, call.Expected, call.Kind, stop),
                (Store: this, Stream: stream, Expected: expected, Kind: kind),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw _failures.OfAppend(stream, fault);
        }
    }

    private async ValueTask<DeleteResult> DeleteOnceAsync(
        StreamName stream, ExpectedRevision expected, DeletionKind kind, CancellationToken stop)
    {
        try
        {
            EventStore.Client.DeleteResult result = await SendDeletionAsync(stream.Value, expected, kind, stop).WaitAsync(stop).ConfigureAwait(false);
            return new DeleteResult.Deleted(new Position(result.LogPosition.CommitPosition, result.LogPosition.PreparePosition));
        }
        catch (WrongExpectedVersionException refusal)
        {
            return new DeleteResult.WrongExpectedRevision(expected, new Revision(refusal.ActualStreamRevision.ToInt64()));
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            throw _failures.OfAppend(stream, fault);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new OperationCanceledException(fault.Message, fault, stop);
        }
    }

    private Task<EventStore.Client.DeleteResult> SendDeletionAsync(
        string stream, ExpectedRevision expected, DeletionKind kind, CancellationToken stop)
    {
        bool isForEver = kind == DeletionKind.Tombstone;
        if (expected.Exact is { } exact && exact != Revision.None)
        {
            var revision = StreamRevision.FromInt64(exact.Value);
            return isForEver
                ? _client.TombstoneAsync(stream, revision, cancellationToken: stop)
                : _client.DeleteAsync(stream, revision, cancellationToken: stop);
        }

        StreamState state = StateOf(expected);
        return isForEver
            ? _client.TombstoneAsync(stream, state, cancellationToken: stop)
            : _client.DeleteAsync(stream, state, cancellationToken: stop);
    }

    private async ValueTask<byte[]?> SettingsAsync(StreamName stream, CancellationToken stop)
    {
        byte[]? json = null;
        EventStoreClient.ReadStreamResult read = _client.ReadStreamAsync(
            Direction.Backwards, SystemStreams.MetastreamOf(stream.Value), StreamPosition.End, 1, cancellationToken: stop);
        await foreach (StreamMessage message in read.Messages.WithCancellation(stop).ConfigureAwait(false))
            if (message is StreamMessage.Event { ResolvedEvent.OriginalEvent: var settings }) json = settings.Data.ToArray();
        return json;
    }

    private async ValueTask<(Revision Revision, Position Position)> LastAsync(StreamName stream, CancellationToken stop)
    {
        (Revision, Position) last = (Revision.None, Position.Start);
        EventStoreClient.ReadStreamResult read = _client.ReadStreamAsync(
            Direction.Backwards, stream.Value, StreamPosition.End, 1, cancellationToken: stop);
        await foreach (StreamMessage message in read.Messages.WithCancellation(stop).ConfigureAwait(false))
        {
            if (message is not StreamMessage.Event { ResolvedEvent.OriginalEvent: var newest }) continue;
            last = (new Revision(newest.EventNumber.ToInt64()),
                new Position(newest.Position.CommitPosition, newest.Position.PreparePosition));
        }

        return last;
    }
}
