using Interstice.Host.Following;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.Host.Tests.Ownership;

/// <summary>Goal: a group looks after its modules as long as the host lives, and takes no more memory for it with time.</summary>
public sealed class ExecutionGroupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // A watch looks at each heartbeat. What a look makes anew hangs on to the role until that changes.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_look_at_roles_that_do_not_change_makes_nothing_new(int count)
    {
        JournalOptions options = new() { Directory = "/memory", SegmentBytes = 8 << 20 };
        await using JournalStore store = await JournalStore.OpenAsync(options, null, new MemoryFiles(), Cancel);
        using var watchdog = new CallWatchdog(TimeProvider.System, Timeout.InfiniteTimeSpan);
        LoopIdentity identity = new(
            Guid.NewGuid(), "none", 1, new ModuleLimits(), watchdog, () => 1, _ => throw new InvalidOperationException("nothing runs"));
        ModuleLoop[] loops = [.. Enumerable.Range(0, count).Select(i => new ModuleLoop(
            new ModuleProjection($"m{i}"), store, new LoopOptions(), identity, NoBuildAsync, TimeProvider.System, NullLogger.Instance, follows: true))];
        foreach (ModuleLoop loop in loops) loop.Start();
        var group = new ExecutionGroup(loops);

        Task change = group.RoleChange;
        group.RoleChange.ShouldBeSameAs(change);
        change.IsCompleted.ShouldBeFalse();

        await loops[^1].OnLoopAsync(() => loops[^1].TakeOver("a test", 0));
        await change.WaitAsync(Cancel);
        group.RoleChange.ShouldNotBeSameAs(change);
        group.RoleChange.IsCompleted.ShouldBeFalse("what is over is not told again");
        group.Role.ShouldBe(ModuleRole.Resolving);

        // One that was told that the store does not answer does not wait for it when it ends.
        await loops[^1].OnLoopAsync(() => loops[^1].ReportFailedAttempt("a test"));
        foreach (ModuleLoop loop in loops) await loop.DisposeAsync();
    }

    private static Task<BuildSearch> NoBuildAsync(ModulePublished published, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("nothing is published");
}
