namespace Interstice.EventStoreDb;

/// <summary>How events of modules are written.</summary>
public enum EventPayloads
{
    /// <summary>As JSON, readable in the server's own pages and by other consumers (docs/formats/event-json.md).</summary>
    Json,

    /// <summary>In the canonical binary encoding (docs/formats/events.md), which is smaller.</summary>
    Canonical,
}
