using System.Threading.RateLimiting;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>What there is: modules, their history, their declarations.</summary>
internal sealed class ModuleEndpoints(ModuleLookup modules, ModuleHost host, IEventStore store, RequestBounds bounds)
{
    /// <summary>Lists modules; with <paramref name="hasHistory"/> every publication.</summary>
    public async Task<IResult> ListAsync(HttpContext context, bool hasHistory)
    {
        modules.ExpectRunning();
        List<(Publication Publication, Revision Last)> shown = hasHistory
            ? await ReadHistoryAsync(context.RequestAborted).ConfigureAwait(false)
            : await LookAsync().ConfigureAwait(false);
        return new JsonAnswer(json =>
        {
            json.WriteStartArray();
            foreach ((Publication publication, Revision last) in shown) PublicationDocument.Write(json, publication, last);
            json.WriteEndArray();
        });
    }

    /// <summary>Declarations of a module: an object, or the canonical lines where they are asked for.</summary>
    public IResult Describe(HttpContext context, string module)
    {
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
    private async Task<List<(Publication, Revision)>> LookAsync()
    {
        List<(Publication, Revision)> found = [];
        foreach (string module in host.Names)
        {
            if (await host.ViewAsync(module, Look).ConfigureAwait(false) is { } seen) found.Add(seen);
        }

        return found;
    }

    private static (Publication, Revision)? Look(ModuleProjection projection) =>
        projection is { Published: { } published, Schema: { } schema }
            ? (new Publication(projection.Module, projection.PublishedAt, published, schema), projection.Revision)
            : null;

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
