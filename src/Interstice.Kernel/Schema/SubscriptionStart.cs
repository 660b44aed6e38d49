namespace Interstice.Kernel.Schema;

/// <summary>Where a subscription begins that has no checkpoint yet.</summary>
public enum SubscriptionStart
{
    /// <summary>With the first event of the source, whenever the subscription was published.</summary>
    Beginning,

    /// <summary>Behind the last event that the source has when the subscription begins to run.</summary>
    Now,
}
