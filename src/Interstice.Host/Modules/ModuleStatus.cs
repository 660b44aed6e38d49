using Interstice.Host.Ownership;
using Interstice.Kernel.Events;

namespace Interstice.Host.Modules;

/// <summary>What a module of a running host does now.</summary>
/// <param name="Module">Its name.</param>
/// <param name="StoppedBecause">Why it can do nothing of what its role promises, and what to do; null when it can.</param>
/// <param name="Code">Hash of the code in force; null before the first publication.</param>
/// <param name="Waiting">Calls and queries that wait for their turn.</param>
/// <param name="Role">What the host is to it.</param>
/// <param name="Owner">While following: who owns it; null when that is not known.</param>
public sealed record ModuleStatus(
    string Module, string? StoppedBecause, CodeHash? Code, int Waiting, ModuleRole Role, ModuleOwner? Owner);
