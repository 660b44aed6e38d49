using Interstice.Host.Migrations;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Reexecution;

/// <content>Migrations that reducers made.</content>
internal sealed partial class ReexecutionCheck
{
    // Of a recorded migration the bytes are known: the store took them.
    private const int RoomMax = int.MaxValue / 8;

    /// <summary>Migrations by reducer that were run again.</summary>
    public long Migrations { get; private set; }

    /// <inheritdoc/>
    public void Migrated(ModuleState before, ModulePublished published, RecordedMember main)
    {
        Revision at = main.Projection.PublishedAt;
        if (_candidate is not { } candidate)
        {
            DifferentCalls++;
            Differences.Add(new(at, "migration", "the migration of the publication", EffectKind.Build, $"build {published.Code}", _refusal!));
            return;
        }

        int next = 0;
        var sandbox = new ReducerSandbox(
            candidate with { Publisher = published.Publisher },
            LimitsOf(options.Limits) with { LogLinesMax = 0 },
            RecordedBuild.Silent,
            new CallWatch(TimeProvider.System, Timeout.InfiniteTimeSpan),
            published.TimeUs,
            () => published.Effects[next++].Seed,
            RoomMax);
        var reducers = new ReexecutedReducers(sandbox, published, at);
        ModuleProjection.Rehearse(before, candidate.Schema, published, reducers);
        Migrations += published.Effects.Length;
        if (reducers.Differences.Count > 0) DifferentCalls++;
        foreach (EffectDifference difference in reducers.Differences) Differences.Add(difference);
    }
}
