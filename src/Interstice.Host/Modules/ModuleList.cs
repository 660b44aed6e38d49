using Interstice.Kernel.Events;

namespace Interstice.Host.Modules;

/// <summary>The list of modules in a store.</summary>
public static class ModuleList
{
    /// <summary>Reads the list.</summary>
    /// <param name="store">The store.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Names in the order in which the modules were added.</returns>
    /// <exception cref="EventStoreException">The store failed or the list is damaged.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(IEventStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        List<string> names = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(StreamNames.Modules, ReadDirection.Forwards, Revision.First, long.MaxValue, cancellationToken)
            .ConfigureAwait(false))
        {
            foreach (RecordedEvent recorded in batch.Span) names.Add(Decode(recorded));
        }

        return names;
    }

    /// <summary>Adds a module that is not in the list.</summary>
    /// <param name="store">The store.</param>
    /// <param name="module">Its name.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public static async Task AddAsync(IEventStore store, string module, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        while (true)
        {
            IReadOnlyList<string> names = await ReadAsync(store, cancellationToken).ConfigureAwait(false);
            if (names.Contains(module, StringComparer.Ordinal)) return;
            EventData[] events =
            [
                new(Guid.NewGuid(), EventTypes.ModuleListed, false, new ModuleListed(module).ToBytes(), default),
            ];
            AppendResult result = await store
                .AppendAsync(
                    StreamNames.Modules,
                    ExpectedRevision.At(new Revision(names.Count - 1)),
                    events,
                    cancellationToken)
                .ConfigureAwait(false);
            if (result is AppendResult.Appended) return;
        }
    }

    /// <summary>The name that an event of the list adds.</summary>
    /// <param name="recorded">The event.</param>
    /// <exception cref="EventStoreException">It is no such event.</exception>
    internal static string Decode(in RecordedEvent recorded)
    {
        if (recorded.Type != EventTypes.ModuleListed)
        {
            throw new EventStoreException(
                EventStoreErrorKind.Damaged,
                $"stream {recorded.Stream}, revision {recorded.Revision}: expected {EventTypes.ModuleListed}, found " +
                $"{recorded.Type}; somebody else writes to this stream");
        }

        try
        {
            return ModuleListed.Read(recorded.Data.Span).Name;
        }
        catch (EventFormatException fault)
        {
            throw new EventStoreException(
                EventStoreErrorKind.Damaged,
                $"stream {recorded.Stream}, revision {recorded.Revision}: {fault.Message}",
                fault);
        }
    }
}
