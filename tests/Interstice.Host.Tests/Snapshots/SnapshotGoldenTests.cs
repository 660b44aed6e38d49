using Interstice.Cli.Stores;
using Interstice.Host.Idempotency;
using Interstice.Host.Projections;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests.Snapshots;

/// <summary>Every version of the format ever written can be read, and the newest is still written the same way.
/// INTERSTICE_WRITE_GOLDEN=1 writes the file of a new version into the output folder.</summary>
public sealed class SnapshotGoldenTests
{
    private const string File = "notes-00000000000000000007.snapshot";

    private static readonly SnapshotName Name = new("notes", new Revision(7));

    [Fact]
    public void Version_2_is_written_as_it_always_was()
    {
        byte[] written = Write();
        if (Environment.GetEnvironmentVariable("INTERSTICE_WRITE_GOLDEN") == "1") System.IO.File.WriteAllBytes(Golden(2), written);
        written.ShouldBe(System.IO.File.ReadAllBytes(Golden(2)));
    }

    [Fact]
    public void Version_3_is_written_as_it_always_was_where_there_are_keys()
    {
        byte[] written = Write(Keys());
        if (Environment.GetEnvironmentVariable("INTERSTICE_WRITE_GOLDEN") == "1") System.IO.File.WriteAllBytes(Golden(3), written);
        written.ShouldBe(System.IO.File.ReadAllBytes(Golden(3)));
    }

    [Fact]
    public void Version_3_is_read_with_its_keys()
    {
        var files = new MemoryFiles();
        files.Replace(File, System.IO.File.ReadAllBytes(Golden(3)));
        using SnapshotReader reader = new SnapshotStore(new SnapshotDirectory(files), Guid.Empty).Open(Name);
        ModuleProjection projection = ModuleProjection.Restore(reader, threads: 1);
        KnownCalls expected = Keys();
        projection.Keys.Count.ShouldBe(2);
        projection.Keys.TryFind(1, 0, out KnownCall first).ShouldBeTrue();
        (first with { Result = null }).ShouldBe(new KnownCall(10, 1_000, new Revision(3), 2, 77, null));
        first.Result.ShouldBe([1, 2, 3]);
        projection.Keys.All().Select(pair => pair.Key).ShouldBe(expected.All().Select(pair => pair.Key));
    }

    // Version 1 has no value of the hash chain, without which nothing can be appended; the log gives it.
    [Fact]
    public void Version_1_is_refused_with_what_happens_then()
    {
        var files = new MemoryFiles();
        files.Replace(File, System.IO.File.ReadAllBytes(Golden(1)));
        var refused = Should.Throw<SnapshotException>(() => new SnapshotStore(new SnapshotDirectory(files), Guid.Empty).Open(Name));
        refused.Fault.ShouldBe(SnapshotFault.UnknownFormat);
        refused.Message.ShouldContain("version 1");
        refused.Message.ShouldContain("replays from position zero");
    }

    [Fact]
    public void Version_2_is_read()
    {
        var files = new MemoryFiles();
        files.Replace(File, System.IO.File.ReadAllBytes(Golden(2)));
        using SnapshotReader reader = new SnapshotStore(new SnapshotDirectory(files), Guid.Empty).Open(Name);
        SnapshotHeader header = reader.Header;
        header.StoreId.ShouldBe(new Guid("00112233-4455-6677-8899-aabbccddeeff"));
        header.Name.ToString().ShouldBe(File);
        header.Position.ShouldBe(new Position(900, 800));
        header.EventId.ShouldBe(new Guid("0f0e0d0c-0b0a-0908-0706-050403020100"));
        header.TransactionAt.ShouldBe(new Revision(6));
        header.PublishedAt.ShouldBe(new Revision(2));
        header.Published.Version.ShouldBe(3);
        ModuleProjection projection = ModuleProjection.Restore(reader, threads: 1);
        projection.Epoch.ShouldBe(4ul);
        projection.TransactionCount.ShouldBe(5);
        projection.RecordedHash.ShouldBe(projection.StateHash.Value);
        projection.IsChained.ShouldBeTrue();
        projection.Chain.ShouldBe(ChainValue.Start(StreamNames.Module("notes")));
        Table table = projection.State!.GetTable(0);
        (table.Count, table.Counter).ShouldBe((2, 9ul));
        table.TryGet(0, [0, 0, 0, 2], out ReadOnlySpan<byte> row).ShouldBeTrue();
        row.ToArray().ShouldBe(Row(2, 20));
    }

    private static string Golden(int version) => Path.Combine(AppContext.BaseDirectory, "Golden", $"snapshot-v{version}.bin");

    private static KnownCalls Keys()
    {
        var keys = new KnownCalls(KeyRetention.Default);
        keys.AddDurable(1, new(10, 1_000, new Revision(3), 2, 77, [1, 2, 3]));
        keys.AddDurable(UInt128.MaxValue, new(20, 2_000, new Revision(6), 0, 5, null));
        return keys;
    }

    private static byte[] Write(KnownCalls? keys = null)
    {
        ModuleSchema schema = ModuleSchema.Parse("""
            {"module":{"name":"notes","version":"1.0.0","abi":1}}
            {"table":{"name":"notes","columns":[{"name":"id","type":"u32","primaryKey":true,"autoInc":true},{"name":"n","type":"u16"}]}}
            {"table":{"name":"empty","columns":[{"name":"id","type":"u8","primaryKey":true}]}}
            """u8);
        var state = new ModuleState(schema);
        Table table = state.GetTable(0);
        table.Insert(Row(2, 20));
        table.Insert(Row(9, 90));
        table.Delete(Row(9, 90));
        table.Insert(Row(1, 10));
        var files = new MemoryFiles();
        using (ISnapshotFile file = new SnapshotDirectory(files).Create(File))
            SnapshotWriter.Write(file, Describe(schema, state), state.Tables.ToArray(), keys, CancellationToken.None);
        return files.Read(File);
    }

    private static SnapshotHeader Describe(ModuleSchema schema, ModuleState state) => new()
    {
        StoreId = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        Module = "notes",
        Revision = new Revision(7),
        Position = new Position(900, 800),
        EventId = new Guid("0f0e0d0c-0b0a-0908-0706-050403020100"),
        TransactionAt = new Revision(6),
        TransactionCount = 5,
        Epoch = 4,
        StateHash = state.Hash,
        RecordedHash = state.Hash.Value,
        IsChained = true,
        Chain = ChainValue.Start(StreamNames.Module("notes")),
        PublishedAt = new Revision(2),
        Published = new ModulePublished
        {
            Version = 3,
            Abi = 1,
            Code = CodeHash.Of([1, 2, 3]),
            CodeBytes = 3,
            ChunkCount = 1,
            FuelSchedule = 1,
            Schema = schema.ToBytes(),
            TimeUs = 1_767_323_045_000_000,
            Publisher = Identity.Of("tests", "publisher"),
        },
        TableCount = 2,
    };

    private static byte[] Row(byte id, byte n) => [id, 0, 0, 0, n, 0];
}
