using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Subscriptions;

/// <summary>What was observed of one subscription since the host started. Written by the loop's thread and by the feed's, read by any.</summary>
/// <param name="module">The subscribing module.</param>
/// <param name="subscription">What it declares.</param>
internal sealed class SubscriptionTally(string module, SubscriptionSchema subscription)
{
    private readonly Lock _gate = new();
    private SubscriptionStatus _status = new(
        module, subscription, SubscriptionState.Elsewhere, null, Revision.None, 0, 0, 0, null);

    /// <summary>What is known now.</summary>
    public SubscriptionStatus Status
    {
        get
        {
            lock (_gate) return _status;
        }
    }

    /// <summary>Takes note of what it does.</summary>
    public void Stand(SubscriptionState state, string? reason = null)
    {
        lock (_gate) _status = _status with { State = state, Reason = reason };
    }

    /// <summary>Takes note of the place in the source up to which it has come.</summary>
    public void Reach(Revision through)
    {
        lock (_gate) _status = _status with { Through = through };
    }

    /// <summary>Takes note of a place further on, if it stands before another one.</summary>
    public void ReachFrom(Revision before, Revision through)
    {
        lock (_gate)
            if (_status.Through < before) _status = _status with { Through = through };
    }

    /// <summary>Takes note of a durable delivery.</summary>
    public void Delivered(DateTimeOffset at)
    {
        lock (_gate) _status = _status with { Delivered = _status.Delivered + 1, LastAt = at };
    }

    /// <summary>Takes note of a failed attempt.</summary>
    public void Failed()
    {
        lock (_gate) _status = _status with { Failed = _status.Failed + 1 };
    }

    /// <summary>Takes note of a parked delivery.</summary>
    public void Parked()
    {
        lock (_gate) _status = _status with { Parked = _status.Parked + 1 };
    }
}
