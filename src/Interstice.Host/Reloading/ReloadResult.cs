using Interstice.Host.Commands;
using Interstice.Host.Reexecution;

namespace Interstice.Host.Reloading;

/// <summary>How a reload ended.</summary>
/// <param name="Published">The publication; null when the candidate's changed effects were not accepted, and nothing was changed.</param>
/// <param name="Canary">What the candidate did with recorded calls; null when it was run over none.</param>
public sealed record ReloadResult(PublishResult? Published, ReexecutionResult? Canary);
