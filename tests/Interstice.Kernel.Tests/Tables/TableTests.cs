using Interstice.Kernel.Hashing;
using Interstice.Kernel.Tables;
using static Interstice.Kernel.Tests.Tables.TestTable;

namespace Interstice.Kernel.Tests.Tables;

public sealed class TableTests
{
    private readonly ModuleState _state = NewState();

    private Table PeopleTable => _state.GetTable(People);

    [Fact]
    public void A_change_that_does_not_fit_throws_and_changes_nothing()
    {
        byte[] ann = Person(1, "a@x", "ann");
        PeopleTable.Insert(ann);
        StateHash hash = _state.Hash;
        ProjectionDivergedException again = Should.Throw<ProjectionDivergedException>(() => PeopleTable.Insert(Person(1, "b@x", "bob")));
        again.Found.ShouldBe(ann);
        again.Expected.ShouldBeEmpty();
        again.Table.ShouldBe("people");
        again.Key.ShouldBe(Key(1));
        byte[] other = Person(1, "a@x", "anna");
        ProjectionDivergedException update = Should.Throw<ProjectionDivergedException>(() => PeopleTable.Update(other, ann));
        update.Expected.ShouldBe(other);
        update.Found.ShouldBe(ann);
        Should.Throw<ProjectionDivergedException>(() => PeopleTable.Update(ann, Person(2, "a@x", "ann")));
        Should.Throw<ProjectionDivergedException>(() => PeopleTable.Delete(other));
        Should.Throw<ProjectionDivergedException>(() => PeopleTable.Delete(Person(3, "c@x", "cat"))).Found.ShouldBeEmpty();
        _state.Hash.ShouldBe(hash);
        PeopleTable.Verify();
        Rows(PeopleTable).ShouldBe([Convert.ToHexString(ann)]);
    }

    [Fact]
    public void Clearing_empties_an_ephemeral_table_with_its_indexes_and_counter_and_no_other()
    {
        Table presence = _state.GetTable(Presence);
        for (ulong id = 1; id <= 3000; id++) presence.Insert(Note(id, $"p{id}"));
        PeopleTable.Insert(Person(1, "a@x", "ann"));
        StateHash hash = _state.Hash;
        _state.ClearEphemeral();
        (presence.Count, presence.Counter, presence.PayloadBytes).ShouldBe((0, 0ul, 0));
        presence.Verify();
        (_state.Hash, PeopleTable.Count).ShouldBe((hash, 1));
        presence.Insert(Note(1, "again"));
        presence.Verify();
        Should.Throw<InvalidOperationException>(PeopleTable.Clear).Message.ShouldContain("not ephemeral");
    }

    [Fact]
    public void Rows_of_a_transaction_may_swap_unique_values_one_by_one()
    {
        (byte[] ann, byte[] bob) = (Person(1, "a@x", "ann"), Person(2, "b@x", "bob"));
        PeopleTable.Insert(ann);
        PeopleTable.Insert(bob);
        PeopleTable.Update(ann, Person(1, "b@x", "ann"));
        PeopleTable.DuplicateKeys.ShouldBe(1);
        Should.Throw<ProjectionDivergedException>(_state.VerifyUnique).Message.ShouldContain("index \"email\"");
        PeopleTable.Update(bob, Person(2, "a@x", "bob"));
        PeopleTable.DuplicateKeys.ShouldBe(0);
        _state.VerifyUnique();
        PeopleTable.Verify();
        PeopleTable.TryGet(ByEmail, Key("a@x"), out ReadOnlySpan<byte> found).ShouldBeTrue();
        found.SequenceEqual(Person(2, "a@x", "bob")).ShouldBeTrue();
    }

    [Fact]
    public void Three_rows_with_one_unique_key_count_as_two_too_many_and_undo_takes_them_back()
    {
        var undo = new UndoLog(_state);
        for (ulong id = 0; id < 3; id++) undo.Add(PeopleTable.Insert(Person(id, "same", "n")));
        PeopleTable.DuplicateKeys.ShouldBe(2);
        undo.UndoTo(0);
        PeopleTable.DuplicateKeys.ShouldBe(0);
        _state.Hash.ShouldBe(StateHash.Zero);
    }

    // Goal: undo leaves no trace. Method: updates that stay in their slot and updates that move, inserts, deletes, each on rows
    // with every index; compare hash, recomputed hash, content of all indexes and counter with before.
    [Fact]
    public void Undo_restores_rows_indexes_counter_and_hash()
    {
        Table notes = _state.GetTable(Notes);
        for (ulong id = 1; id < 300; id++) PeopleTable.Insert(Person(id, $"{id}@x", $"n{id % 7}"));
        notes.Insert(Note(9, "nine"));
        var undo = new UndoLog(_state);
        (StateHash hash, List<string> byId, List<string> byName) = (_state.Hash, Rows(PeopleTable), Rows(PeopleTable, ByName));
        undo.Add(PeopleTable.Update(Person(5, "5@x", "n5"), Person(5, "5@y", "n6")));
        undo.Add(PeopleTable.Update(Person(5, "5@y", "n6"), Person(5, "5@x", new string('z', 500))));
        undo.Add(PeopleTable.Update(Person(8, "8@x", "n1"), Person(8, "8@x", "a much longer name")));
        undo.Add(PeopleTable.Delete(Person(9, "9@x", "n2")));
        undo.Add(PeopleTable.Insert(Person(9, "9@x", "again")));
        undo.Add(notes.Insert(Note(100, "hundred")));
        undo.Add(notes.Delete(Note(100, "hundred")));
        notes.Counter.ShouldBe(100UL);
        _state.Hash.ShouldNotBe(hash);
        _state.ComputeHashFromRows().ShouldBe(_state.Hash);
        undo.UndoTo(0);
        _state.Hash.ShouldBe(hash);
        _state.ComputeHashFromRows().ShouldBe(hash);
        Rows(PeopleTable).ShouldBe(byId);
        Rows(PeopleTable, ByName).ShouldBe(byName);
        notes.Counter.ShouldBe(9UL);
        PeopleTable.Verify();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Changes_that_are_undone_or_released_keep_no_memory(bool isUndone)
    {
        var undo = new UndoLog(_state);
        for (ulong id = 1; id <= 200; id++) PeopleTable.Insert(Person(id, $"{id:d3}@x", "name"));
        long memory = 0;
        for (int round = 0; round < 200; round++)
        {
            long start = undo.Position;
            for (ulong id = 1; id <= 200; id++) undo.Add(PeopleTable.Update(Person(id, $"{id:d3}@x", "name"), Person(id, $"{id:d3}@y", "longer name")));
            for (ulong id = 1; id <= 200; id++) undo.Add(PeopleTable.Delete(Person(id, $"{id:d3}@y", "longer name")));
            for (ulong id = 1; id <= 200; id++) undo.Add(PeopleTable.Insert(Person(id, $"{id:d3}@x", "name")));
            if (isUndone) undo.UndoTo(start);
            else undo.ReleaseTo(undo.Position);
            if (round == 3) memory = _state.MemoryBytes;
        }

        _state.MemoryBytes.ShouldBe(memory);
        PeopleTable.Verify();
    }

    [Fact]
    public void Rows_longer_than_a_chunk_are_stored_updated_deleted_and_undone()
    {
        Table notes = _state.GetTable(Notes);
        var undo = new UndoLog(_state);
        int[] lengths = [0, 1, 0x7FF0, 0x8000, 0x8010, RowHeap.BigRowBytes - 12, RowHeap.BigRowBytes, RowHeap.ChunkBytes, 3 * RowHeap.ChunkBytes];
        byte[][] rows = [.. lengths.Select((length, i) => Note((ulong)i + 1, new string((char)('a' + i), length)))];
        foreach (byte[] row in rows) undo.Add(notes.Insert(row));
        StateHash hash = _state.Hash;
        long full = _state.MemoryBytes;
        for (int i = 0; i < rows.Length; i++)
        {
            byte[] moved = Note((ulong)i + 1, new string('z', lengths[^(i + 1)]));
            undo.Add(notes.Update(rows[i], moved));
            undo.Add(notes.Delete(moved));
        }

        notes.Count.ShouldBe(0);
        undo.UndoTo(rows.Length);
        _state.Hash.ShouldBe(hash);
        Rows(notes).ShouldBe(rows.Select(row => Convert.ToHexString(row)));
        notes.Verify();
        foreach (byte[] row in rows) undo.Add(notes.Delete(row));
        undo.ReleaseTo(undo.Position);
        _state.MemoryBytes.ShouldBeLessThan(full);
    }

    [Fact]
    public void A_scan_of_leading_columns_gives_exactly_their_rows_in_both_directions()
    {
        Table edges = _state.GetTable(Edges);
        for (ulong a = 0; a < 40; a++)
        {
            for (uint b = 0; b < 40; b++) edges.Insert(Edge(a, (b * 7) % 40));
        }

        foreach (bool descending in (bool[])[false, true])
        {
            uint expected = descending ? 39u : 0u;
            int found = 0;
            foreach (ReadOnlySpan<byte> row in edges.Scan(0, KeyRange.Prefix(Key(17)), descending))
            {
                row.SequenceEqual(Edge(17, expected)).ShouldBeTrue();
                expected = unchecked(expected + (descending ? uint.MaxValue : 1));
                found++;
            }

            found.ShouldBe(40);
        }

        CountBetween(edges, Key(3), true, Key(5), true).ShouldBe(40);
        CountBetween(edges, Key(3), false, Key(5), true).ShouldBe(80);
        CountBetween(edges, Key(5), false, Key(3), false).ShouldBe(0);
        CountBetween(edges, Key(3), true, Key(3), false).ShouldBe(0);
        CountBetween(edges, [.. Key(3), 0, 0, 0, 38], false, Key(3), false).ShouldBe(2);
        CountBetween(edges, [], false, [.. Key(0), 0, 0, 0, 2], true).ShouldBe(2);
    }

    [Fact]
    public void A_scan_ends_with_an_error_once_the_table_has_changed()
    {
        PeopleTable.Insert(Person(1, "a", "a"));
        PeopleTable.Insert(Person(2, "b", "b"));
        RowScan scan = PeopleTable.Scan(0, KeyRange.All, descending: false);
        scan.MoveNext().ShouldBeTrue();
        PeopleTable.Insert(Person(3, "c", "c"));
        Should.Throw<InvalidOperationException>(() => scan.MoveNext());
    }

    [Fact]
    public void Unknown_tables_and_indexes_and_rows_of_event_tables_are_refused()
    {
        Should.Throw<ArgumentException>(() => _state.GetTable(99));
        Should.Throw<ArgumentException>(() => PeopleTable.TryGet(7, Key(1), out _));
        Should.Throw<ArgumentException>(() => PeopleTable.TryGet(ByName, Key("a"), out _)).Message.ShouldContain("by_name");
        Should.Throw<ArgumentException>(() => _state.GetTable(Pings).Insert(Note(1, "")));
        _state.FindTable("nobody").ShouldBeNull();
        _state.FindTable("people").ShouldBeSameAs(PeopleTable);
    }

    [Fact]
    public void An_undo_log_gives_back_only_what_it_still_holds()
    {
        var undo = new UndoLog(_state);
        for (ulong id = 1; id <= 1000; id++) undo.Add(PeopleTable.Insert(Person(id, $"{id}", "n")));
        undo.ReleaseTo(400);
        undo.Released.ShouldBe(400);
        Should.Throw<ArgumentOutOfRangeException>(() => undo.UndoTo(399));
        Should.Throw<ArgumentOutOfRangeException>(() => undo.ReleaseTo(1001));
        undo.UndoTo(400);
        PeopleTable.Count.ShouldBe(400);
    }

    private static int CountBetween(Table table, byte[] lower, bool lowerExclusive, byte[] upper, bool upperExclusive)
    {
        int forwards = 0, backwards = 0;
        foreach (ReadOnlySpan<byte> _ in table.Scan(0, new KeyRange(lower, lowerExclusive, upper, upperExclusive), false)) forwards++;
        foreach (ReadOnlySpan<byte> _ in table.Scan(0, new KeyRange(lower, lowerExclusive, upper, upperExclusive), true)) backwards++;
        backwards.ShouldBe(forwards);
        return forwards;
    }
}
