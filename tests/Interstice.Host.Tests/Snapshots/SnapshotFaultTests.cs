using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests.Snapshots;

/// <summary>R2 and R6 for snapshots. Goal: whatever fails while one is taken, the next start is right, what was reported as
/// taken is there, and nothing is left over for ever. Method: fail each operation in turn, once and for good; lose power
/// with any subset of what is not durable.</summary>
public sealed class SnapshotFaultTests
{
    [Theory]
    [InlineData(FaultPlan.Device, false, false)]
    [InlineData(FaultPlan.Device, true, false)]
    [InlineData(FaultPlan.Full, true, true)]
    public async Task Whatever_operation_fails_the_next_start_is_right(int error, bool isSticky, bool isShort)
    {
        int failures = 0;
        for (int at = 1; ; at++)
        {
            await using LoggedModule module = await WithTwoSnapshotsAsync(at);
            string[] before = module.SnapshotFiles;
            module.Files.Faults = new FaultPlan(at, error, isSticky, isShort);
            bool failed = false;
            try
            {
                await module.TakeAsync(keep: 1);
            }
            catch (IOException)
            {
                failed = true;
            }

            bool reached = module.Files.Faults.Failed is not null;
            module.Files.Faults = FaultPlan.None;
            (ModuleProjection projection, ReplayResult result) = await module.StartAsync();
            projection.ShouldBeSame(await module.ReplayAsync());
            result.Refused.ShouldBeEmpty($"operation {at}");
            if (failed) module.SnapshotFiles.Intersect(before).ShouldNotBeEmpty();
            else result.From.ShouldBe(projection.Revision);
            SnapshotResult next = (await module.TakeAsync(keep: 1)).ShouldNotBeNull();
            module.SnapshotFiles.ShouldBe([next.Name.ToString()], $"operation {at}");
            if (!reached) break;
            failed.ShouldBeTrue($"operation {at}");
            failures++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"R6: {failures} points of a snapshot");
        failures.ShouldBeGreaterThan(8);
    }

    [Fact]
    public async Task A_snapshot_that_was_reported_survives_a_loss_of_power_and_the_rest_does_no_harm()
    {
        var share = new TimeShare("losses of power", 300, 10);
        int cut = 0;
        while (share.HasMore)
        {
            await using LoggedModule module = await WithTwoSnapshotsAsync(share.Random.Next());
            await module.WorkAsync(5);
            Revision reported = (await module.TakeAsync()).ShouldNotBeNull().Name.Revision;
            await module.WorkAsync(5);
            module.Files.Faults = new FaultPlan(share.Random.Next(1, 16), FaultPlan.Device, IsSticky: true, IsShort: true);
            try
            {
                reported = (await module.TakeAsync()).ShouldNotBeNull().Name.Revision;
            }
            catch (IOException)
            {
                cut++;
            }

            module.Files.Faults = FaultPlan.None;
            module.Files.LosePower(share.Random);
            (ModuleProjection projection, ReplayResult result) = await module.StartAsync();
            projection.ShouldBeSame(await module.ReplayAsync());
            (result.From < reported).ShouldBeFalse($"started from {result.From}, reported was {reported}");
            (await module.TakeAsync(keep: 1)).ShouldNotBeNull();
            module.SnapshotFiles.Except(result.Refused.Select(refusal => refusal.File)).ShouldHaveSingleItem();
            share.Add(1);
        }

        share.End($"{cut} while one was being written");
        cut.ShouldBePositive();
    }

    [Fact]
    public async Task Files_that_cannot_be_read_are_reported_and_the_log_is_enough()
    {
        await using LoggedModule module = await WithTwoSnapshotsAsync(1);
        var snapshots = new SnapshotStore(new UnreadableFiles(module.SnapshotFiles), module.Store.StoreId);
        SnapshotLoad load = await module.LoadAsync(snapshots);
        load.Used.ShouldBeNull();
        load.Refused.Select(refusal => refusal.Fault).ShouldBe([SnapshotFault.Unreadable, SnapshotFault.Unreadable]);
        load = await module.LoadAsync(new SnapshotStore(new UnreadableFiles(null), module.Store.StoreId));
        load.Refused.ShouldHaveSingleItem().Reason.ShouldBe("the directory cannot be read");
        load.Projection.Revision.ShouldBe(Revision.None);
    }

    private static async Task<LoggedModule> WithTwoSnapshotsAsync(int seed)
    {
        LoggedModule module = await LoggedModule.SmallAsync(new Random(seed));
        for (int i = 0; i < 2; i++)
        {
            await module.WorkAsync(10);
            await module.TakeAsync();
        }

        await module.WorkAsync(3);
        return module;
    }

    private sealed class UnreadableFiles(string[]? names) : ISnapshotFiles
    {
        public string Directory => "/unreadable";

        public IReadOnlyList<string> List() => names ?? throw new UnauthorizedAccessException("the directory cannot be read");

        public ISnapshotFile Open(string name) => throw new IOException($"{name} cannot be read");

        public ISnapshotFile Create(string name) => throw new NotSupportedException();

        public void Rename(string from, string to) => throw new NotSupportedException();

        public void Delete(string name) => throw new NotSupportedException();

        public void SyncDirectory() => throw new NotSupportedException();

        public IDisposable? TryLock() => throw new NotSupportedException();
    }
}
