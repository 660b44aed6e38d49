using Interstice.Kernel.Events;

namespace Interstice.Host.Subscriptions;

/// <summary>An event of the source that a subscription hears.</summary>
/// <param name="Subscription">Index of the subscription among those of the feed.</param>
/// <param name="Revision">Revision of the event in the source's stream.</param>
/// <param name="Event">Its id.</param>
/// <param name="Arguments">Arguments of the handler, canonical where <paramref name="Refusal"/> is null.</param>
/// <param name="Origin">What its transaction inherits.</param>
/// <param name="Refusal">Why the handler cannot be run for it however often that is tried; null when it can.</param>
internal sealed record Delivery(
    int Subscription, Revision Revision, Guid Event, ReadOnlyMemory<byte> Arguments, TransactionOrigin Origin, string? Refusal);
