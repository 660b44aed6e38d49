using Interstice.Cli.Output;
using Interstice.Host.Replay;

namespace Interstice.Cli.Hosting;

/// <summary>Shows how far a replay is.</summary>
/// <param name="line">Where it is shown.</param>
internal sealed class ReplayDisplay(ProgressLine line) : IProgress<ReplayProgress>
{
    /// <inheritdoc/>
    public void Report(ReplayProgress value) => line.Report(value.Revision.Value + 1, value.Last.Value + 1, "events");
}
