using System.Text.Json;
using Interstice.Cli.Stores;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Projections;

namespace Interstice.Cli.Inspection;

/// <summary>What is parked in the modules of a store, rebuilt by replay.</summary>
/// <param name="session">Shows progress.</param>
/// <param name="store">The store.</param>
internal sealed class StoredParkedItems(Session session, OpenStore store) : ParkedItems
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> ModulesAsync() =>
        [.. (await ModuleList.ReadAsync(store.Events, session.Stopping).ConfigureAwait(false)).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public override async Task<(IReadOnlyList<JsonElement> Items, bool HasMore)> ListAsync(string module, long limit)
    {
        ModuleProjection projection = await ModuleLookup.ProjectAsync(session, store, module, null).ConfigureAwait(false);
        (IReadOnlyList<ParkedItem> items, bool hasMore) = ParkedItem.List(projection, 0, (int)Math.Min(limit, int.MaxValue));
        return ([.. items.Select(Parse)], hasMore);
    }

    /// <inheritdoc/>
    public override async Task<JsonElement?> FindAsync(string module, ulong id)
    {
        ModuleProjection projection = await ModuleLookup.ProjectAsync(session, store, module, null).ConfigureAwait(false);
        return ParkedItem.Find(projection, id) is { } item ? Parse(item) : null;
    }

    private static JsonElement Parse(ParkedItem item)
    {
        using JsonDocument document = JsonDocument.Parse(JsonBuffer.OfThread.Build(item.Write));
        return document.RootElement.Clone();
    }
}
