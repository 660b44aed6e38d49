using Interstice.Host.Replay;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Modules;

/// <content>Snapshots in the background.</content>
public sealed partial class ModuleHost
{
    private SnapshotSchedule? _schedule;

    private void StartSnapshots(IEnumerable<ReplayResult> replays)
    {
        if (_snapshots is null || _options.Snapshots.EveryEvents == 0) return;
        Dictionary<string, Revision> last = replays.ToDictionary(replay => replay.Module, replay => replay.From);
        _schedule = new(_snapshots, _store, _options.Snapshots, _options.Keys, last, () => Names, _retention, _time, _logger);
    }

    private void Report(ReplayResult replay)
    {
        foreach (SnapshotRefusal refusal in replay.Refused) LogRefused(refusal, replay.Module, "replay");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation} of {Module}: {Refusal}")]
    private partial void LogRefused(SnapshotRefusal refusal, string module, string operation);
}
