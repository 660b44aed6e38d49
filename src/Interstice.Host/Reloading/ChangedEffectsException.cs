namespace Interstice.Host.Reloading;

/// <summary>A candidate does something else with the last recorded calls: it is not published. Never leaves the host.</summary>
internal sealed class ChangedEffectsException() : Exception("the candidate's effects differ from the recorded ones");
