using Interstice.Host.Replay;
using Microsoft.Extensions.Logging;

namespace Interstice.Server.Hosting;

/// <summary>Logs how far a replay is, every few seconds.</summary>
/// <param name="state">Is told every time.</param>
/// <param name="time">Measures the seconds.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ReplayLog(HostState state, TimeProvider time, ILogger logger) : IProgress<ReplayProgress>
{
    /// <summary>What log lines call it.</summary>
    public const string Operation = "replay";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private long _logged = time.GetTimestamp();

    /// <inheritdoc/>
    public void Report(ReplayProgress value)
    {
        state.Report(value);
        if (time.GetElapsedTime(_logged) < Interval) return;
        _logged = time.GetTimestamp();
        LogProgress(value.Module, value.Revision.Value + 1, value.Last.Value + 1, Operation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation} of {Module}: {Done} of {Total} events")]
    private partial void LogProgress(string module, long done, long total, string operation);
}
