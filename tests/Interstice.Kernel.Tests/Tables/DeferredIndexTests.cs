using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using static Interstice.Kernel.Tests.Tables.TestTable;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>Goal: indexes that are built at the end are those that were kept up all along. Method: random tables of every type
/// and kind of index, changed alike with and without putting indexes off, undone changes among them, then compared
/// index by index and changed on.</summary>
public sealed class DeferredIndexTests
{
    private int _updates;

    [Fact]
    public void Indexes_that_were_put_off_are_those_that_were_kept_up()
    {
        long rows = 0;
        RandomTest.Run(60, random =>
        {
            var module = new RandomModule(random);
            (var kept, var deferred) = (new ModuleState(module.Schema), new ModuleState(module.Schema));
            deferred.DeferIndexes();
            foreach (TableSchema schema in module.Schema.Tables.Where(table => table.Kind != TableKind.Event))
                Change(random, module, random.Next(900), kept.GetTable(schema.Number), deferred.GetTable(schema.Number));
            deferred.BuildIndexes();
            foreach (TableSchema schema in module.Schema.Tables.Where(table => table.Kind != TableKind.Event))
            {
                Table[] tables = [kept.GetTable(schema.Number), deferred.GetTable(schema.Number)];
                rows += tables[0].Count;
                Compare(tables);
                Change(random, module, 200, tables);
                Compare(tables);
            }

            deferred.Hash.ShouldBe(kept.Hash);
            deferred.VerifyUnique();
        });
        rows.ShouldBePositive();
        _updates.ShouldBePositive();
    }

    [Fact]
    public void An_index_that_is_put_off_cannot_be_read_and_a_unique_one_can()
    {
        Table people = NewState().GetTable(People);
        people.DeferIndexes();
        people.Insert(Person(1, "a@x", "ann"));
        IndexSchema plain = people.Schema.Indexes.First(index => !index.IsUnique);
        IndexSchema unique = people.Schema.Indexes.First(index => index.IsUnique);
        Should.Throw<InvalidOperationException>(() => people.Scan(plain.Number, KeyRange.All, descending: false))
            .Message.ShouldContain($"\"{plain.Name}\"");
        RowScan scan = people.Scan(unique.Number, KeyRange.All, descending: false);
        scan.MoveNext().ShouldBeTrue();
        people.BuildIndexes();
        scan = people.Scan(plain.Number, KeyRange.All, descending: false);
        scan.MoveNext().ShouldBeTrue();
        Should.Throw<InvalidOperationException>(people.DeferIndexes).Message.ShouldContain("not empty");
    }

    private void Change(Random random, RandomModule module, int times, params Table[] tables)
    {
        for (int i = 0; i < times; i++)
        {
            byte[] row = module.NextRow(random, tables[0].Schema.Number);
            byte[]? old = tables[0].Count > 0 && random.Next(2) == 0 ? Find(tables[0], row, random) : null;
            bool undoes = random.Next(8) == 0;
            int kind = random.Next(3);
            foreach (Table table in tables)
                if (Change(table, kind, old, row, undoes) == RowChangeKind.Update) _updates++;
        }
    }

    // A row with the primary key of the new one, so that it can be updated, or any.
    private static byte[] Find(Table table, byte[] row, Random random)
    {
        byte[][] rows = [.. TestTable.Rows(table).Select(Convert.FromHexString)];
        var model = new ModelTable(table.Schema);
        return rows.FirstOrDefault(other => model.KeyOf(other) == model.KeyOf(row)) ?? rows[random.Next(rows.Length)];
    }

    private static RowChangeKind? Change(Table table, int kind, byte[]? old, byte[] row, bool undoes)
    {
        var model = new ModelTable(table.Schema);
        RowChange change;
        try
        {
            change = old is null ? table.Insert(row)
                : kind == 0 ? table.Delete(old)
                : model.KeyOf(old) == model.KeyOf(row) ? table.Update(old, row)
                : table.Delete(old);
        }
        catch (ProjectionDivergedException)
        {
            return null;
        }

        RowChangeKind done = change.Kind;
        if (undoes || table.DuplicateKeys != 0) table.Undo(in change);
        else table.Release(in change);
        return done;
    }

    private static void Compare(Table[] tables)
    {
        foreach (Table table in tables) table.Verify();
        tables[1].Count.ShouldBe(tables[0].Count);
        tables[1].Hash.ShouldBe(tables[0].Hash);
        for (int index = 0; index <= tables[0].Schema.Indexes.Length; index++)
            TestTable.Rows(tables[1], index).ShouldBe(TestTable.Rows(tables[0], index));
    }
}
