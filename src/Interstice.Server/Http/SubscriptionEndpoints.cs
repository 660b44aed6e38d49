using System.Text.Json;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Subscriptions;
using Interstice.Kernel.Events;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>Subscriptions between modules: the graph, and what was delivered.</summary>
internal sealed class SubscriptionEndpoints(ModuleLookup modules, ModuleHost host)
{
    /// <summary>Which module may cause changes in which, with what was observed since the host started.</summary>
    public IResult Graph(HttpContext context)
    {
        _ = new QueryParameters(context.Request.Query);
        modules.ExpectRunning();
        return new JsonAnswer(new GraphDocument(host.Graph, host.Subscriptions).Write);
    }

    /// <summary>The last deliveries to a module on this host, oldest first.</summary>
    public IResult Deliveries(HttpContext context, string module)
    {
        _ = new QueryParameters(context.Request.Query);
        modules.Schema(module);
        IReadOnlyList<DeliveryRecord> kept = host.DeliveriesTo(module);
        return new JsonAnswer(json =>
        {
            json.WriteStartArray();
            foreach (DeliveryRecord delivery in kept) Write(json, delivery);
            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, DeliveryRecord delivery)
    {
        json.WriteStartObject();
        json.WriteString("at", delivery.At.UtcDateTime);
        json.WriteString("source", delivery.Source);
        json.WriteNumber("sourceRevision", delivery.SourceRevision.Value);
        json.WriteString("event", delivery.Event);
        json.WriteString("handler", delivery.Handler);
        json.WriteNumber("attempt", delivery.Attempt);
        json.WriteNumber("depth", delivery.Depth);
        json.WriteString("outcome", delivery.Outcome);
        json.WriteString("error", delivery.Error);
        if (delivery.Revision > Revision.None) json.WriteNumber("revision", delivery.Revision.Value);
        else json.WriteNull("revision");
        json.WriteString("fuel", delivery.Fuel.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteNumber("microseconds", delivery.Microseconds);
        json.WriteEndObject();
    }
}
