using EventStore.Client;

namespace Interstice.EventStoreDb;

/// <summary>Filters in the client's words.</summary>
internal static class Filters
{
    /// <summary>The client's filter; null for none.</summary>
    internal static IEventFilter? Of(Kernel.Events.EventFilter filter) => filter switch
    {
        Kernel.Events.EventFilter.StreamPrefix streams => StreamFilter.Prefix([.. streams.Prefixes]),
        Kernel.Events.EventFilter.TypePrefix types => EventTypeFilter.Prefix([.. types.Prefixes]),
        _ => null,
    };
}
