using System.Text;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Projections;

public sealed class PublicationHistoryTests
{
    private const string Notes = """{"table":{"name":"notes","columns":[{"name":"id","type":"u8","primaryKey":true}]}}""";

    [Fact]
    public void Publications_are_replayed_in_their_order_at_their_revisions()
    {
        var projection = new ModuleProjection("notes");
        for (int version = 1; version <= 3; version++) projection.Replay(Publication(version, Notes));
        projection.Published!.Version.ShouldBe(3);
        projection.PublishedAt.ShouldBe(new Revision(2));
        projection.PublishedAt.ShouldBe(projection.Revision);
    }

    [Theory]
    [InlineData(1, Notes, "publication 2", "publication 1")]
    [InlineData(3, Notes, "publication 2", "publication 3")]
    [InlineData(
        2, "", "tables that follow from those of the publication before",
        "table \"notes\" is gone; declare a migration with dropTable, or renameTable if it has another name now")]
    [InlineData(
        2,
        """{"table":{"name":"notes","columns":[{"name":"id","type":"u16","primaryKey":true}]}}""",
        "tables that follow from those of the publication before",
        "table \"notes\" has column \"id\" as u16, which was u8: every value fits")]
    public void A_publication_that_cannot_follow_stops_the_replay(int version, string tables, string expected, string found)
    {
        var projection = new ModuleProjection("notes");
        projection.Replay(Publication(1, Notes));
        RecordedEvent next = Publication(version, tables) with { Revision = new Revision(1) };
        ReplayException fault = Should.Throw<ReplayException>(() => projection.Replay(next));
        (fault.Kind, fault.Revision, fault.Expected, fault.Found)
            .ShouldBe((ReplayErrorKind.Publication, new Revision(1), expected, found));
        projection.Published!.Version.ShouldBe(1);
    }

    private static RecordedEvent Publication(int version, string tables) => new(
        Guid.NewGuid(),
        StreamNames.Module("notes"),
        new Revision(version - 1),
        new Position((ulong)version, (ulong)version),
        0,
        EventTypes.ModulePublished,
        IsJson: false,
        new ModulePublished
        {
            Version = version,
            Abi = 1,
            Code = CodeHash.Of([(byte)version]),
            CodeBytes = 1,
            ChunkCount = 1,
            FuelSchedule = 1,
            Schema = Encoding.UTF8.GetBytes("""{"module":{"name":"notes","version":"1.0.0","abi":1}}""" + "\n" + tables),
            TimeUs = 0,
            Publisher = Identity.Of("tests", "publisher"),
        }.ToBytes(),
        default);
}
