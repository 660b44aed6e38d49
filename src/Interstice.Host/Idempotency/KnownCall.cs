using Interstice.Kernel.Events;

namespace Interstice.Host.Idempotency;

/// <summary>How a call with a key was committed: what the same call is answered with.</summary>
/// <param name="Request">Digest of reducer and arguments (<see cref="CallKey.Request"/>).</param>
/// <param name="TimeUs">What <c>now()</c> gave, microseconds since the Unix epoch.</param>
/// <param name="Revision">Last revision of its transaction.</param>
/// <param name="Mutations">Mutations and emitted events.</param>
/// <param name="Fuel">Fuel used.</param>
/// <param name="Result">The return value in the canonical encoding; null for none.</param>
internal readonly record struct KnownCall(
    UInt128 Request, long TimeUs, Revision Revision, int Mutations, ulong Fuel, byte[]? Result)
{
    /// <summary>The call that a replayed transaction recorded.</summary>
    /// <param name="call">Its record.</param>
    /// <param name="key">Its key.</param>
    /// <param name="last">Revision of its last event.</param>
    /// <param name="effectless">How many of its events change nothing.</param>
    public static KnownCall Of(TransactionRecord call, CallKey key, Revision last, int effectless) => new(
        key.Request,
        call.TimeUs,
        last,
        call.EventCount - effectless,
        call.Fuel,
        call.Result is { Length: > 0 } result ? result.ToArray() : null);
}
