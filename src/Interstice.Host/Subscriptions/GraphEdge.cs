using Interstice.Kernel.Schema;

namespace Interstice.Host.Subscriptions;

/// <summary>What one module may cause in another: by a subscription, or by a call.</summary>
/// <param name="From">The module that something happens in.</param>
/// <param name="To">The module that changes because of it.</param>
/// <param name="Subscription">The subscription of <paramref name="To"/>; null for a call.</param>
/// <param name="Caller">The reducer of <paramref name="From"/> that calls; null for a subscription.</param>
/// <param name="Callee">The reducer of <paramref name="To"/> that is called; null for a subscription.</param>
public sealed record GraphEdge(string From, string To, SubscriptionSchema? Subscription, string? Caller = null, string? Callee = null)
{
    /// <summary>Whether it ends every chain of causes that goes through it: a subscription with a declared depth.</summary>
    public bool IsBounded => Subscription?.Depth is not null;

    /// <summary>As a step of a path: what happens on the way to <see cref="To"/>.</summary>
    public override string ToString() => Subscription is { } heard
        ? $"{heard.Source} -> {To}.{heard.Handler}"
        : $"{From}.{Caller} calls {To}.{Callee}";
}
