using Interstice.Host.Modules;

namespace Interstice.Host.Reducers;

/// <summary>What all loops of a host share: who the host is, its engine and limits, and randomness from outside.</summary>
/// <param name="Host">Id of the host, new at each start.</param>
/// <param name="Engine">Name of the engine as recorded.</param>
/// <param name="FuelSchedule">Version of the schedule that the engine charges by.</param>
/// <param name="Limits">What a call may use.</param>
/// <param name="Watchdog">Stops calls that take too long.</param>
/// <param name="Randomness">Gives random bits for seeds and transaction ids; called on a loop's thread.</param>
/// <param name="LogGuest">Gives the sink of a module's log lines.</param>
internal sealed record LoopIdentity(
    Guid Host,
    string Engine,
    int FuelSchedule,
    ModuleLimits Limits,
    CallWatchdog Watchdog,
    Func<UInt128> Randomness,
    Func<string, Abi.IGuestLog> LogGuest)
{
    /// <summary>Told when another host has published a build of a module, which may have joined it with others. Called on a loop's
    /// thread.</summary>
    public Action? Republished { get; init; }
}
