using System.Text.Json;
using Interstice.Host.Inspection;
using Interstice.Host.Ownership;
using Interstice.Host.Subscriptions;
using Interstice.Kernel.Events;

namespace Interstice.Server.Http;

/// <summary>A module in the list of modules.</summary>
/// <param name="Publication">The build in force.</param>
/// <param name="Revision">Last revision of its stream that the tables show.</param>
/// <param name="Role">What the host is to it.</param>
/// <param name="Owner">While following: who owns it; null when that is not known.</param>
/// <param name="Lag">Revisions of the stream that the tables do not show yet; null when the store does not say.</param>
/// <param name="Subscriptions">What its subscriptions do on this host.</param>
internal sealed record ModuleView(
    Publication Publication, Revision Revision, ModuleRole Role, ModuleOwner? Owner, long? Lag, IReadOnlyList<SubscriptionStatus> Subscriptions)
{
    /// <summary>Writes it.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        PublicationDocument.WriteMembers(json, Publication, Revision);
        json.WriteString("role", StatusEndpoints.WordOf(Role));
        OwnerDocument.Write(json, Owner);
        json.WriteNumber("revision", Revision.Value);
        if (Lag is { } lag) json.WriteNumber("lag", lag);
        else json.WriteNull("lag");
        StatusEndpoints.Write(json, Subscriptions);
        json.WriteEndObject();
    }
}
