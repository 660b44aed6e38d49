using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.EventStoreDb.Payloads;

/// <summary>Turns events of modules that are JSON back into canonical ones, batch by batch. What is not JSON, or not of a module, stays
/// as it is.</summary>
/// <remarks>The arrays are reused: a batch is valid until the next is asked for, as the port says.</remarks>
internal sealed class CanonicalReads : IDisposable
{
    private const int BatchesAhead = 4;

    private readonly Publications _publications;
    private readonly PayloadWriter _bytes = new(16 * 1024);
    private RecordedEvent[] _kept = [];
    private RecordedEvent[] _events = [];
    private Part[] _parts = [];

    private CanonicalReads(Publications publications) => _publications = publications;

    /// <summary>Whether events of a stream may be JSON.</summary>
    internal static bool MayHoldJson(StreamName stream) => StreamNames.ModuleOf(stream) is not null || stream == StreamNames.Modules;

    /// <summary>The batches of a read, canonical. While one is looked at, the next ones are read and converted.</summary>
    internal static async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadAsync(
        IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> batches,
        Publications publications,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = Channel.CreateBounded<Task<Converted>>(
            new BoundedChannelOptions(BatchesAhead) { SingleReader = true, SingleWriter = true });
        var idle = new ConcurrentStack<CanonicalReads>();
        Task reading = ReadAheadAsync(batches, publications, ahead.Writer, idle, ending.Token);
        try
        {
            await foreach (Task<Converted> converting in ahead.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                Converted converted = await converting.ConfigureAwait(false);
                yield return converted.Batch;
                idle.Push(converted.Reader);
            }

            await reading.ConfigureAwait(false);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (ahead.Reader.TryRead(out Task<Converted>? converting))
                await ((Task)converting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (CanonicalReads reader in idle) reader.Dispose();
        }
    }

    /// <summary>The batches of a read, canonical, one after the other: for a store at hand, of which little or nothing is JSON.</summary>
    internal static async IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> ReadInTurnAsync(
        IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> batches,
        Publications publications,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new CanonicalReads(publications);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in batches.ConfigureAwait(false))
            yield return await reader.ConvertAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    // Begun on the caller's thread, so that what is wrong with the arguments is told to it.
    private static async Task ReadAheadAsync(
        IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> batches,
        Publications publications,
        ChannelWriter<Task<Converted>> ahead,
        ConcurrentStack<CanonicalReads> idle,
        CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ReadOnlyMemory<RecordedEvent> batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                CanonicalReads reader = idle.TryPop(out CanonicalReads? free) ? free : new CanonicalReads(publications);
                ReadOnlyMemory<RecordedEvent> kept = reader.Keep(batch.Span);
                Task<Converted> converting = Task.Run(async () => new Converted(
                    reader, await reader.ConvertAsync(kept, cancellationToken).ConfigureAwait(false)), CancellationToken.None);
                await ahead.WriteAsync(converting, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ahead.Complete();
        }
    }

    /// <summary>The messages of a subscription, their events canonical.</summary>
    internal static async IAsyncEnumerable<SubscriptionMessage> ReadAsync(
        IAsyncEnumerable<SubscriptionMessage> messages,
        Publications publications,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new CanonicalReads(publications);
        await foreach (SubscriptionMessage message in messages.ConfigureAwait(false))
        {
            yield return message is SubscriptionMessage.Events events
                ? new SubscriptionMessage.Events(await reader.ConvertAsync(events.Batch, cancellationToken).ConfigureAwait(false))
                : message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    // The array that a batch comes in is reused; what its events hold is not.
    private ReadOnlyMemory<RecordedEvent> Keep(ReadOnlySpan<RecordedEvent> batch)
    {
        if (_kept.Length < batch.Length) _kept = new RecordedEvent[batch.Length];
        batch.CopyTo(_kept);
        return _kept.AsMemory(0, batch.Length);
    }

    private static bool IsConverted(in RecordedEvent recorded) =>
        recorded.IsJson && EventJson.IsKnown(recorded.Type) && MayHoldJson(recorded.Stream);

    private async ValueTask<ReadOnlyMemory<RecordedEvent>> ConvertAsync(
        ReadOnlyMemory<RecordedEvent> batch, CancellationToken cancellationToken)
    {
        if (!Begin(batch.Span)) return batch;
        int next = 0;
        while (Convert(batch.Span, ref next) is { } missing)
            await _publications.LoadAsync(missing.Stream, missing.At, cancellationToken).ConfigureAwait(false);
        return Seal(batch);
    }

    // False where nothing is to be done.
    private bool Begin(ReadOnlySpan<RecordedEvent> batch)
    {
        bool any = false;
        foreach (ref readonly RecordedEvent recorded in batch) any |= IsConverted(recorded);
        if (!any) return false;
        _bytes.Clear();
        if (_events.Length < batch.Length) (_events, _parts) = (new RecordedEvent[batch.Length], new Part[batch.Length]);
        return true;
    }

    // Up to the end, or to an event whose publication must be read first.
    private (StreamName Stream, Revision At)? Convert(ReadOnlySpan<RecordedEvent> batch, ref int next)
    {
        for (; next < batch.Length; next++)
        {
            ref readonly RecordedEvent recorded = ref batch[next];
            _parts[next] = default;
            if (IsConverted(recorded) && !TryConvert(recorded, out _parts[next], out Revision at)) return (recorded.Stream, at);
        }

        return null;
    }

    private bool TryConvert(in RecordedEvent recorded, out Part part, out Revision publication)
    {
        part = default;
        int start = _bytes.Length;
        bool isOfTransaction = EventTypes.IsOfTransaction(recorded.Type);
        bool isFollowing = EventMetadataJson.IsOfFollowing(recorded.Metadata.Span, out publication) && isOfTransaction;
        if (isOfTransaction && TryConvertWritten(recorded, isFollowing, ref publication, out part)) return true;
        try
        {
            // The most frequent metadata needs no document.
            JsonDocument? metadata = null;
            if (!isFollowing)
            {
                metadata = recorded.Metadata.IsEmpty ? null : JsonDocument.Parse(recorded.Metadata, ValueLimits.Json);
                publication = metadata is null ? Revision.None : EventMetadataJson.PublicationOf(metadata.RootElement) ?? Revision.None;
            }

            using (metadata)
            {
                ModuleSchema? schema = null;
                if (isOfTransaction && publication != Revision.None)
                {
                    if (publication >= recorded.Revision)
                        throw new EventFormatException($"it names revision {publication} as its publication", 0);
                    schema = _publications.Find(recorded.Stream, publication);
                    if (schema is null) return false;
                }

                using (var data = JsonDocument.Parse(recorded.Data, ValueLimits.Json))
                    EventJson.Read(recorded.Type, data.RootElement, schema, _bytes);
                int middle = _bytes.Length;
                if (metadata is not null) EventMetadataJson.Read(metadata.RootElement, recorded.Type, schema, _bytes);
                part = new Part(true, start, middle, _bytes.Length);
            }
        }
        catch (Exception fault) when (fault is EventFormatException or JsonException)
        {
            throw new EventStoreException(
                EventStoreErrorKind.Damaged,
                $"stream {recorded.Stream}, revision {recorded.Revision} ({recorded.Type}): the JSON is not what this program writes: "
                    + $"{fault.Message}; somebody else wrote or changed it",
                fault)
            { Stream = recorded.Stream };
        }

        if (recorded.Type == EventTypes.ModulePublished)
            _publications.Add(recorded.Stream, recorded.Revision, _bytes.Written[part.Start..part.Middle]);
        return true;
    }

    // As this program writes it, under a publication that is known: without making documents. Everything else is read, or refused, as JSON of
    // any form.
    private bool TryConvertWritten(in RecordedEvent recorded, bool isFollowing, ref Revision publication, out Part part)
    {
        part = default;
        if (!isFollowing && !WrittenEventJson.TryFindPublication(recorded.Metadata.Span, out publication)) return false;
        if (publication >= recorded.Revision || _publications.Find(recorded.Stream, publication) is not { } schema) return false;
        int start = _bytes.Length;
        if (!WrittenEventJson.TryReadPayload(recorded.Type, recorded.Data.Span, schema, _bytes)) return false;
        int middle = _bytes.Length;
        if (isFollowing || WrittenEventJson.TryReadCall(recorded.Metadata.Span, schema, _bytes))
        {
            part = new Part(true, start, middle, _bytes.Length);
            return true;
        }

        _bytes.Truncate(start);
        return false;
    }

    private ReadOnlyMemory<RecordedEvent> Seal(ReadOnlyMemory<RecordedEvent> batch)
    {
        ReadOnlyMemory<byte> bytes = _bytes.WrittenMemory;
        for (int i = 0; i < batch.Length; i++)
        {
            Part part = _parts[i];
            RecordedEvent recorded = batch.Span[i];
            _events[i] = part.IsConverted
                ? recorded with { IsJson = false, Data = bytes[part.Start..part.Middle], Metadata = bytes[part.Middle..part.End] }
                : recorded;
        }

        return _events.AsMemory(0, batch.Length);
    }

    private readonly record struct Converted(CanonicalReads Reader, ReadOnlyMemory<RecordedEvent> Batch);

    private readonly record struct Part(bool IsConverted, int Start, int Middle, int End);
}
