namespace Interstice.Host.Subscriptions;

/// <summary>What a subscription does now.</summary>
public enum SubscriptionState
{
    /// <summary>It is not run here: another host owns the subscribing module, or its code does not run.</summary>
    Elsewhere,

    /// <summary>It delivers what comes.</summary>
    Running,

    /// <summary>Its source is not published yet.</summary>
    Waiting,

    /// <summary>A delivery failed and is tried again after a pause.</summary>
    Retrying,

    /// <summary>It stands still until a publication of source or subscriber makes them fit.</summary>
    Standing,

    /// <summary>The store does not answer; it goes on by itself.</summary>
    Unanswered,
}
