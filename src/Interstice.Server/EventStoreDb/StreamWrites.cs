using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>Writes to streams as clients of EventStoreDB mean them, on a store that knows neither deletion nor appends to
/// metadata streams: a deleted stream is one whose every event is truncated, and an append to a metadata stream sets what it
/// says.</summary>
/// <param name="store">The store.</param>
internal sealed class StreamWrites(IEventStore store) : IDisposable
{
    // The store compares no expectation when it sets settings: all that come this way are compared and set one by one.
    private readonly SemaphoreSlim _settings = new(1);

    /// <summary>What to ask of the store for what a caller expects. To be awaited before the next append is begun, for the
    /// order of appends.</summary>
    internal async ValueTask<ExpectedRevision> ExpectationAsync(StreamName stream, ExpectedRevision expected)
    {
        bool asksForExistence = expected.IsStreamExists || expected.Exact == Revision.None;
        if (!asksForExistence || StreamSettings.IsMetadataStream(stream)) return expected;
        StreamMetadata metadata = await store.GetMetadataAsync(stream).ConfigureAwait(false);
        if (metadata.TruncateBefore is not { } first) return expected;
        Revision last = await store.GetLastRevisionAsync(stream).ConfigureAwait(false);
        if (last == Revision.None || first <= last) return expected;
        return expected.IsStreamExists ? ExpectedRevision.NoStream : ExpectedRevision.At(last);
    }

    /// <summary>Appends; <paramref name="expected"/> comes from <see cref="ExpectationAsync"/>.</summary>
    internal ValueTask<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events) =>
        StreamSettings.IsMetadataStream(stream) ? SetAsync(stream, expected, events) : store.AppendAsync(stream, expected, events);

    /// <summary>Truncates every event of a stream; the next append continues the numbering.</summary>
    /// <returns>Position of the deletion.</returns>
    /// <exception cref="CallFailureException">The stream is not as expected.</exception>
    internal async Task<Position> DeleteAsync(StreamName stream, ExpectedRevision expected, CancellationToken ended)
    {
        StreamName settings = StreamSettings.StreamOf(stream);
        await _settings.WaitAsync(ended).ConfigureAwait(false);
        try
        {
            Revision last = await store.GetLastRevisionAsync(stream, ended).ConfigureAwait(false);
            StreamMetadata metadata = await store.GetMetadataAsync(stream, ended).ConfigureAwait(false);
            bool isDeleted = metadata.TruncateBefore is { } first && first > last;
            bool asksForExistence = expected.IsStreamExists || expected.Exact == Revision.None;
            if (!expected.IsMetBy(isDeleted && asksForExistence ? Revision.None : last))
                throw CallFailureException.WrongExpected(stream, expected, last);
            await store.SetMetadataAsync(stream, metadata with { TruncateBefore = last.Next }, CancellationToken.None).ConfigureAwait(false);
            return (await LastAsync(settings).ConfigureAwait(false)).Position;
        }
        finally
        {
            _settings.Release();
        }
    }

    /// <summary>Whether a stream has never had an event, or was deleted and not written since.</summary>
    internal async ValueTask<bool> IsAbsentAsync(StreamName stream, CancellationToken ended)
    {
        Revision last = await store.GetLastRevisionAsync(stream, ended).ConfigureAwait(false);
        if (last == Revision.None) return true;
        StreamMetadata metadata = await store.GetMetadataAsync(stream, ended).ConfigureAwait(false);
        return metadata.TruncateBefore is { } first && first > last;
    }

    public void Dispose() => _settings.Dispose();

    private async ValueTask<AppendResult> SetAsync(StreamName stream, ExpectedRevision expected, ReadOnlyMemory<EventData> events)
    {
        if (events.Length != 1) throw CallFailureException.Invalid("a metadata stream takes one event at a time");
        StreamMetadata metadata = StreamSettings.Read(events.Span[0]);
        StreamName target = StreamSettings.TargetOf(stream);
        await _settings.WaitAsync().ConfigureAwait(false);
        try
        {
            Revision actual = await store.GetLastRevisionAsync(stream).ConfigureAwait(false);
            if (!expected.IsMetBy(actual)) return new AppendResult.WrongExpectedRevision(expected, actual);
            if (metadata.TruncateBefore == Revision.End)
            {
                // EventStoreDB's mark of a deleted stream, which here is one whose every event is truncated.
                Revision last = await store.GetLastRevisionAsync(target).ConfigureAwait(false);
                metadata = metadata with { TruncateBefore = last.Next };
            }

            await store.SetMetadataAsync(target, metadata).ConfigureAwait(false);
            (Revision revision, Position position) = await LastAsync(stream).ConfigureAwait(false);
            return new AppendResult.Appended(revision, position);
        }
        finally
        {
            _settings.Release();
        }
    }

    private async Task<(Revision Revision, Position Position)> LastAsync(StreamName stream)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in
                       store.ReadStreamAsync(stream, ReadDirection.Backwards, Revision.End, 1).ConfigureAwait(false))
            return (batch.Span[0].Revision, batch.Span[0].Position);
        return (Revision.None, Position.Start);
    }
}
