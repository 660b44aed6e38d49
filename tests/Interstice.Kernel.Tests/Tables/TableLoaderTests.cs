using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using static Interstice.Kernel.Tests.Tables.TestTable;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>Goal: a table that was loaded is the table whose rows were inserted, and goes on like it. Method: random tables
/// of every type and kind of index, filled both ways, compared and then changed alike.</summary>
public sealed class TableLoaderTests
{
    [Fact]
    public void A_loaded_table_is_the_one_that_was_filled_row_by_row()
    {
        long rows = 0;
        RandomTest.Run(60, random =>
        {
            var module = new RandomModule(random);
            (var inserted, var loaded) = (new ModuleState(module.Schema), new ModuleState(module.Schema));
            foreach (TableSchema schema in module.Schema.Tables.Where(table => table.Kind != TableKind.Event))
            {
                Table table = inserted.GetTable(schema.Number);
                Fill(random, module, table, random.Next(1500));
                rows += table.Count;
                Table copy = Load(table, loaded.GetTable(schema.Number));
                Compare(copy, table);
                Change(random, module, table, copy);
                Compare(copy, table);
            }

            loaded.Hash.ShouldBe(inserted.Hash);
            loaded.VerifyUnique();
        });
        rows.ShouldBePositive();
    }

    [Fact]
    public void Trees_of_every_size_are_built_whole()
    {
        int[] sizes = [0, 1, 2, 99, 100, 101, 163, 164, 165, 166, 244, 245, 246, 20_000, 60_000];
        foreach (int size in sizes)
        {
            Table table = NewState().GetTable(People);
            var loader = new TableLoader(table);
            for (int id = 0; id < size; id++) loader.Add(Person((ulong)id * 977, $"{id * 7919 % size}@x", $"n{id % 3}"));
            loader.Complete(0);
            table.Verify();
            table.Count.ShouldBe(size);
            table.Insert(Person(ulong.MaxValue, "new@x", "new"));
            for (int id = 0; id < size; id += 3)
                table.Release(table.Delete(Person((ulong)id * 977, $"{id * 7919 % size}@x", $"n{id % 3}")));
            table.Verify();
        }
    }

    [Fact]
    public void Rows_out_of_order_or_twice_and_unique_keys_twice_and_wrong_counters_are_refused()
    {
        Refuse(People, 0, Person(2, "a", ""), Person(1, "b", ""));
        Refuse(People, 0, Person(1, "a", ""), Person(1, "b", ""));
        Refuse(People, 0, Person(1, "a", ""), Person(2, "b", ""), Person(3, "a", "")).Message.ShouldContain("index \"email\"");
        Refuse(People, 1, Person(1, "a", ""));
        Refuse(Notes, 6, Note(1, ""), Note(7, "")).Message.ShouldContain("6 does not fit the rows");
        Table notes = NewState().GetTable(Notes);
        notes.Insert(Note(1, ""));
        Should.Throw<ArgumentException>(() => new TableLoader(notes));
    }

    private static ProjectionDivergedException Refuse(int number, ulong counter, params byte[][] rows)
    {
        var loader = new TableLoader(NewState().GetTable(number));
        foreach (byte[] row in rows) loader.Add(row);
        return Should.Throw<ProjectionDivergedException>(() => loader.Complete(counter));
    }

    private static void Fill(Random random, RandomModule module, Table table, int count)
    {
        for (int i = 0; i < count; i++) TryInsert(module.NextRow(random, table.Schema.Number), table);
        byte[][] rows = [.. TestTable.Rows(table).Select(Convert.FromHexString)];
        foreach (byte[] row in rows.Where(_ => random.Next(4) == 0)) table.Release(table.Delete(row));
    }

    private static Table Load(Table from, Table to)
    {
        var loader = new TableLoader(to);
        foreach (ReadOnlySpan<byte> row in from.Scan(0, KeyRange.All, descending: false)) loader.Add(row);
        loader.Complete(from.Counter);
        return to;
    }

    private static void Change(Random random, RandomModule module, params Table[] tables)
    {
        for (int i = 0; i < 300; i++)
        {
            byte[] row = module.NextRow(random, tables[0].Schema.Number);
            bool[] done = [.. tables.Select(table => TryInsert(row, table))];
            done.Distinct().ShouldHaveSingleItem();
        }

        byte[][] rows = [.. TestTable.Rows(tables[0]).Select(Convert.FromHexString)];
        foreach (byte[] row in rows.Where(_ => random.Next(3) == 0))
            foreach (Table table in tables) table.Release(table.Delete(row));
    }

    private static bool TryInsert(byte[] row, Table table)
    {
        RowChange change;
        try
        {
            change = table.Insert(row);
        }
        catch (ProjectionDivergedException)
        {
            return false;
        }

        bool isUnique = table.DuplicateKeys == 0;
        if (isUnique) table.Release(in change);
        else table.Undo(in change);
        return isUnique;
    }

    private static void Compare(Table actual, Table expected)
    {
        actual.Verify();
        actual.Count.ShouldBe(expected.Count);
        actual.Counter.ShouldBe(expected.Counter);
        actual.Hash.ShouldBe(expected.Hash);
        actual.PayloadBytes.ShouldBe(expected.PayloadBytes);
        for (int index = 0; index <= expected.Schema.Indexes.Length; index++)
            TestTable.Rows(actual, index).ShouldBe(TestTable.Rows(expected, index));
    }
}
