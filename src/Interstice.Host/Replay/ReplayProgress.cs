using Interstice.Kernel.Events;

namespace Interstice.Host.Replay;

/// <summary>How far a replay is.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">Last revision applied.</param>
/// <param name="Last">Last revision of the stream when the replay began.</param>
public readonly record struct ReplayProgress(string Module, Revision Revision, Revision Last);
