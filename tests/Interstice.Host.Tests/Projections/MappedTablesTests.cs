using System.Buffers.Binary;
using System.Text;
using Interstice.Host.Projections;
using Interstice.Host.Tests.Migrations;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.TestKit;

namespace Interstice.Host.Tests.Projections;

/// <summary>Goal: what is recorded by one primary key is said by another as a module with that key would have recorded it.</summary>
public sealed class MappedTablesTests
{
    private const string Columns = """{"name":"id","type":"u32"},{"name":"n","type":"u32"}""";

    private static readonly ModuleSchema ById = Declare("1.0.0", "id");

    private static readonly ModuleSchema ByNumber = Declare("2.0.0", "n");

    [Fact]
    public void An_update_that_moves_a_row_to_another_key_deletes_it_and_inserts_it_there()
    {
        MappedTables mapped = Map();
        mapped.Apply(mapped.Map([Inserted(1, 10), Inserted(2, 20)]));
        RecordedEvent[] moved = mapped.Map([Updated(1, 10, 30)]);
        moved.Select(recorded => recorded.Type).ShouldBe([EventTypes.RowDeleted, EventTypes.RowInserted]);
        mapped.Apply(moved);
        RowsModule.Rows(mapped.State, "t").ShouldBe(["""{"id":2,"n":20}""", """{"id":1,"n":30}"""]);
    }

    [Fact]
    public void Rows_that_swap_their_keys_are_one_update_of_each_key()
    {
        MappedTables mapped = Map();
        mapped.Apply(mapped.Map([Inserted(1, 10), Inserted(2, 20), Inserted(3, 30)]));
        RecordedEvent[] swapped = mapped.Map([Updated(1, 10, 20), Updated(2, 20, 10), Deleted(3, 30), Inserted(4, 30)]);
        swapped.Select(recorded => recorded.Type).ShouldAllBe(type => type == EventTypes.RowUpdated);
        swapped.Length.ShouldBe(3);
        mapped.Apply(swapped);
        RowsModule.Rows(mapped.State, "t").ShouldBe(["""{"id":2,"n":10}""", """{"id":1,"n":20}""", """{"id":4,"n":30}"""]);
    }

    [Fact]
    public void Rows_that_come_to_the_key_of_one_that_stays_have_no_place()
    {
        MappedTables mapped = Map();
        mapped.Apply(mapped.Map([Inserted(1, 10), Inserted(2, 20)]));
        Should.Throw<ProjectionDivergedException>(() => mapped.Apply(mapped.Map([Updated(1, 10, 20)])));
        MappedTables other = Map();
        Should.Throw<ProjectionDivergedException>(() => other.Apply(other.Map([Inserted(1, 10), Inserted(2, 10)])));
    }

    // Method: random transactions over rows of which no two have one number at the end of a transaction; the model is a dictionary.
    [Fact]
    public void Rows_by_the_other_key_are_those_that_are_there_after_every_transaction()
    {
        var share = new TimeShare("transactions", 300, 5);
        MappedTables mapped = Map();
        SortedDictionary<uint, uint> numbers = [];
        while (share.HasMore)
        {
            SortedDictionary<uint, uint> next = Change(share.Random, numbers);
            RecordedEvent[] events = [.. numbers.Keys.Union(next.Keys).SelectMany(id => Between(id, numbers, next))];
            share.Random.Shuffle(events);
            mapped.Apply(mapped.Map(events));
            numbers = next;
            RowsModule.Rows(mapped.State, "t").ShouldBe(
                numbers.OrderBy(row => row.Value).Select(row => $$"""{"id":{{row.Key}},"n":{{row.Value}}}"""));
            share.Add(1);
        }

        share.End("rows of up to eight keys that change places");
    }

    private static SortedDictionary<uint, uint> Change(Random random, SortedDictionary<uint, uint> numbers)
    {
        const uint keys = 8;
        uint[] free = [.. Enumerable.Range(0, (int)keys).Select(number => (uint)number)];
        random.Shuffle(free);
        SortedDictionary<uint, uint> next = [];
        foreach ((uint id, uint number) in numbers)
            if (random.Next(3) == 0) next.Add(id, number);
        Queue<uint> left = new(free.Except(next.Values));
        for (uint id = 0; id < keys; id++)
            if (!next.ContainsKey(id) && random.Next(3) > 0) next.Add(id, left.Dequeue());
        return next;
    }

    private static IEnumerable<RecordedEvent> Between(uint id, SortedDictionary<uint, uint> before, SortedDictionary<uint, uint> after)
    {
        (bool was, bool stays) = (before.TryGetValue(id, out uint old), after.TryGetValue(id, out uint now));
        if (was && stays && old != now) yield return Updated(id, old, now);
        else if (was && !stays) yield return Deleted(id, old);
        else if (!was && stays) yield return Inserted(id, now);
    }

    private static ModuleSchema Declare(string version, string key) => ModuleSchema.Parse(Encoding.UTF8.GetBytes(
        $$$"""
        {"module":{"name":"test","version":"{{{version}}}","abi":1}}
        {"table":{"name":"t","primaryKey":["{{{key}}}"],"columns":[{{{Columns}}}]}}
        """));

    private static MappedTables Map() => new(StateMigration.Map(new ModuleState(ById), ByNumber, [new MigrationStep.ChangeKey("t")]));

    private static RecordedEvent Inserted(uint id, uint n) => Of(EventTypes.RowInserted, writer => RowEvent.Write(writer, "t"u8, Row(id, n)));

    private static RecordedEvent Deleted(uint id, uint n) => Of(EventTypes.RowDeleted, writer => RowEvent.Write(writer, "t"u8, Row(id, n)));

    private static RecordedEvent Updated(uint id, uint from, uint to) =>
        Of(EventTypes.RowUpdated, writer => RowEvent.WriteUpdate(writer, "t"u8, Row(id, from), Row(id, to)));

    private static RecordedEvent Of(string type, Action<PayloadWriter> write)
    {
        using var writer = new PayloadWriter();
        write(writer);
        return new(default, StreamNames.Module("test"), Revision.First, default, 0, type, IsJson: false, writer.Written.ToArray(), default);
    }

    private static byte[] Row(uint id, uint n)
    {
        byte[] row = new byte[2 * sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(row, id);
        BinaryPrimitives.WriteUInt32LittleEndian(row.AsSpan(sizeof(uint)), n);
        return row;
    }
}
