using EventStore.Client;
using Interstice.Kernel.Events;
using Position = Interstice.Kernel.Events.Position;
using StreamMetadata = Interstice.Kernel.Events.StreamMetadata;

namespace Interstice.EventStoreDb;

internal sealed partial class ServerStore
{
    /// <inheritdoc/>
    public async ValueTask<Revision> GetLastRevisionAsync(StreamName stream, CancellationToken cancellationToken = default) =>
        (await AskAsync(stop => LastAsync(stream, stop), cancellationToken).ConfigureAwait(false)).Revision;

    /// <inheritdoc/>
    public async ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default)
    {
        StreamMetadataResult result = await AskAsync(stop => SettingsAsync(stream, stop), cancellationToken).ConfigureAwait(false);
        EventStore.Client.StreamMetadata metadata = result.Metadata;
        return new StreamMetadata(
            metadata.TruncateBefore is { } first ? new Revision(first.ToInt64()) : null, metadata.MaxCount, metadata.MaxAge);
    }

    /// <inheritdoc/>
    /// <remarks>Access list, cache control and properties of others that the stream has are kept.</remarks>
    public async ValueTask SetMetadataAsync(StreamName stream, StreamMetadata metadata, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        metadata.Validate();
        if (metadata.MaxCount > int.MaxValue)
        {
            throw new EventStoreException(
                EventStoreErrorKind.Refused, $"stream {stream}: EventStoreDB keeps at most {int.MaxValue} as a greatest count, not {metadata.MaxCount}");
        }

        while (!await AskAsync(stop => TrySetAsync(stream, metadata, stop), cancellationToken).ConfigureAwait(false))
            cancellationToken.ThrowIfCancellationRequested();
    }

    private async ValueTask<StreamMetadataResult> SettingsAsync(StreamName stream, CancellationToken stop) =>
        await _client.GetStreamMetadataAsync(stream.Value, cancellationToken: stop).WaitAsync(stop).ConfigureAwait(false);

    // False when somebody else set them at the same time.
    private async ValueTask<bool> TrySetAsync(StreamName stream, StreamMetadata metadata, CancellationToken stop)
    {
        StreamMetadataResult known = await SettingsAsync(stream, stop).ConfigureAwait(false);
        var wanted = new EventStore.Client.StreamMetadata(
            (int?)metadata.MaxCount,
            metadata.MaxAge,
            metadata.TruncateBefore is { } first ? new StreamPosition((ulong)first.Value) : null,
            known.Metadata.CacheControl,
            known.Metadata.Acl,
            known.Metadata.CustomMetadata);
        Task<IWriteResult> setting = known.MetastreamRevision is { } revision
            ? _client.SetStreamMetadataAsync(stream.Value, StreamRevision.FromStreamPosition(revision), wanted, cancellationToken: stop)
            : _client.SetStreamMetadataAsync(stream.Value, StreamState.NoStream, wanted, cancellationToken: stop);
        try
        {
            return await setting.WaitAsync(stop).ConfigureAwait(false) is not WrongExpectedVersionResult;
        }
        catch (WrongExpectedVersionException)
        {
            return false;
        }
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
