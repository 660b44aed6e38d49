using Interstice.Kernel.Events;

namespace Interstice.Host.Modules;

/// <summary>What a module of a running host does now.</summary>
/// <param name="Module">Its name.</param>
/// <param name="StoppedBecause">Why it takes no calls, and what to do; null when it takes them.</param>
/// <param name="Code">Hash of the code in force; null before the first publication.</param>
/// <param name="Waiting">Calls and queries that wait for their turn.</param>
public sealed record ModuleStatus(string Module, string? StoppedBecause, CodeHash? Code, int Waiting);
