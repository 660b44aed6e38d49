using Interstice.Kernel.Events;

namespace Interstice.Host.Ownership;

/// <summary>The stream with the heartbeats of a group's owner.</summary>
/// <remarks>A heartbeat expects the one before it, so that a host that was replaced notices. Used by one caller at a time.</remarks>
/// <param name="store">The store.</param>
/// <param name="group">Name of the group.</param>
/// <param name="host">Id of this host.</param>
/// <param name="options">Its name, address and interval.</param>
internal sealed class HeartbeatStream(IEventStore store, string group, Guid host, ReplicaOptions options)
{
    private bool _hasSettings;
    private Revision? _last;

    /// <summary>Name of the stream.</summary>
    public StreamName Name { get; } = StreamNames.Owner(group);

    /// <summary>Whether the store refused to limit the stream, so that it grows.</summary>
    public bool IsUnlimited { get; private set; }

    /// <summary>Writes a heartbeat.</summary>
    /// <param name="epoch">Epoch of this host.</param>
    /// <param name="isReleased">Whether it gives the group up; then nothing is written if another host wrote behind its last one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The heartbeat of another host with a higher epoch, if one stands there: then none was written.</returns>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public async Task<OwnerHeartbeat?> WriteAsync(ulong epoch, bool isReleased, CancellationToken cancellationToken)
    {
        await LimitAsync(cancellationToken).ConfigureAwait(false);
        var beat = new OwnerHeartbeat(
            host, options.Name, options.Url, epoch, (int)options.HeartbeatInterval.TotalMilliseconds, isReleased);
        while (true)
        {
            EventData[] events = [new(Guid.NewGuid(), EventTypes.OwnerHeartbeat, true, beat.ToBytes(), default)];
            ExpectedRevision expected = _last is { } last ? ExpectedRevision.At(last) : ExpectedRevision.Any;
            AppendResult result = await store.AppendAsync(Name, expected, events, cancellationToken).ConfigureAwait(false);
            if (result is AppendResult.Appended appended)
            {
                _last = appended.Revision;
                return null;
            }

            (Revision revision, OwnerHeartbeat? found) = await ReadLastAsync(cancellationToken).ConfigureAwait(false);
            _last = revision;
            if (found is not null && found.Host != host && (isReleased || found.Epoch > epoch)) return found;
        }
    }

    /// <summary>Reads the last heartbeat.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Its revision, <see cref="Revision.None"/> without one; null for what is no heartbeat.</returns>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public async Task<(Revision Revision, OwnerHeartbeat? Heartbeat)> ReadLastAsync(CancellationToken cancellationToken)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(Name, ReadDirection.Backwards, Revision.End, 1, cancellationToken)
            .ConfigureAwait(false))
        {
            return (batch.Span[0].Revision, Decode(batch.Span[0]));
        }

        return (Revision.None, null);
    }

    /// <summary>The heartbeat that an event is, or null: what is none says nothing.</summary>
    public static OwnerHeartbeat? Decode(in RecordedEvent recorded)
    {
        if (recorded.Type != EventTypes.OwnerHeartbeat) return null;
        try
        {
            return OwnerHeartbeat.Read(recorded.Data);
        }
        catch (EventFormatException)
        {
            return null;
        }
    }

    // A store that keeps the settings from this host keeps all heartbeats: a waste of space, and no reason not to be heard of.
    private async Task LimitAsync(CancellationToken cancellationToken)
    {
        if (_hasSettings) return;
        try
        {
            StreamMetadata settings = await store.GetMetadataAsync(Name, cancellationToken).ConfigureAwait(false);
            if (settings.MaxCount != 1)
            {
                await store
                    .SetMetadataAsync(Name, ExpectedRevision.Any, settings with { MaxCount = 1 }, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (EventStoreException fault) when (fault.Kind == EventStoreErrorKind.Refused)
        {
            IsUnlimited = true;
        }

        _hasSettings = true;
    }
}
