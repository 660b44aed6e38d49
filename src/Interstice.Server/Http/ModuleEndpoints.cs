using System.Threading.RateLimiting;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Subscriptions;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>What there is: modules, their history, their declarations.</summary>
internal sealed class ModuleEndpoints(
    ModuleLookup modules, ModuleHost host, IEventStore store, RequestBounds bounds, TimeProvider time)
{
    private static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(2);

    /// <summary>Lists modules and how the host stands to them; with <paramref name="hasHistory"/> every publication instead.</summary>
    public async Task<IResult> ListAsync(HttpContext context, bool hasHistory)
    {
        modules.ExpectRunning();
        if (hasHistory) return await ListHistoryAsync(context.RequestAborted).ConfigureAwait(false);
        List<ModuleView> shown = await LookAsync(context.RequestAborted).ConfigureAwait(false);
        return new JsonAnswer(json =>
        {
            json.WriteStartArray();
            foreach (ModuleView view in shown) view.Write(json);
            json.WriteEndArray();
        });
    }

    /// <summary>Declarations of a module: an object, or the canonical lines where they are asked for.</summary>
    public IResult Describe(HttpContext context, string module)
    {
        _ = new QueryParameters(context.Request.Query);
        ModuleSchema schema = modules.Schema(module);
        return Accepts(context.Request, JsonAnswer.Lines)
            ? Results.Bytes(schema.ToBytes(), JsonAnswer.Lines)
            : new JsonAnswer(new SchemaDocument(schema).Write);
    }

    /// <summary>Whether a request asks for a media type by its name.</summary>
    public static bool Accepts(HttpRequest request, string mediaType) =>
        request.GetTypedHeaders().Accept.Any(accepted =>
            string.Equals(accepted.MediaType.Value, mediaType, StringComparison.OrdinalIgnoreCase));

    // From the loops and not from the log: no scan, however long that is.
    private async Task<List<ModuleView>> LookAsync(CancellationToken cancellationToken)
    {
        List<ModuleView> found = [];
        ILookup<string, SubscriptionStatus> subscriptions = host.Subscriptions.ToLookup(status => status.Module, StringComparer.Ordinal);
        foreach (ModuleStatus status in host.Status)
        {
            if (await host.ViewAsync(status.Module, Look).ConfigureAwait(false) is not var (publication, revision)) continue;
            found.Add(new ModuleView(publication, revision, status.Role, status.Owner, status.Role == ModuleRole.Owner ? 0 : null, [.. subscriptions[status.Module]]));
        }

        // All at once: a store that is away is waited for once, however many modules there are.
        using var patience = new CancellationTokenSource(StorePatience, time);
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        ModuleView[] views = await Task.WhenAll(found.Select(view => WithLagAsync(view, asking.Token))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return [.. views];
    }

    private async Task<ModuleView> WithLagAsync(ModuleView view, CancellationToken asking) =>
        view.Role == ModuleRole.Owner
            ? view
            : view with { Lag = await FindLagAsync(view.Publication.Module, view.Revision, asking).ConfigureAwait(false) };

    // Null where the store does not answer until it is no longer asked.
    private async Task<long?> FindLagAsync(string module, Revision revision, CancellationToken asking)
    {
        try
        {
            Revision last = await store.GetLastRevisionAsync(StreamNames.Module(module), asking).AsTask().WaitAsync(asking).ConfigureAwait(false);
            return Math.Max(0, last.Value - revision.Value);
        }
        catch (Exception fault) when (fault is EventStoreException or TimeoutException
            || (fault is OperationCanceledException && asking.IsCancellationRequested))
        {
            return null;
        }
    }

    private static (Publication Publication, Revision Revision)? Look(ModuleProjection projection) =>
        projection is { Published: { } published, Schema: { } schema }
            ? (new Publication(projection.Module, projection.PublishedAt, published, schema), projection.Revision)
            : null;

    private async Task<IResult> ListHistoryAsync(CancellationToken cancellationToken)
    {
        List<(Publication Publication, Revision Last)> shown = await ReadHistoryAsync(cancellationToken).ConfigureAwait(false);
        return new JsonAnswer(json =>
        {
            json.WriteStartArray();
            foreach ((Publication publication, Revision last) in shown) PublicationDocument.Write(json, publication, last);
            json.WriteEndArray();
        });
    }

    private async Task<List<(Publication, Revision)>> ReadHistoryAsync(CancellationToken cancellationToken)
    {
        using RateLimitLease place = RequestBounds.Enter(bounds.Readers, "as many readers of the log");
        List<Publication> all = await Publication.ReadAllAsync(store, null, cancellationToken).ConfigureAwait(false);
        List<(Publication, Revision)> found = [];
        foreach (Publication publication in all.OrderBy(known => known.Module, StringComparer.Ordinal))
        {
            Revision last = await store
                .GetLastRevisionAsync(StreamNames.Module(publication.Module), cancellationToken)
                .ConfigureAwait(false);
            found.Add((publication, last));
        }

        return found;
    }
}
