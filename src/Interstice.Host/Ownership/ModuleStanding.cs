using Interstice.Kernel.Events;

namespace Interstice.Host.Ownership;

/// <summary>How a host stands to a module, for health reports.</summary>
/// <param name="Module">Name of the module.</param>
/// <param name="Role">What the host is to it.</param>
/// <param name="Reason">Why it is not the owner; null for the owner.</param>
/// <param name="Since">When the role began.</param>
/// <param name="FailedAttempts">While resolving or following: attempts in a row that the store did not answer; else 0.</param>
/// <param name="Owner">While following: who owns the module; null when that is not known.</param>
public sealed record ModuleStanding(
    string Module, ModuleRole Role, string? Reason, DateTimeOffset Since, int FailedAttempts, ModuleOwner? Owner = null);
