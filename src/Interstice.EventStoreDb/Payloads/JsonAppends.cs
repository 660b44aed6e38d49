using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.EventStoreDb.Payloads;

/// <summary>Appends to one stream of events that become JSON under the publication before them. Thread-safe; in the order of the
/// calls.</summary>
/// <remarks>Invariant: while the publication is known, it is the last one of the stream as it will be after every append under way. An
/// append that was not written breaks that, and the next one asks the server again.</remarks>
internal sealed class JsonAppends(ServerStore server, Publications publications, StreamName stream)
{
    private const int EventsAtOnce = 32;

    private readonly Lock _lock = new();
    private Task? _waiting;
    private bool _waitingEncodes;
    private bool _isKnown = stream == StreamNames.Modules;
    private Revision? _publication;
    private ModuleSchema? _schema;

    /// <summary>Appends.</summary>
    internal ValueTask<AppendResult> AppendAsync(
        ExpectedRevision expected, ReadOnlyMemory<EventData> events, CancellationToken cancellationToken)
    {
        bool publishes = false;
        foreach (ref readonly EventData data in events.Span)
        {
            ServerStore.CheckType(data.Type);
            publishes |= data.Type == EventTypes.ModulePublished;
        }

        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<AppendResult>(cancellationToken);
        lock (_lock)
        {
            bool isWaiting = _waiting is { IsCompleted: false };
            if (_isKnown && !isWaiting && (publishes || events.Length <= EventsAtOnce))
                return new ValueTask<AppendResult>(EndAsync(SendLocked(expected, EncodeLocked(expected, events), cancellationToken)));

            // Each waits for the one before it to have been sent: that keeps the order. Many events become JSON beside that, where what
            // waits before them cannot publish.
            Task<Task<AppendResult>> begun;
            if (_isKnown && !publishes && (!isWaiting || _waitingEncodes))
            {
                (Revision? publication, ModuleSchema? schema) = (_publication, _schema);
                Task<List<AppendPart>> encoding = Task.Run(() => Encode(events, publication, schema), CancellationToken.None);
                begun = BeginEncodedAsync(_waiting, encoding, expected, cancellationToken);
                _waitingEncodes = true;
            }
            else
            {
                begun = BeginLaterAsync(_waiting, expected, events, cancellationToken);
                _waitingEncodes = false;
            }

            _waiting = begun;
            return new ValueTask<AppendResult>(begun.Unwrap());
        }
    }

    private async Task<Task<AppendResult>> BeginEncodedAsync(
        Task? before, Task<List<AppendPart>> encoding, ExpectedRevision expected, CancellationToken cancellationToken)
    {
        List<AppendPart> parts = await encoding.ConfigureAwait(false);
        if (before is not null) await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock) return EndAsync(SendLocked(expected, parts, cancellationToken));
    }

    private async Task<Task<AppendResult>> BeginLaterAsync(
        Task? before, ExpectedRevision expected, ReadOnlyMemory<EventData> events, CancellationToken cancellationToken)
    {
        if (before is not null) await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_isKnown)
        {
            (Revision At, ModuleSchema Schema)? last = await publications.LastAsync(stream, cancellationToken).ConfigureAwait(false);
            lock (_lock) (_isKnown, _publication, _schema) = (true, last?.At, last?.Schema);
        }

        lock (_lock) return EndAsync(SendLocked(expected, EncodeLocked(expected, events), cancellationToken));
    }

    private async Task<AppendResult> EndAsync(Task<AppendResult> sending)
    {
        try
        {
            AppendResult result = await sending.ConfigureAwait(false);
            if (result is not AppendResult.Appended) Forget();
            return result;
        }
        catch
        {
            Forget();
            throw;
        }
    }

    private List<AppendPart> Encode(ReadOnlyMemory<EventData> events, Revision? publication, ModuleSchema? schema)
    {
        using var encoder = new AppendEncoder(publication, schema);
        foreach (ref readonly EventData data in events.Span) encoder.Add(data);
        return encoder.Seal(server.AppendBytesMax);
    }

    // Publications among the events count for what follows them.
    private List<AppendPart> EncodeLocked(ExpectedRevision expected, ReadOnlyMemory<EventData> events)
    {
        using var encoder = new AppendEncoder(_publication, _schema);
        for (int i = 0; i < events.Length; i++)
        {
            ref readonly EventData data = ref events.Span[i];
            encoder.Add(data);
            if (data.Type != EventTypes.ModulePublished) continue;

            // Where it will stand is known only if the revision before it is.
            Revision? at = expected.Exact is { } before ? before + (i + 1) : null;
            // Not remembered for readers: another one may come to stand there.
            ModuleSchema? schema = at is null ? null : Publications.Parse(data.Data.Span);
            (_publication, _schema) = schema is null ? (null, null) : (at, schema);
            if (schema is null) _isKnown = false;
            encoder.Publish(_publication, _schema);
        }

        return encoder.Seal(server.AppendBytesMax);
    }

    private Task<AppendResult> SendLocked(ExpectedRevision expected, List<AppendPart> parts, CancellationToken cancellationToken)
    {
        if (parts.Any(part => part.Bytes > server.AppendBytesMax) || (parts.Count > 1 && expected.Exact is null))
            return Task.FromException<AppendResult>(server.TooLarge(stream, parts.Sum(part => part.Bytes)));
        return parts.Count == 1
            ? server.SendAsync(stream, expected, parts[0].Events, cancellationToken).AsTask()
            : SendAsync(expected.Exact!.Value, parts, cancellationToken);
    }

    // All are on their way before the first is answered. What follows one that was not written is refused by its expectation.
    private async Task<AppendResult> SendAsync(Revision before, List<AppendPart> parts, CancellationToken cancellationToken)
    {
        List<Task<AppendResult>> sending = [];
        foreach (AppendPart part in parts)
        {
            sending.Add(server.SendAsync(stream, ExpectedRevision.At(before), part.Events, cancellationToken).AsTask());
            before += part.Events.Length;
        }

        Task all = Task.WhenAll(sending);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        AppendResult first = await sending[0].ConfigureAwait(false);
        if (first is not AppendResult.Appended) return first;
        for (int i = 1; i < sending.Count; i++)
        {
            if (sending[i].IsCompletedSuccessfully && sending[i].Result is AppendResult.Appended) continue;
            throw new EventStoreException(
                EventStoreErrorKind.Unknown,
                $"stream {stream}: {i} of the {parts.Count} writes of an append are in the stream, each of whole transactions; read it to know "
                    + "what else is",
                sending[i].Exception?.InnerException);
        }

        return await sending[^1].ConfigureAwait(false);
    }

    private void Forget()
    {
        lock (_lock) _isKnown = stream == StreamNames.Modules;
    }
}
