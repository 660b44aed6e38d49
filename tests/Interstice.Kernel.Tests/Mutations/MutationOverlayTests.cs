using Interstice.Kernel.Mutations;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Tests.Tables;
using static Interstice.Kernel.Tests.Tables.TestTable;

namespace Interstice.Kernel.Tests.Mutations;

public sealed class MutationOverlayTests
{
    private readonly ModuleState _state = NewState();
    private readonly MutationOverlay _overlay;

    public MutationOverlayTests()
    {
        _state.GetTable(People).Insert(Person(1, "ann@x", "ann"));
        _state.GetTable(People).Insert(Person(2, "bob@x", "bob"));
        _overlay = new MutationOverlay(_state);
        _overlay.Begin();
    }

    public static TheoryData<string, string> UniqueCases => new()
    {
        // Steps before the last one are done; the last one ends as the second column says.
        { "insert 3 ann@x", "Duplicate 1" },
        { "insert 3 new@x", "Done" },
        { "insert 1 new@x", "Duplicate 0" },
        { "insert 1 ann@x", "Duplicate 0" },
        { "insert 3 new@x, insert 4 new@x", "Duplicate 1" },
        { "insert 3 new@x, insert 3 other@x", "Duplicate 0" },
        { "delete 1, insert 3 ann@x", "Done" },
        { "delete 1, insert 1 ann@x", "Done" },
        { "delete 1, insert 1 bob@x", "Duplicate 1" },
        { "update 1 new@x, insert 3 ann@x", "Done" },
        { "update 1 new@x, insert 3 new@x", "Duplicate 1" },
        { "update 1 new@x, update 1 ann@x, insert 3 ann@x", "Duplicate 1" },
        { "update 1 bob@x", "Duplicate 1" },
        { "update 1 ann@x", "Done" },
        { "update 2 new@x, update 1 bob@x", "Done" },
        { "delete 2, update 1 bob@x", "Done" },
        { "delete 2, update 1 bob@x, insert 2 bob@x", "Duplicate 1" },
        { "delete 2, update 1 bob@x, insert 2 ann@x", "Done" },
        { "insert 3 new@x, delete 3, insert 4 new@x", "Done" },
        { "insert 3 new@x, update 3 free@x, insert 4 new@x", "Done" },
        { "insert 3 new@x, update 3 free@x, insert 4 free@x", "Duplicate 1" },
        { "update 9 new@x", "NotFound" },
        { "delete 1, update 1 new@x", "NotFound" },
        { "save, delete 1, back, insert 3 ann@x", "Duplicate 1" },
        { "save, update 1 new@x, back, insert 3 ann@x", "Duplicate 1" },
        { "save, update 1 new@x, back, insert 3 new@x", "Done" },
        { "delete 1, save, insert 3 ann@x, back, insert 4 ann@x", "Done" },
        { "delete 1, insert 3 ann@x, save, delete 3, back, insert 4 ann@x", "Duplicate 1" },
        { "save, insert 3 new@x, back, insert 3 new@x", "Done" },
        { "update 1 new@x, save, update 1 x@x, back, insert 3 new@x", "Duplicate 1" },
        { "update 1 new@x, save, update 1 x@x, back, insert 3 x@x", "Done" },
    };

    [Theory]
    [MemberData(nameof(UniqueCases))]
    public void Unique_keys_are_held_against_committed_and_own_rows(string steps, string expected)
    {
        var savepoint = default(Savepoint);
        string outcome = "";
        foreach (string[] step in steps.Split(", ").Select(step => step.Split(' ')))
        {
            outcome.ShouldBeOneOf("", "Done");
            ulong id = step.Length > 1 ? ulong.Parse(step[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
            byte[] row = step.Length > 2 ? Person(id, step[2], "name") : [];
            if (step[0] == "save") savepoint = _overlay.CreateSavepoint();
            else if (step[0] == "back") _overlay.RollbackTo(savepoint);
            else if (step[0] == "delete") _overlay.Delete(People, Key(id)).ShouldBeTrue();
            else outcome = Text(step[0] == "insert" ? _overlay.Insert(People, row, out _) : _overlay.Update(People, row));
        }

        outcome.ShouldBe(expected);
    }

    [Fact]
    public void Net_mutations_collapse_what_cancels_out_and_keep_the_order_of_first_touch()
    {
        _overlay.Insert(People, Person(3, "c@x", "c"), out _);
        _overlay.Update(People, Person(2, "bob@x", "other"));
        _overlay.Emit(0, Little(42));
        _overlay.Insert(People, Person(4, "d@x", "d"), out _);
        _overlay.Delete(People, Key(1)).ShouldBeTrue();
        _overlay.Update(People, Person(3, "c@x", "cc"));
        _overlay.Delete(People, Key(4)).ShouldBeTrue();
        _overlay.Insert(Pings, Note(1, "ping"), out _);
        _overlay.Update(People, Person(2, "bob@x", "bob"));
        _overlay.Insert(People, Person(1, "ann@x", "anew"), out _);
        Describe(_overlay.Freeze()).ShouldBe(
        [
            $"Insert 0 - {Convert.ToHexString(Person(3, "c@x", "cc"))}",
            $"Emit 0 - {Convert.ToHexString(Little(42))}",
            $"Update 0 {Convert.ToHexString(Person(1, "ann@x", "ann"))} {Convert.ToHexString(Person(1, "ann@x", "anew"))}",
            $"EmitRow 4 - {Convert.ToHexString(Note(1, "ping"))}",
        ]);
    }

    [Fact]
    public void A_transaction_that_was_rolled_back_whole_freezes_to_nothing()
    {
        Savepoint start = _overlay.CreateSavepoint();
        _overlay.Delete(People, Key(1));
        _overlay.Insert(Notes, Note(0, "x"), out _);
        _overlay.Emit(0, Little(1));
        _overlay.RollbackTo(start);
        _overlay.Bytes.ShouldBeLessThan(100);
        _overlay.MutationCount.ShouldBe(0);
        _overlay.Freeze().Count.ShouldBe(0);
    }

    [Fact]
    public void Counters_go_on_from_the_largest_stored_and_back_with_a_savepoint()
    {
        Insert(Notes, 0).ShouldBe(1UL);
        Insert(Notes, 0).ShouldBe(2UL);
        Insert(Notes, 10).ShouldBe(10UL);
        Savepoint savepoint = _overlay.CreateSavepoint();
        Insert(Notes, 0).ShouldBe(11UL);
        _overlay.RollbackTo(savepoint);
        Insert(Notes, 0).ShouldBe(11UL);
        _overlay.Delete(Notes, Key(11));
        Insert(Notes, 0).ShouldBe(12UL);
        _state.GetTable(Notes).Counter.ShouldBe(0UL);
    }

    [Theory]
    [InlineData("i32", int.MaxValue)]
    [InlineData("u32", uint.MaxValue)]
    [InlineData("i64", long.MaxValue)]
    [InlineData("u64", ulong.MaxValue)]
    public void A_counter_gives_its_last_value_once_and_overflows_then(string type, ulong max)
    {
        var state = new ModuleState(Parse(
            """{"table":{"name":"t","columns":[{"name":"id","type":"TYPE","primaryKey":true,"autoInc":true}]}}""".Replace("TYPE", type, StringComparison.Ordinal)));
        var overlay = new MutationOverlay(state);
        int length = type.EndsWith("32", StringComparison.Ordinal) ? 4 : 8;
        overlay.Begin();
        overlay.Insert(0, Little(max - 1).AsSpan(0, length), out _).IsDone.ShouldBeTrue();
        overlay.Insert(0, new byte[length], out ReadOnlySpan<byte> last).IsDone.ShouldBeTrue();
        last.SequenceEqual(Little(max).AsSpan(0, length)).ShouldBeTrue();
        overlay.Insert(0, new byte[length], out _).Result.ShouldBe(WriteResult.CounterOverflow);
        foreach (Mutation mutation in overlay.Freeze()) state.GetTable(0).Insert(mutation.NewRow);
        state.GetTable(0).Counter.ShouldBe(max);
        overlay.Begin();
        overlay.Insert(0, new byte[length], out _).Result.ShouldBe(WriteResult.CounterOverflow);
        overlay.Freeze().Count.ShouldBe(0);
    }

    [Fact]
    public void Negative_values_do_not_move_a_counter()
    {
        var state = new ModuleState(Parse("""{"table":{"name":"t","columns":[{"name":"id","type":"i64","primaryKey":true,"autoInc":true}]}}"""));
        var overlay = new MutationOverlay(state);
        overlay.Begin();
        overlay.Insert(0, Little(unchecked((ulong)-5L)), out _);
        overlay.Insert(0, Little(0), out ReadOnlySpan<byte> stored);
        stored.SequenceEqual(Little(1)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("get,write", true)]
    [InlineData("write,get", true)]
    [InlineData("scan,write", true)]
    [InlineData("count,emit", true)]
    [InlineData("delete,emit", true)]
    [InlineData("update,write", true)]
    [InlineData("generated,write", true)]
    [InlineData("emit,conflict", true)]
    [InlineData("insert,write", false)]
    [InlineData("write,read logged,insert", false)]
    [InlineData("get,delete,update,generated", false)]
    public void Information_from_ephemeral_tables_to_logged_ones_is_noticed(string steps, bool expected)
    {
        _state.GetTable(Presence).Insert(Note(1, "here"));
        foreach (string step in steps.Split(','))
        {
            _overlay.HasEphemeralFlow.ShouldBeFalse();
            DoEphemeral(step);
        }

        _overlay.HasEphemeralFlow.ShouldBe(expected);
    }

    [Fact]
    public void Ephemeral_rows_are_frozen_but_not_for_the_log()
    {
        _overlay.Insert(Presence, Note(7, "here"), out _);
        _overlay.Insert(Notes, Note(7, "note"), out _);
        MutationSet set = _overlay.Freeze();
        set.Count.ShouldBe(2);
        set.LoggedCount.ShouldBe(1);
        set[0].IsLogged.ShouldBeFalse();
        set[1].IsLogged.ShouldBeTrue();
    }

    [Fact]
    public void A_frozen_or_unopened_overlay_takes_no_more_and_foreign_savepoints_are_refused()
    {
        Savepoint savepoint = _overlay.CreateSavepoint();
        _overlay.Freeze();
        Should.Throw<InvalidOperationException>(() => _overlay.Delete(People, Key(1)));
        Should.Throw<InvalidOperationException>(() => new MutationOverlay(_state).Count(People));
        _overlay.Begin();
        Should.Throw<ArgumentException>(() => _overlay.RollbackTo(savepoint));
        Should.Throw<ArgumentException>(() => _overlay.Count(99));
        Should.Throw<ArgumentException>(() => _overlay.Update(Pings, Note(1, "")));
    }

    [Fact]
    public void Old_rows_of_a_frozen_set_stay_what_they_were_while_it_is_applied()
    {
        _overlay.Update(People, Person(1, "ann@x", "eve"));
        MutationSet set = _overlay.Freeze();
        _state.GetTable(People).Update(set[0].OldRow, set[0].NewRow);
        set[0].OldRow.SequenceEqual(Person(1, "ann@x", "ann")).ShouldBeTrue();
    }

    private void DoEphemeral(string step)
    {
        switch (step)
        {
            case "get": _overlay.TryGet(Presence, 0, Key(1), out _).ShouldBeTrue(); break;
            case "scan": _overlay.Scan(Presence, 0, KeyRange.All, false).Dispose(); break;
            case "count": _overlay.Count(Presence).ShouldBe(1); break;
            case "delete": _overlay.Delete(Presence, Key(1)).ShouldBeTrue(); break;
            case "update": _overlay.Update(Presence, Note(1, "gone")); break;
            case "generated": _overlay.Insert(Presence, Note(0, "new"), out _); break;
            case "insert": _overlay.Insert(Presence, Note(50, "new"), out _); break;
            case "conflict": _overlay.Insert(Presence, Note(1, "new"), out _).Result.ShouldBe(WriteResult.Duplicate); break;
            case "write": _overlay.Insert(Notes, Note(0, "new"), out _); break;
            case "read logged": _overlay.TryGet(People, 0, Key(1), out _).ShouldBeTrue(); break;
            default: _overlay.Emit(0, Little(1)); break;
        }
    }

    private ulong Insert(int table, ulong id)
    {
        _overlay.Insert(table, Note(id, "t"), out ReadOnlySpan<byte> stored).IsDone.ShouldBeTrue();
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(stored);
    }

    private static string Text(WriteOutcome outcome) =>
        outcome.Result == WriteResult.Duplicate ? $"Duplicate {outcome.Index}" : outcome.Result.ToString();

    private static List<string> Describe(MutationSet set)
    {
        var lines = new List<string>();
        foreach (Mutation mutation in set)
        {
            string old = mutation.OldRow.IsEmpty ? "-" : Convert.ToHexString(mutation.OldRow);
            lines.Add($"{mutation.Kind} {mutation.Number} {old} {Convert.ToHexString(mutation.NewRow)}");
        }

        return lines;
    }
}
