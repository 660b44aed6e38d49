using Interstice.Cli.Stores;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests.Snapshots;

/// <summary>Goal: a snapshot that is not exactly what the log says is not used, said to be wrong, and costs nothing but time.
/// Method: every bit, every length, and every way in which a file can stand in the wrong place.</summary>
public sealed class SnapshotRefusalTests
{
    [Fact]
    public async Task Every_flipped_bit_is_found()
    {
        await using LoggedModule module = await SmallAsync();
        string file = module.SnapshotFiles[^1];
        byte[] whole = module.Files.Read(file);
        whole.Length.ShouldBeLessThan(4096);
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            SnapshotFault fault = await RefuseAsync(module, file, flipped);
            fault.ShouldBe(bit < 64 ? SnapshotFault.UnknownFormat : SnapshotFault.Damaged, $"bit {bit}");
        }
    }

    [Fact]
    public async Task Every_cut_and_every_byte_too_many_is_found()
    {
        await using LoggedModule module = await SmallAsync();
        string file = module.SnapshotFiles[^1];
        byte[] whole = module.Files.Read(file);
        for (int length = 0; length < whole.Length; length++)
            (await RefuseAsync(module, file, whole[..length])).ShouldBe(SnapshotFault.Damaged, $"{length} bytes");
        (await RefuseAsync(module, file, [.. whole, 0])).ShouldBe(SnapshotFault.Damaged);
        (await RefuseAsync(module, file, [.. whole, .. whole])).ShouldBe(SnapshotFault.Damaged);
        for (int start = 0; start < whole.Length; start += 16)
        {
            byte[] zeroed = [.. whole];
            zeroed.AsSpan(start, Math.Min(16, whole.Length - start)).Clear();
            if (!zeroed.AsSpan().SequenceEqual(whole)) await RefuseAsync(module, file, zeroed);
        }
    }

    [Fact]
    public async Task Of_two_snapshots_the_older_one_is_used_when_the_newer_is_damaged()
    {
        await using LoggedModule module = await SmallAsync();
        (string older, string newer) = (module.SnapshotFiles[0], module.SnapshotFiles[1]);
        byte[] damaged = module.Files.Read(newer);
        damaged[^1] ^= 1;
        module.Files.Replace(newer, damaged);
        (ModuleProjection projection, ReplayResult result) = await module.StartAsync();
        result.From.ToString().ShouldBe(long.Parse(older[6..26], System.Globalization.CultureInfo.InvariantCulture).ToString(
            System.Globalization.CultureInfo.InvariantCulture));
        SnapshotRefusal refusal = result.Refused.ShouldHaveSingleItem();
        refusal.File.ShouldBe(newer);
        refusal.ToString().ShouldBe(
            $"snapshot {newer} is not used: a checksum is wrong (at byte {damaged.Length - 37}); remove it when you have looked into it");
        projection.ShouldBeSame(await module.ReplayAsync());
        (await module.TakeAsync()).ShouldNotBeNull().Refused.ShouldHaveSingleItem().File.ShouldBe(newer);
        (await module.StartAsync()).Result.Refused.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_version_from_the_future_is_told_from_damage()
    {
        await using LoggedModule module = await SmallAsync();
        string file = module.SnapshotFiles[^1];
        byte[] next = module.Files.Read(file);
        next[8] = 4;
        BitConverter.TryWriteBytes(next.AsSpan(16), (ulong)Xxh3.Hash128(next.AsSpan(0, 16), 0));
        module.Files.Replace(file, next);
        SnapshotRefusal refusal = (await module.LoadAsync()).Refused.ShouldHaveSingleItem();
        refusal.Fault.ShouldBe(SnapshotFault.UnknownFormat);
        refusal.Reason.ShouldBe("it has format version 4; this program reads 2 and 3");
    }

    [Fact]
    public async Task A_snapshot_under_another_name_is_not_used()
    {
        await using LoggedModule module = await SmallAsync();
        byte[] whole = module.Files.Read(module.SnapshotFiles[^1]);
        Revision last = (await module.ReplayAsync()).Revision + -1;
        foreach (string file in module.SnapshotFiles) module.Files.Delete(file);
        module.Files.Replace(new SnapshotName(LoggedModule.Name, last).ToString(), whole);
        module.Files.Replace("notes.txt", whole);
        module.Files.Replace("model-1.snapshot", whole);
        module.Files.Replace(new SnapshotName("other", last).ToString(), whole);
        SnapshotLoad load = await module.LoadAsync();
        load.Used.ShouldBeNull();
        load.Refused.ShouldHaveSingleItem().Fault.ShouldBe(SnapshotFault.Renamed);
    }

    [Fact]
    public async Task A_snapshot_of_another_store_is_not_used()
    {
        await using LoggedModule module = await SmallAsync();
        await using LoggedModule other = await SmallAsync();
        other.Files.Replace(module.SnapshotFiles[^1], module.Files.Read(module.SnapshotFiles[^1]));
        SnapshotLoad load = await other.LoadAsync();
        load.Refused.ShouldHaveSingleItem().Fault.ShouldBe(SnapshotFault.OtherStore);
        load.Used.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_snapshot_is_not_used_when_the_log_was_cut_and_went_on_otherwise()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(5));
        await module.WorkAsync(10);
        Revision common = (await module.TakeAsync()).ShouldNotBeNull().Name.Revision;
        MemoryFiles earlier = module.Log.Copy();
        await module.WorkAsync(5);
        Revision lost = (await module.TakeAsync()).ShouldNotBeNull().Name.Revision;
        await using LoggedModule restored = await LoggedModule.SmallAsync(new Random(6), earlier);
        foreach (string file in module.SnapshotFiles) restored.Files.Replace(file, module.Files.Read(file));
        await ExpectAsync();
        while ((await restored.ReplayAsync()).Revision <= lost) await restored.PublishAsync();
        await ExpectAsync();

        async Task ExpectAsync()
        {
            (ModuleProjection projection, ReplayResult result) = await restored.StartAsync();
            result.From.ShouldBe(common);
            SnapshotRefusal refusal = result.Refused.ShouldHaveSingleItem();
            refusal.Fault.ShouldBe(SnapshotFault.NotInLog);
            refusal.File.ShouldBe(new SnapshotName(LoggedModule.Name, lost).ToString());
            projection.ShouldBeSame(await restored.ReplayAsync());
        }
    }

    [Fact]
    public async Task Contents_that_check_but_are_not_what_the_log_recorded_are_not_used()
    {
        await using LoggedModule module = await SmallAsync();
        ModuleProjection projection = await module.ReplayAsync();
        SnapshotHeader header = Describe(module);
        (SnapshotHeader Forged, SnapshotFault Fault)[] forgeries =
        [
            (header with { StateHash = default }, SnapshotFault.State),
            (header with { StateHash = default, RecordedHash = default(UInt128) }, SnapshotFault.NotInLog),
            (header with { StateHash = default, RecordedHash = null }, SnapshotFault.NotInLog),
            (header with { EventId = Guid.NewGuid() }, SnapshotFault.NotInLog),
            (header with { Position = Position.Start }, SnapshotFault.NotInLog),
            (header with { TransactionAt = Revision.First }, SnapshotFault.NotInLog),
            (header with { TransactionAt = header.Revision.Next }, SnapshotFault.NotInLog),
            (header with { PublishedAt = Revision.None }, SnapshotFault.NotInLog),
            (header with { Published = header.Published with { Version = 99 } }, SnapshotFault.NotInLog),
            (header with { Chain = default }, SnapshotFault.NotInLog),
            (header with { IsChained = false }, SnapshotFault.NotInLog),
            (header with { TableCount = 2 }, SnapshotFault.Damaged),
        ];
        foreach ((SnapshotHeader forged, SnapshotFault fault) in forgeries)
        {
            string file = header.Name.ToString();
            module.Files.Delete(file);
            using (ISnapshotFile created = new SnapshotDirectory(module.Files).Create(file))
                SnapshotWriter.Write(created, forged, projection.SnapshotTables(), null, CancellationToken.None);
            (await module.LoadAsync()).Refused.ShouldHaveSingleItem().Fault.ShouldBe(fault, forged.ToString());
        }
    }

    private static SnapshotHeader Describe(LoggedModule module)
    {
        using SnapshotReader reader = module.Snapshots.Open(module.Snapshots.List(LoggedModule.Name)[0]);
        return reader.Header;
    }

    private static async Task<LoggedModule> SmallAsync()
    {
        LoggedModule module = await LoggedModule.SmallAsync(new Random(1));
        for (int i = 0; i < 2; i++)
        {
            await module.WorkAsync(8);
            await module.TransactAsync();
            await module.TakeAsync();
        }

        return module;
    }

    private static async Task<SnapshotFault> RefuseAsync(LoggedModule module, string file, byte[] content)
    {
        module.Files.Replace(file, content);
        SnapshotLoad load = await module.LoadAsync();
        load.Used.ToString().ShouldNotBe(file);
        SnapshotRefusal refusal = load.Refused.ShouldHaveSingleItem();
        refusal.File.ShouldBe(file);
        return refusal.Fault;
    }
}
