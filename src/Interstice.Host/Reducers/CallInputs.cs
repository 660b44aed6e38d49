using Interstice.Host.Timers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>Everything that a call may depend on besides the state: what its transaction records.</summary>
/// <param name="Arguments">Arguments in the canonical encoding.</param>
/// <param name="Caller">Who called.</param>
/// <param name="TimeUs">What <c>now()</c> gives.</param>
/// <param name="Seed">Seed of <c>random()</c>.</param>
/// <param name="Rows">Writes rows of the host's tables before the reducer runs; null for none, as in all calls that callers make.</param>
/// <param name="Firing">What fires, where a timer calls.</param>
public readonly record struct CallInputs(
    ReadOnlyMemory<byte> Arguments, Identity Caller, long TimeUs, UInt128 Seed, HostRows? Rows = null, TimerFiring? Firing = null);
