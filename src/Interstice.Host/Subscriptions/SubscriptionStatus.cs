using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Subscriptions;

/// <summary>A subscription of a module of this host: the declared edge, and what was observed of it since the host started.</summary>
/// <param name="Module">The subscribing module.</param>
/// <param name="Subscription">What it declares.</param>
/// <param name="State">What it does now.</param>
/// <param name="Reason">Why it does not run; null when it does.</param>
/// <param name="Through">Revision of the source up to which it has come, as far as this host knows.</param>
/// <param name="Delivered">Deliveries that are durable, since the host started.</param>
/// <param name="Failed">Attempts that failed, since the host started.</param>
/// <param name="Parked">Deliveries that were parked, since the host started.</param>
/// <param name="LastAt">When the last delivery was durable; null before the first.</param>
public sealed record SubscriptionStatus(
    string Module,
    SubscriptionSchema Subscription,
    SubscriptionState State,
    string? Reason,
    Revision Through,
    long Delivered,
    long Failed,
    long Parked,
    DateTimeOffset? LastAt)
{
    /// <summary>The state as one word of documents and tables.</summary>
    public string Word => State.ToString().ToLowerInvariant();
}
