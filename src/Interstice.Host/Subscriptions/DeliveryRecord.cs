using Interstice.Kernel.Events;

namespace Interstice.Host.Subscriptions;

/// <summary>An attempt at a delivery, kept in memory to be looked at.</summary>
/// <param name="At">When what it rests on was durable.</param>
/// <param name="Source">What was heard, <c>module.table</c> or <c>module.event</c>.</param>
/// <param name="SourceRevision">Revision of the event in the source's stream.</param>
/// <param name="Event">Its id, which the transaction names as its cause.</param>
/// <param name="Handler">The reducer.</param>
/// <param name="Attempt">Which attempt it was, from 1.</param>
/// <param name="Depth">Deliveries in the chain of causes, this one included.</param>
/// <param name="Outcome"><c>committed</c>, <c>rejected</c>, <c>trapped</c>, <c>stopped</c> by the clock, or <c>parked</c>.</param>
/// <param name="Error">Why it failed or was parked; null for a commit.</param>
/// <param name="Revision">Last revision of its transaction in the subscriber's stream; of the stream where there is none.</param>
/// <param name="Fuel">Fuel used.</param>
/// <param name="Microseconds">Time that it took on the module's loop.</param>
public sealed record DeliveryRecord(
    DateTimeOffset At,
    string Source,
    Revision SourceRevision,
    Guid Event,
    string Handler,
    int Attempt,
    int Depth,
    string Outcome,
    string? Error,
    Revision Revision,
    ulong Fuel,
    long Microseconds);
