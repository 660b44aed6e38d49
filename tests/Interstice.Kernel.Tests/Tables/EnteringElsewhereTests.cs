using Interstice.Kernel.Tables;
using static Interstice.Kernel.Tests.Tables.TestTable;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>Goal: rows that are entered into an index elsewhere are in it for whoever looks, and nothing is entered elsewhere
/// whose keys stand in rows. Method: a helper that enters rows as late as it may, and a model.</summary>
public sealed class EnteringElsewhereTests
{
    private const int Moves = 0;
    private const int People = 1;
    private const int BySender = 1;
    private const int ByName = 2;
    private const int Rows = 12_000;

    [Fact]
    public void A_scan_waits_for_rows_that_are_being_entered_elsewhere()
    {
        var elsewhere = new EnteringElsewhere();
        ModuleState state = NewState(elsewhere);
        Table moves = state.GetTable(Moves);
        var model = new SortedDictionary<(ulong, ulong), string>();
        for (ulong id = 1; id <= Rows; id++)
        {
            Insert(moves, id, id * 7919 % 97, model);
            state.HandWaiting();
            if (id % 4999 == 0) TestTable.Rows(moves, BySender).ShouldBe(model.Values.ToList());
        }

        elsewhere.Begun.ShouldBeGreaterThan(2);
        elsewhere.WaitedFor.ShouldBeGreaterThan(0);
        TestTable.Rows(moves, BySender).ShouldBe(model.Values.ToList());
        state.GetTable(Moves).Verify();
    }

    [Fact]
    public void While_a_batch_is_under_way_no_other_is_handed_over()
    {
        var elsewhere = new EnteringElsewhere();
        ModuleState state = NewState(elsewhere);
        Table moves = state.GetTable(Moves);
        ulong id = 0;
        for (; id < 2 * Rows; id++) moves.Release(moves.Insert(Move(id + 1, id % 5)));
        TestTable.Rows(moves, BySender).Count.ShouldBe(2 * Rows);
        (int begun, int waited) = (elsewhere.Begun, elsewhere.WaitedFor);

        // Less than a sixteenth of the tree: there is room for all of them to wait.
        for (int i = 0; i < 1400; i++)
        {
            moves.Release(moves.Insert(Move(++id, id % 5)));
            state.HandWaiting();
        }

        elsewhere.Begun.ShouldBe(begun + 1);
        elsewhere.RunOne();
        state.HandWaiting();
        elsewhere.Begun.ShouldBe(begun + 2);
        elsewhere.WaitedFor.ShouldBe(waited);
        moves.Verify();
    }

    [Fact]
    public void Keys_of_varying_length_are_entered_where_the_rows_are()
    {
        var elsewhere = new EnteringElsewhere();
        ModuleState state = NewState(elsewhere);
        Table people = state.GetTable(People);
        List<string> expected = [];
        for (ulong id = 1; id <= Rows; id++)
        {
            byte[] row = Person(id, $"{id}@x", $"name {id:D5}");
            people.Release(people.Insert(row));
            expected.Add(Convert.ToHexString(row));
            state.HandWaiting();
            if (id % 7 == 0) state.EnterWaiting();
        }

        elsewhere.Begun.ShouldBe(0);
        TestTable.Rows(people, ByName).ShouldBe(expected);
    }

    [Fact]
    public void A_scan_that_was_open_when_rows_were_handed_over_says_so()
    {
        var elsewhere = new EnteringElsewhere();
        ModuleState state = NewState(elsewhere);
        Table moves = state.GetTable(Moves);
        ulong id = 0;
        for (; id < Rows; id++) moves.Release(moves.Insert(Move(id + 1, id % 5)));
        RowScan scan = moves.Scan(BySender, KeyRange.All, descending: false);
        scan.MoveNext().ShouldBeTrue();
        int begun = elsewhere.Begun;
        while (elsewhere.Begun == begun)
        {
            moves.Release(moves.Insert(Move(++id, 3)));
            state.HandWaiting();
        }

        bool hasThrown = false;
        try
        {
            scan.MoveNext();
        }
        catch (InvalidOperationException)
        {
            hasThrown = true;
        }

        hasThrown.ShouldBeTrue();
    }

    [Fact]
    public void An_index_whose_rows_were_not_entered_says_that_it_is_damaged()
    {
        ModuleState state = NewState(new EnteringElsewhere { NeverRuns = true });
        Table moves = state.GetTable(Moves);
        for (ulong id = 1; id <= Rows; id++)
        {
            if (id > Rows - 700) state.HandWaiting();
            else state.GetTable(Moves).Scan(BySender, KeyRange.All, descending: false);
            moves.Release(moves.Insert(Move(id, 1)));
        }

        for (int i = 0; i < 2; i++)
            Should.Throw<InvalidOperationException>(() => TestTable.Rows(moves, BySender)).Message.ShouldContain("by_sender", Case.Sensitive, $"time {i}");
    }

    [Fact]
    public void Random_changes_and_their_undo_leave_what_a_model_has() => RandomTest.Run(6, random =>
    {
        var elsewhere = new EnteringElsewhere();
        ModuleState state = NewState(elsewhere);
        Table moves = state.GetTable(Moves);
        var model = new SortedDictionary<(ulong From, ulong Id), string>();
        var stored = new List<byte[]>();
        ulong next = 1;
        while (next < Rows)
        {
            for (int i = random.Next(1200); i >= 0; i--)
            {
                stored.Add(Insert(moves, next++, (ulong)random.Next(50), model));
                if (random.Next(3) == 0) state.HandWaiting();
                if (random.Next(400) == 0) elsewhere.RunOne();
            }

            UndoSome(moves, next, random);
            Change(moves, stored, random.Next(stored.Count), random, model);
            if (random.Next(4) == 0) TestTable.Rows(moves, BySender).ShouldBe(model.Values.ToList());
        }

        moves.Verify();
        TestTable.Rows(moves, BySender).ShouldBe(model.Values.ToList());
    });

    // Rows that come and go, handed over or not.
    private static void UndoSome(Table moves, ulong next, Random random)
    {
        var changes = new Stack<RowChange>();
        for (int i = random.Next(20); i > 0; i--) changes.Push(moves.Insert(Move(next + (ulong)i, (ulong)random.Next(50))));
        while (changes.TryPop(out RowChange change)) moves.Undo(in change);
    }

    private static void Change(
        Table moves, List<byte[]> stored, int index, Random random, SortedDictionary<(ulong, ulong), string> model)
    {
        byte[] old = stored[index];
        ulong id = BitConverter.ToUInt64(old);
        model.Remove((BitConverter.ToUInt64(old, sizeof(ulong)), id));
        if (random.Next(3) == 0)
        {
            moves.Release(moves.Delete(old));
            stored.RemoveAt(index);
            return;
        }

        ulong from = (ulong)random.Next(50);
        stored[index] = Move(id, from);
        moves.Release(moves.Update(old, stored[index]));
        model[(from, id)] = Convert.ToHexString(stored[index]);
    }

    private static byte[] Insert(Table moves, ulong id, ulong from, SortedDictionary<(ulong, ulong), string> model)
    {
        byte[] row = Move(id, from);
        moves.Release(moves.Insert(row));
        model[(from, id)] = Convert.ToHexString(row);
        return row;
    }

    private static byte[] Move(ulong id, ulong from) => [.. Little(id), .. Little(from)];

    private static ModuleState NewState(EnteringElsewhere elsewhere)
    {
        var state = new ModuleState(Parse(
            """{"table":{"name":"moves","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"from","type":"u64"}],"indexes":[{"name":"by_sender","columns":["from","id"]}]}}""",
            """{"table":{"name":"people","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"email","type":"string","unique":true},{"name":"name","type":"string"}],"indexes":[{"name":"by_name","columns":["name"]}]}}"""));
        state.EnterElsewhere(elsewhere);
        return state;
    }
}
