using System.Collections.Concurrent;
using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.EventStoreDb.Payloads;

/// <summary>The declarations that events were made under, by stream and revision of the publication. Thread-safe.</summary>
internal sealed class Publications(IEventStore server)
{
    private readonly ConcurrentDictionary<(StreamName Stream, Revision At), ModuleSchema> _known = new();

    /// <summary>The declarations, if they are known.</summary>
    internal ModuleSchema? Find(StreamName stream, Revision at) => _known.GetValueOrDefault((stream, at));

    /// <summary>Takes note of a publication that stands in the stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="at">Its revision.</param>
    /// <param name="payload">Its canonical payload; what is none is passed over: whoever replays it says so.</param>
    internal ModuleSchema? Add(StreamName stream, Revision at, ReadOnlySpan<byte> payload)
    {
        if (Find(stream, at) is { } known) return known;
        return Parse(payload) is { } schema ? _known.GetOrAdd((stream, at), schema) : null;
    }

    /// <summary>The declarations in a publication, which need not be in a stream; null for what is none.</summary>
    /// <param name="payload">Its canonical payload.</param>
    internal static ModuleSchema? Parse(ReadOnlySpan<byte> payload)
    {
        try
        {
            return ModuleSchema.Parse(ModulePublished.Read(payload).Schema.Span);
        }
        catch (Exception fault) when (fault is EventFormatException or SchemaException)
        {
            return null;
        }
    }

    /// <summary>Reads a publication that is not known.</summary>
    /// <exception cref="EventStoreException">It is not there, or the server failed.</exception>
    internal async Task<ModuleSchema> LoadAsync(StreamName stream, Revision at, CancellationToken cancellationToken)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in
                       server.ReadStreamAsync(stream, ReadDirection.Forwards, at, 1, cancellationToken).ConfigureAwait(false))
            if (batch.Span[0].Revision == at && AddRecorded(batch.Span[0]) is { } found) return found;
        throw new EventStoreException(
            EventStoreErrorKind.Damaged,
            $"stream {stream}: events say that they were made under the publication at revision {at}, and there is none that can be read")
        { Stream = stream };
    }

    /// <summary>The last publication of a stream and its declarations; null where it has none.</summary>
    internal async Task<(Revision At, ModuleSchema Schema)?> LastAsync(StreamName stream, CancellationToken cancellationToken)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in server
            .ReadStreamAsync(stream, ReadDirection.Backwards, Revision.End, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            for (int i = 0; i < batch.Length; i++)
            {
                // The last event says which one it was made under; one that is not JSON does not, and the one before it is asked.
                if (AddRecorded(batch.Span[i]) is { } schema) return (batch.Span[i].Revision, schema);
                if (RevisionIn(batch.Span[i]) is not { } at) continue;
                return (at, Find(stream, at) ?? await LoadAsync(stream, at, cancellationToken).ConfigureAwait(false));
            }
        }

        return null;
    }

    private ModuleSchema? AddRecorded(in RecordedEvent recorded)
    {
        if (recorded.Type != EventTypes.ModulePublished) return null;
        if (!recorded.IsJson) return Add(recorded.Stream, recorded.Revision, recorded.Data.Span);
        using var payload = new PayloadWriter();
        try
        {
            using var json = JsonDocument.Parse(recorded.Data, ValueLimits.Json);
            EventJson.Read(recorded.Type, json.RootElement, null, payload);
        }
        catch (Exception fault) when (fault is EventFormatException or JsonException)
        {
            return null;
        }

        return Add(recorded.Stream, recorded.Revision, payload.Written);
    }

    private static Revision? RevisionIn(in RecordedEvent recorded)
    {
        if (!recorded.IsJson || recorded.Metadata.IsEmpty) return null;
        try
        {
            using var json = JsonDocument.Parse(recorded.Metadata, ValueLimits.Json);
            return EventMetadataJson.PublicationOf(json.RootElement);
        }
        catch (Exception fault) when (fault is EventFormatException or JsonException)
        {
            return null;
        }
    }
}
