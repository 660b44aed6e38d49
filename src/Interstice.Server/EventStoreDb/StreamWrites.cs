using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>Writes to streams as clients of EventStoreDB mean them: an append to a metadata stream sets what it says, and some streams may
/// not be written to.</summary>
/// <param name="store">The store.</param>
/// <param name="readOnlyPrefix">Streams that begin with it are only read; null for none.</param>
internal sealed class StreamWrites(IEventStore store, string? readOnlyPrefix)
{
    /// <summary>Appends.</summary>
    internal ValueTask<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events)
    {
        ExpectWritable(stream);
        foreach (ref readonly EventData data in events.Span)
            if (data.Type == DeletionKinds.TombstoneType)
                throw CallFailureException.Invalid($"events of type {data.Type} are written by deleting a stream");
        return StreamSettings.IsMetadataStream(stream)
            ? SetAsync(stream, expected, events)
            : store.AppendAsync(stream, expected, events);
    }

    /// <summary>Deletes a stream.</summary>
    /// <returns>Position of the deletion.</returns>
    /// <exception cref="CallFailureException">The stream is not as expected, or may not be written to.</exception>
    internal async Task<Position> DeleteAsync(StreamName stream, ExpectedRevision expected, DeletionKind kind)
    {
        ExpectWritable(stream);
        return await store.DeleteAsync(stream, expected, kind).ConfigureAwait(false) switch
        {
            DeleteResult.Deleted deleted => deleted.Position,
            DeleteResult.WrongExpectedRevision wrong => throw CallFailureException.WrongExpected(stream, expected, wrong.Actual),
            _ => throw new CallFailureException(GrpcStatusCode.Unknown, "the deletion ended in a way that has no name"),
        };
    }

    /// <summary>Whether a stream has never had an event, or was deleted and not written since.</summary>
    internal async ValueTask<bool> IsAbsentAsync(StreamName stream, CancellationToken ended)
    {
        Revision last = await store.GetLastRevisionAsync(stream, ended).ConfigureAwait(false);
        if (last == Revision.None) return true;
        return (await store.GetMetadataAsync(stream, ended).ConfigureAwait(false)).IsDeleted;
    }

    private async ValueTask<AppendResult> SetAsync(StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events)
    {
        if (events.Length != 1) throw CallFailureException.Invalid("a metadata stream takes one event at a time");
        StreamMetadata metadata = StreamSettings.Read(events.Span[0]);
        try
        {
            return await store.SetMetadataAsync(StreamSettings.TargetOf(stream), expected, metadata).ConfigureAwait(false);
        }
        catch (ArgumentException fault)
        {
            throw CallFailureException.Invalid($"stream \"{stream}\" cannot hold these settings: {fault.Message}");
        }
    }

    private void ExpectWritable(StreamName stream)
    {
        if (readOnlyPrefix is null) return;
        string name = StreamSettings.IsMetadataStream(stream) ? StreamSettings.TargetOf(stream).Value : stream.Value;
        if (name.StartsWith(readOnlyPrefix, StringComparison.Ordinal))
            throw CallFailureException.AccessDenied(
                $"\"{stream}\" is written by this host alone; streams that begin with \"{readOnlyPrefix}\" are only read here");
    }
}
