using System.Buffers.Binary;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using static Interstice.Kernel.Tests.Tables.TestTable;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>Goal: a table that recorded changes were replayed to is the table to which they were made one by one, and it refuses
/// what that one refuses, with the same words. Method: random tables of every type and kind of index, changed alike by the
/// writers, by replay and by replay in batches, then compared index by index and changed on.</summary>
public sealed class TableReplayTests
{
    private const string Duplicate = "a unique key stands twice";

    private int _updates;
    private int _refused;


    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_replayed_table_is_the_one_that_was_changed_row_by_row(bool isBatched, bool keepsHash)
    {
        long rows = 0;
        RandomTest.Run(40, random =>
        {
            var module = new RandomModule(random);
            (var kept, var replayed) = (new ModuleState(module.Schema), new ModuleState(module.Schema));
            foreach (TableSchema schema in module.Schema.Tables.Where(table => table.Kind != TableKind.Event))
            {
                (Table table, Table other) = (kept.GetTable(schema.Number), replayed.GetTable(schema.Number));
                var replay = new TableReplay(other, keepsHash);
                ChangeBatch? batch = isBatched ? new ChangeBatch(other) : null;
                int changes = random.Next(900);
                for (int i = 0; i < changes; i++)
                {
                    Change(random, module, table, replay, batch, i);
                    if (batch is not null && random.Next(100) == 0) Flush(replay, batch);
                    if (keepsHash && !isBatched) other.Hash.ShouldBe(table.Hash);
                }

                if (batch is not null) Flush(replay, batch);
                Complete(random, replay);
                rows += table.Count;
                Compare(table, other);
                ChangeBoth(random, module, table, other);
                Compare(table, other);
            }

            replayed.Hash.ShouldBe(kept.Hash);
            replayed.PayloadBytes.ShouldBe(kept.PayloadBytes);
            replayed.VerifyUnique();
        });
        rows.ShouldBePositive();
        _updates.ShouldBePositive();
        if (!isBatched) _refused.ShouldBePositive();
    }

    [Fact]
    public void A_batch_stops_at_the_first_change_that_does_not_fit()
    {
        (Table people, TableReplay replay, ChangeBatch batch) = Begin(People);
        Add(batch, null, Person(1, "a@x", "ann"), at: 0);
        Add(batch, null, Person(2, "b@x", "bob"), at: 1);
        Add(batch, Person(2, "other@x", "bob"), Person(2, "c@x", "bob"), at: 2);
        Add(batch, null, Person(1, "d@x", "dan"), at: 3);
        ChangeMisfit misfit = replay.Apply(batch).ShouldNotBeNull();
        (misfit.At, misfit.IsOfTransaction).ShouldBe((2, false));
        misfit.Cause.Message.ShouldContain("another one than the log says");
        batch.CutFrom(2);
        batch.Count.ShouldBe(2);
        people.DuplicateKeys.ShouldBe(0);
    }

    [Fact]
    public void A_unique_key_that_stands_twice_is_found_where_its_transaction_ends()
    {
        (_, TableReplay replay, ChangeBatch batch) = Begin(People);
        Add(batch, null, Person(1, "a@x", "ann"), at: 0);
        Add(batch, null, Person(2, "b@x", "bob"), at: 1);

        // A swap, which is right at its end.
        Add(batch, Person(1, "a@x", "ann"), Person(1, "b@x", "ann"), at: 2, transactionEnd: 4);
        Add(batch, Person(2, "b@x", "bob"), Person(2, "a@x", "bob"), at: 3, transactionEnd: 4);
        replay.Apply(batch).ShouldBeNull();
        batch.Clear();
        Add(batch, Person(1, "b@x", "ann"), Person(1, "a@x", "ann"), at: 5, transactionEnd: 9);
        Add(batch, null, Person(3, "c@x", "cid"), at: 10);
        ChangeMisfit misfit = replay.Apply(batch).ShouldNotBeNull();
        (misfit.At, misfit.IsOfTransaction).ShouldBe((9, true));
        misfit.Cause.Message.ShouldContain("email");
    }

    [Fact]
    public void A_row_that_is_not_canonical_or_changes_its_key_does_not_enter_a_batch()
    {
        (_, _, ChangeBatch batch) = Begin(People);
        byte[] row = Person(1, "a@x", "ann");
        batch.TryAdd(RowChangeKind.Insert, [], row.AsSpan(1), 0, 0).ShouldBeFalse();
        batch.TryAdd(RowChangeKind.Delete, row.AsSpan(1), [], 0, 0).ShouldBeFalse();
        batch.TryAdd(RowChangeKind.Update, row.AsSpan(1), row, 0, 0).ShouldBeFalse();
        batch.TryAdd(RowChangeKind.Update, row, Person(2, "a@x", "ann"), 0, 0).ShouldBeFalse();
        batch.Count.ShouldBe(0);
    }

    // The hash mixes by multiplications with an odd number and a shift, all of which can be undone: so keys are made that share one.
    [Fact]
    public void Keys_that_collide_by_intent_are_left_to_a_tree()
    {
        (Table edges, TableReplay replay, _) = Begin(Notes);
        Table kept = NewState().GetTable(Notes);
        byte[][] rows = [.. Enumerable.Range(0, 3000).Select(i => Note(Colliding((uint)i), "n"))];
        rows.Select(row => PrimaryHash.HashOf(Key(BinaryPrimitives.ReadUInt64LittleEndian(row)))).Distinct().Count().ShouldBe(1);
        foreach (byte[] row in rows)
        {
            replay.Insert(row);
            kept.Insert(row);
        }

        foreach (byte[] row in rows.Where((_, i) => i % 3 == 0))
        {
            byte[] longer = [.. row.AsSpan(0, 8), .. Note(0, "longer than before").AsSpan(8)];
            replay.Update(row, longer);
            kept.Update(row, longer);
        }

        foreach (byte[] row in rows.Where((_, i) => i % 3 == 1))
        {
            replay.Delete(row);
            kept.Delete(row);
        }

        Should.Throw<ProjectionDivergedException>(() => replay.Insert(rows[2]));
        Complete(new Random(1), replay);
        Compare(kept, edges);
    }

    private static ulong Colliding(uint low)
    {
        const ulong golden = 0x9E3779B97F4A7C15;
        ulong inverse = golden;
        for (int i = 0; i < 6; i++) inverse *= 2 - golden * inverse;
        ulong mixed = ((0x12345678ul << 32) | low) * inverse;
        ulong word = mixed ^ (mixed >> 29) ^ (mixed >> 58);
        return word * inverse;
    }

    private static (Table Table, TableReplay Replay, ChangeBatch Batch) Begin(int number)
    {
        Table table = NewState().GetTable(number);
        return (table, new TableReplay(table, keepsHash: false), new ChangeBatch(table));
    }

    private static void Add(ChangeBatch batch, byte[]? old, byte[] row, int at, int? transactionEnd = null) =>
        batch.TryAdd(old is null ? RowChangeKind.Insert : RowChangeKind.Update, old, row, at, transactionEnd ?? at).ShouldBeTrue();

    private static void Flush(TableReplay replay, ChangeBatch batch)
    {
        replay.Apply(batch).ShouldBeNull();
        batch.Clear();
    }

    private static void Complete(Random random, TableReplay replay)
    {
        int[] steps = [.. Enumerable.Range(0, replay.BeginCompletion())];
        random.Shuffle(steps);
        foreach (int step in steps) replay.RunStep(step);
        replay.Complete();
    }

    private void Change(Random random, RandomModule module, Table table, TableReplay replay, ChangeBatch? batch, int at)
    {
        byte[] row = module.NextRow(random, table.Schema.Number);
        byte[]? old = table.Count > 0 && random.Next(2) == 0 ? Find(table, row, random) : null;
        RowChangeKind kind = KindOf(table, old, row, random);
        if (Make(table, kind, old, row) is { } refusal)
        {
            if (batch is not null || refusal == Duplicate) return;
            _refused++;
            string? message = Should.Throw<ProjectionDivergedException>(() => Make(replay, kind, old, row)).Message;
            message.ShouldBe(refusal);
            return;
        }

        if (kind == RowChangeKind.Update) _updates++;
        if (batch is null) Make(replay, kind, old, row);
        else
        {
            byte[] after = kind == RowChangeKind.Delete ? [] : row;
            batch.TryAdd(kind, kind == RowChangeKind.Insert ? [] : old, after, at, at).ShouldBeTrue();
        }
    }

    // Each change is a transaction here, so that a unique key that stands twice is undone at once.
    private static string? Make(Table table, RowChangeKind kind, byte[]? old, byte[] row)
    {
        try
        {
            RowChange change = kind switch
            {
                RowChangeKind.Insert => table.Insert(row),
                RowChangeKind.Update => table.Update(old, row),
                _ => table.Delete(old),
            };
            if (table.DuplicateKeys == 0)
            {
                table.Release(in change);
                return null;
            }

            table.Undo(in change);
            return Duplicate;
        }
        catch (ProjectionDivergedException refusal)
        {
            return refusal.Message;
        }
    }

    private static void Make(TableReplay replay, RowChangeKind kind, byte[]? old, byte[] row)
    {
        if (kind == RowChangeKind.Insert) replay.Insert(row);
        else if (kind == RowChangeKind.Update) replay.Update(old, row);
        else replay.Delete(old);
    }

    private static RowChangeKind KindOf(Table table, byte[]? old, byte[] row, Random random)
    {
        if (old is null) return RowChangeKind.Insert;
        var model = new ModelTable(table.Schema);
        return random.Next(3) > 0 && model.KeyOf(old) == model.KeyOf(row) ? RowChangeKind.Update : RowChangeKind.Delete;
    }

    // A row with the primary key of the new one, so that it can be updated, or any.
    private static byte[] Find(Table table, byte[] row, Random random)
    {
        byte[][] rows = [.. TestTable.Rows(table).Select(Convert.FromHexString)];
        var model = new ModelTable(table.Schema);
        return rows.FirstOrDefault(other => model.KeyOf(other) == model.KeyOf(row)) ?? rows[random.Next(rows.Length)];
    }

    private static void ChangeBoth(Random random, RandomModule module, params Table[] tables)
    {
        for (int i = 0; i < 200; i++)
        {
            byte[] row = module.NextRow(random, tables[0].Schema.Number);
            byte[]? old = tables[0].Count > 0 && random.Next(2) == 0 ? Find(tables[0], row, random) : null;
            RowChangeKind kind = KindOf(tables[0], old, row, random);
            Make(tables[1], kind, old, row).ShouldBe(Make(tables[0], kind, old, row));
        }
    }

    private static void Compare(Table table, Table replayed)
    {
        replayed.Verify();
        replayed.Count.ShouldBe(table.Count);
        replayed.Hash.ShouldBe(table.Hash);
        replayed.Counter.ShouldBe(table.Counter);
        replayed.PayloadBytes.ShouldBe(table.PayloadBytes);
        for (int index = 0; index <= table.Schema.Indexes.Length; index++)
            TestTable.Rows(replayed, index).ShouldBe(TestTable.Rows(table, index));
    }
}
