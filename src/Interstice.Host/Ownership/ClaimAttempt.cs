using Interstice.Kernel.Events;

namespace Interstice.Host.Ownership;

/// <summary>A change of ownership that is to stand behind a certain revision. Sent again as it is while the revision is the last one
/// known, so that it is in the stream once however often it is sent.</summary>
/// <param name="At">The revision before it.</param>
/// <param name="Taken">What it says.</param>
/// <param name="Chain">Value of the hash chain after it.</param>
/// <param name="Events">The event.</param>
internal sealed record ClaimAttempt(Revision At, OwnershipTaken Taken, ChainValue Chain, EventData[] Events);
