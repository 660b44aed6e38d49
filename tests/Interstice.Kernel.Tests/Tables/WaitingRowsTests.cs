using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using static Interstice.Kernel.Tests.Tables.TestTable;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>Goal: new rows that wait to be entered into an index are in it for whoever looks. Method: enough rows that many
/// wait at a time, looked at, undone, changed and deleted while they do.</summary>
public sealed class WaitingRowsTests
{
    private const int Rows = 12_000;

    [Fact]
    public void A_scan_sees_rows_that_were_waiting()
    {
        Table people = NewState().GetTable(People);
        var model = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (ulong id = 1; id <= Rows; id++)
        {
            string name = $"name {id * 7919 % Rows:D5}";
            people.Insert(Person(id, $"{id}@x", name));
            model[name] = Convert.ToHexString(Person(id, $"{id}@x", name));
            if (id % 1999 == 0) TestTable.Rows(people, ByName).ShouldBe(model.Values.ToList());
        }

        TestTable.Rows(people, ByName).ShouldBe(model.Values.ToList());
        people.Verify();
    }

    [Fact]
    public void Rows_that_wait_can_be_undone_from_the_newest_on_whether_or_not_they_were_looked_at()
    {
        Table people = NewState().GetTable(People);
        List<string> expected = [];
        List<RowChange> changes = [];
        for (ulong id = 1; id <= Rows; id++)
        {
            changes.Add(people.Insert(Person(id, $"{id}@x", $"name {id:D5}")));
            expected.Add(Convert.ToHexString(Person(id, $"{id}@x", $"name {id:D5}")));
        }

        for (int i = Rows - 1; i >= 8000; i--)
        {
            people.Undo(changes[i]);
            if (i % 1500 == 0) TestTable.Rows(people, ByName).ShouldBe(expected[..i]);
        }

        people.Verify();
        people.Count.ShouldBe(8000);
    }

    [Fact]
    public void Rows_that_wait_are_entered_when_there_is_time()
    {
        ModuleState state = NewState();
        Table people = state.GetTable(People);
        List<string> expected = [];
        List<RowChange> changes = [];
        for (ulong id = 1; id <= Rows; id++)
        {
            changes.Add(people.Insert(Person(id, $"{id}@x", $"name {id:D5}")));
            expected.Add(Convert.ToHexString(Person(id, $"{id}@x", $"name {id:D5}")));
            if (id % 7 == 0) state.EnterWaiting();
        }

        state.EnterWaiting();
        for (int i = Rows - 1; i >= 9000; i--) people.Undo(changes[i]);
        TestTable.Rows(people, ByName).ShouldBe(expected[..9000]);
        people.Verify();
    }

    [Fact]
    public void Rows_that_wait_can_be_changed_and_deleted()
    {
        Table people = NewState().GetTable(People);
        for (ulong id = 1; id <= Rows; id++) people.Insert(Person(id, $"{id}@x", $"name {id:D5}"));
        for (ulong id = Rows; id > 0; id -= 3)
        {
            byte[] row = Person(id, $"{id}@x", $"name {id:D5}");
            byte[] changed = Person(id, $"{id}@x", id % 2 == 0 ? "another" : $"name {id:D5}");
            people.Release(people.Insert(Person(Rows + id, $"{id}@y", "one more")));
            people.Release(people.Update(row, changed));
            if (id % 9 == 0) people.Release(people.Delete(changed));
        }

        people.Verify();
        TestTable.Rows(people, ByName).Count.ShouldBe((int)people.Count);
    }

    [Fact]
    public void A_scan_that_was_open_when_a_row_came_to_wait_says_so()
    {
        Table people = NewState().GetTable(People);
        for (ulong id = 1; id <= Rows; id++) people.Insert(Person(id, $"{id}@x", $"name {id:D5}"));
        RowScan scan = people.Scan(ByName, KeyRange.All, descending: false);
        scan.MoveNext().ShouldBeTrue();
        RowChange change = people.Insert(Person(Rows + 1, "new@x", "zoe"));
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
        people.Undo(in change);
        people.Verify();
    }

    [Fact]
    public void Rows_that_wait_take_a_small_part_of_the_memory_of_their_index()
    {
        Table people = NewState().GetTable(People);
        for (ulong id = 1; id <= Rows; id++) people.Insert(Person(id, $"{id}@x", $"name {id:D5}"));
        long waiting = people.MemoryBytes;
        TestTable.Rows(people, ByName).Count.ShouldBe(Rows);
        waiting.ShouldBeLessThan(people.MemoryBytes * 21 / 20);
    }
}
