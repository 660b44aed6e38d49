using Interstice.Kernel.Events;

namespace Interstice.Host.Subscriptions;

/// <summary>How far a subscription has come, and what became of the delivery behind that.</summary>
/// <param name="Revision">Last revision of the source that was dealt with.</param>
/// <param name="Attempts">Failed attempts at the next delivery.</param>
/// <param name="NextUs">When it is tried again, in microseconds since the Unix epoch; 0 without failed attempts.</param>
/// <param name="Error">Why the last attempt failed; empty without one.</param>
/// <param name="IsRecorded">Whether there is a row of it.</param>
internal readonly record struct Checkpoint(Revision Revision, int Attempts, long NextUs, string Error, bool IsRecorded)
{
    /// <summary>Of a subscription that was never run.</summary>
    public static readonly Checkpoint None = new(Revision.None, 0, 0, "", IsRecorded: false);

    /// <summary>Of a subscription that has come to a place without failing.</summary>
    public static Checkpoint At(Revision revision) => new(revision, 0, 0, "", IsRecorded: true);
}
