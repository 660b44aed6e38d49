using Interstice.Host.Ownership;
using Interstice.Kernel.Events;

namespace Interstice.Host.Replay;

/// <summary>Finds the commit points, and keeps what is found of them within bounds.</summary>
public sealed partial class CommitPointCheck
{
    /// <summary>How many faults are listed at most.</summary>
    public const int FaultsMax = 1000;

    private IReadOnlyList<ulong>? _holes;
    private long _looked;
    private long _faultCount;

    private async Task CheckAllAsync()
    {
        if (_scope.OuterModules is null)
        {
            await CheckAllAsync(_store.ReadAllAsync(
                ReadDirection.Forwards,
                Position.Start,
                new EventFilter.TypePrefix([EventTypes.GroupCommitted, EventTypes.OwnershipTaken]),
                cancellationToken: _cancellationToken)).ConfigureAwait(false);
            return;
        }

        foreach (string module in _scope.OuterModules)
        {
            await CheckAllAsync(_store.ReadStreamAsync(
                StreamNames.Module(module), ReadDirection.Forwards, Revision.First, long.MaxValue, _cancellationToken)).ConfigureAwait(false);
        }
    }

    // Those of a batch are looked at before the next one is read, so that a log may hold any number of them. Void ones committed nothing.
    private async Task CheckAllAsync(IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> batches)
    {
        List<(string Module, Revision Revision)> points = [];
        Dictionary<StreamName, VoidRule> rules = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in batches.ConfigureAwait(false))
        {
            points.Clear();
            foreach (ref readonly RecordedEvent recorded in batch.Span)
            {
                if (StreamNames.ModuleOf(recorded.Stream) is not { } module) continue;
                if (!rules.TryGetValue(recorded.Stream, out VoidRule? rule)) rules[recorded.Stream] = rule = new VoidRule();
                if (IsIn(rule, recorded) && recorded.Type == EventTypes.GroupCommitted && !rule.IsVoid) points.Add((module, recorded.Revision));
            }

            foreach ((string module, Revision revision) in points)
                if (await CheckAsync(module, revision).ConfigureAwait(false)) _looked++;
        }
    }

    // What cannot be decoded is for the check of its stream to say.
    private static bool IsIn(VoidRule rule, in RecordedEvent recorded)
    {
        try
        {
            rule.Add(recorded);
            return true;
        }
        catch (EventFormatException)
        {
            return false;
        }
    }

    // What a repair left out is no fault of who wrote the log.
    private async Task AddAsync(CommitPointFault fault)
    {
        if (_scope.ListHoles is not null)
        {
            _holes ??= await _scope.ListHoles(_cancellationToken).ConfigureAwait(false);
            if (fault.MayBeLeftOut(_holes)) return;
        }

        _faultCount++;
        if (_faults.Count < FaultsMax) _faults.Add(fault);
    }
}
