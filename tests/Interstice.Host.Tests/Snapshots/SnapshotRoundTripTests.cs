using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Snapshots;

/// <summary>Goal: starting from a snapshot and the events after it gives what a replay of all events gives, in everything
/// that a projection knows. Method: random streams, snapshots at random revisions, comparison with a replay from position
/// zero.</summary>
public sealed class SnapshotRoundTripTests
{
    [Fact]
    public async Task Snapshot_and_tail_give_what_a_replay_of_everything_gives()
    {
        var share = new TimeShare("streams", 40, 10);
        while (share.HasMore)
        {
            await using LoggedModule module = await LoggedModule.OfRandomShapeAsync(share.Random);
            for (int round = 0; round < 3; round++)
            {
                await module.WorkAsync(share.Random.Next(60));
                SnapshotResult taken = (await module.TakeAsync()).ShouldNotBeNull();
                SnapshotLoad load = await module.LoadAsync();
                load.Used.ShouldBe(taken.Name);
                load.Projection.ShouldBeSame(await module.ReplayAsync(taken.Name.Revision));
                await module.WorkAsync(share.Random.Next(60));
                (ModuleProjection projection, ReplayResult result) = await module.StartAsync();
                result.From.ShouldBe(taken.Name.Revision);
                result.Events.ShouldBe(projection.Revision.Value - taken.Name.Revision.Value);
                result.Refused.ShouldBeEmpty();
                projection.ShouldBeSame(await module.ReplayAsync());
                projection.StateHash.ShouldBe(module.Model.Hash);
            }

            share.Add(1);
        }

        share.End("three snapshots each");
    }

    [Fact]
    public async Task Rows_and_keys_of_every_type_survive()
    {
        var share = new TimeShare("streams", 10, 10);
        while (share.HasMore)
        {
            await using LoggedModule module = await LoggedModule.OfEveryTypeAsync(share.Random);
            await module.WorkAsync(120);
            (await module.TakeAsync()).ShouldNotBeNull().Rows.ShouldBe(module.Model.Tables.ToArray().Sum(table => table.Count));
            (await module.LoadAsync()).Projection.ShouldBeSame(await module.ReplayAsync());
            share.Add(1);
        }

        share.End("a column and a key of every type");
    }

    [Fact]
    public async Task The_same_state_gives_the_same_bytes_whether_it_was_replayed_or_loaded()
    {
        await using LoggedModule module = await LoggedModule.OfRandomShapeAsync(new Random(7));
        await module.WorkAsync(50);
        await module.TakeAsync();
        await module.WorkAsync(50);
        SnapshotResult second = (await module.TakeAsync()).ShouldNotBeNull();
        second.Base.ShouldNotBe(Revision.None);
        byte[] fromSnapshot = module.Files.Read(second.Name.ToString());
        foreach (string file in module.SnapshotFiles) module.Files.Delete(file);
        SnapshotResult again = (await module.TakeAsync()).ShouldNotBeNull();
        again.Base.ShouldBe(Revision.None);
        module.Files.Read(again.Name.ToString()).ShouldBe(fromSnapshot);
    }

    [Fact]
    public async Task A_start_at_an_earlier_revision_passes_newer_snapshots_over()
    {
        await using LoggedModule module = await LoggedModule.OfRandomShapeAsync(new Random(3));
        await module.WorkAsync(20);
        SnapshotResult first = (await module.TakeAsync()).ShouldNotBeNull();
        await module.WorkAsync(20);
        SnapshotResult second = (await module.TakeAsync()).ShouldNotBeNull();
        Revision[] wanted = [Revision.First, first.Name.Revision + -1, first.Name.Revision, first.Name.Revision.Next, second.Name.Revision];
        Revision[] bases = [Revision.None, Revision.None, first.Name.Revision, first.Name.Revision, second.Name.Revision];
        for (int i = 0; i < wanted.Length; i++)
        {
            (ModuleProjection projection, ReplayResult result) = await module.StartAsync(wanted[i]);
            result.From.ShouldBe(bases[i]);
            projection.ShouldBeSame(await module.ReplayAsync(wanted[i]));
        }
    }
}
