using Interstice.Kernel.Events;

namespace Interstice.Host.Snapshots;

/// <summary>Whether the log still holds what a snapshot was taken from.</summary>
internal static class SnapshotCheck
{
    /// <summary>Compares what a snapshot says of itself with its name and the log.</summary>
    /// <returns>Whether its last transaction begins with a <see cref="GroupCommitted"/>.</returns>
    /// <exception cref="SnapshotException">Something differs.</exception>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public static async Task<bool> ExpectInLogAsync(
        IEventStore store,
        Guid storeId,
        SnapshotName name,
        SnapshotHeader header,
        CancellationToken cancellationToken)
    {
        if (header.StoreId != storeId)
            throw new SnapshotException(SnapshotFault.OtherStore, $"it was taken from store {header.StoreId}, this is {storeId}");
        if (header.Name != name)
            throw new SnapshotException(SnapshotFault.Renamed, $"it is of {header.Module}, revision {header.Revision}");
        if (header.RecordedHash is { } ofTransaction && ofTransaction != header.StateHash.Value)
            throw new SnapshotException(SnapshotFault.State, "its state hash is not the one that was recorded");
        RecordedCopy last = await ReadAsync(store, header, header.Revision, cancellationToken).ConfigureAwait(false);
        if (last.Id != header.EventId || last.Position != header.Position)
            throw NotInLog(header.Revision, $"event {header.EventId} at position {header.Position}", $"{last.Id} at {last.Position}");
        await ExpectPublicationAsync(store, header, cancellationToken).ConfigureAwait(false);
        (TransactionDigest? transaction, bool isOfGroup) = await ReadTransactionAsync(store, header, cancellationToken).ConfigureAwait(false);
        bool isLink = last.Type is EventTypes.ModulePublished or EventTypes.OwnershipTaken;
        ExpectChain(
            header, isLink ? Decode(header.Revision, () => ChainMetadata.Read(last.Metadata)) : transaction?.Chain);
        return isOfGroup;
    }

    private static void ExpectChain(SnapshotHeader header, ChainValue? recorded)
    {
        if (header.IsChained != (recorded is not null) || (recorded is { } value && value != header.Chain))
            throw NotInLog(header.Revision, $"chain value {header.Chain}", recorded?.ToString() ?? "none");
    }

    private static async Task ExpectPublicationAsync(
        IEventStore store,
        SnapshotHeader header,
        CancellationToken cancellationToken)
    {
        RecordedCopy found = await ReadAsync(store, header, header.PublishedAt, cancellationToken).ConfigureAwait(false);
        bool isSame = found.Type == EventTypes.ModulePublished
            && Decode(header.PublishedAt, () => WithoutRows(ModulePublished.Read(found.Data))).ToBytes().AsSpan()
                .SequenceEqual(header.Published.ToBytes());
        if (!isSame) throw NotInLog(header.PublishedAt, "the publication that it holds", $"another {found.Type}");
    }

    // A snapshot holds the tables, and so not again what reducers wrote into them at the publication (ModuleProjection.Publish).
    private static ModulePublished WithoutRows(ModulePublished published) => published with { Effects = [] };

    private static async Task<(TransactionDigest? Digest, bool IsOfGroup)> ReadTransactionAsync(
        IEventStore store,
        SnapshotHeader header,
        CancellationToken cancellationToken)
    {
        if (header.RecordedHash is not { } hash) return default;
        RecordedCopy first = await ReadAsync(store, header, header.TransactionAt, cancellationToken).ConfigureAwait(false);
        TransactionDigest digest = Decode(header.TransactionAt, () => TransactionRecord.ReadDigest(first.Metadata));
        if (digest.StateHash != hash || header.TransactionAt + (digest.EventCount - 1) > header.Revision)
            throw NotInLog(header.TransactionAt, $"a transaction with state hash {hash:x32}", $"{digest.StateHash:x32}");
        return (digest, first.Type == EventTypes.GroupCommitted);
    }

    private static async Task<RecordedCopy> ReadAsync(
        IEventStore store,
        SnapshotHeader header,
        Revision revision,
        CancellationToken cancellationToken)
    {
        StreamName stream = StreamNames.Module(header.Module);
        if (revision < Revision.First || revision > header.Revision)
            throw NotInLog(revision, $"a revision up to {header.Revision}", "none");
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Forwards, revision, 1, cancellationToken)
            .ConfigureAwait(false))
        {
            RecordedEvent read = batch.Span[0];
            if (read.Revision != revision) break;
            return new(read.Id, read.Position, read.Type, read.Data.ToArray(), read.Metadata.ToArray());
        }

        throw NotInLog(revision, "an event", "none");
    }

    private static T Decode<T>(Revision revision, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (EventFormatException fault)
        {
            throw NotInLog(revision, "what it was taken from", fault.Message);
        }
    }

    private static SnapshotException NotInLog(Revision revision, string expected, string found) => new(
        SnapshotFault.NotInLog,
        $"the log was cut or replaced since: at revision {revision} expected {expected}, found {found}");

    private readonly record struct RecordedCopy(Guid Id, Position Position, string Type, byte[] Data, byte[] Metadata);
}
