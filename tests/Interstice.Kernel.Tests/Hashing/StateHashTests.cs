using Interstice.Kernel.Hashing;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Tests.Tables;
using static Interstice.Kernel.Tests.Tables.TestTable;

namespace Interstice.Kernel.Tests.Hashing;

public sealed class StateHashTests
{
    // The vectors of docs/formats/state-hash.md: a changed algorithm would make every recorded hash wrong.
    [Fact]
    public void Hash_of_the_documented_state_is_the_documented_one()
    {
        TableSeed seed = TableSeed.Of("accounts");
        seed.Rows.ShouldBe(Vectors.RowSeed);
        seed.Counter.ShouldBe(Vectors.CounterSeed);
        RowHash.Compute(seed, Convert.FromHexString("0100000000000000")).ToString().ShouldBe(Vectors.RowHash);
        RowHash.ComputeCounter(seed, 1).ToString().ShouldBe(Vectors.CounterHash);
        ModuleState state = new(Parse("""{"table":{"name":"accounts","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true}]}}"""));
        state.GetTable(0).Insert(Little(1));
        state.Hash.ToString().ShouldBe(Vectors.Sum);
        RowHash.ComputeCounter(seed, 0).ShouldBe(StateHash.Zero);
    }

    [Fact]
    public void Order_of_changes_does_not_matter_but_table_and_content_do()
    {
        ModuleState first = NewState(), second = NewState(), third = NewState();
        first.GetTable(Notes).Insert(Note(1, "a"));
        first.GetTable(Notes).Insert(Note(2, "b"));
        second.GetTable(Notes).Insert(Note(2, "c"));
        second.GetTable(Notes).Update(Note(2, "c"), Note(2, "b"));
        second.GetTable(Notes).Insert(Note(1, "a"));
        second.Hash.ShouldBe(first.Hash);
        third.GetTable(Notes).Insert(Note(1, "b"));
        third.GetTable(Notes).Insert(Note(2, "a"));
        third.Hash.ShouldNotBe(first.Hash);
        RowHash.Compute(TableSeed.Of("notes"), Note(1, "a")).ShouldNotBe(RowHash.Compute(TableSeed.Of("note"), Note(1, "a")));
    }

    [Fact]
    public void Number_and_neighbours_of_a_table_do_not_matter()
    {
        const string one = """{"table":{"name":"one","columns":[{"name":"id","type":"u64","primaryKey":true}]}}""";
        const string two = """{"table":{"name":"two","columns":[{"name":"id","type":"u64","primaryKey":true}]}}""";
        var alone = new ModuleState(Parse(two));
        var behind = new ModuleState(Parse(one, two));
        alone.FindTable("two")!.Insert(Little(7));
        behind.FindTable("two")!.Insert(Little(7));
        behind.Hash.ShouldBe(alone.Hash);
    }

    [Fact]
    public void A_counter_counts_even_when_its_rows_are_gone_and_ephemeral_rows_never_do()
    {
        ModuleState state = NewState();
        Table notes = state.GetTable(Notes);
        notes.Insert(Note(5, "x"));
        notes.Delete(Note(5, "x"));
        state.Hash.ShouldBe(RowHash.ComputeCounter(TableSeed.Of("notes"), 5));
        state.ComputeHashFromRows().ShouldBe(state.Hash);
        StateHash hash = state.Hash;
        state.GetTable(Presence).Insert(Note(3, "here"));
        state.Hash.ShouldBe(hash);
        state.GetTable(Presence).Hash.ShouldBe(StateHash.Zero);
    }

    [Fact]
    public void Text_form_is_32_digits_and_reads_back()
    {
        var hash = new StateHash(UInt128.MaxValue / 3);
        hash.ToString().Length.ShouldBe(32);
        StateHash.TryParse(hash.ToString(), out StateHash parsed).ShouldBeTrue();
        parsed.ShouldBe(hash);
        foreach (string wrong in (string[])["", "12", new string('g', 32), new string('0', 33), " " + new string('0', 31)])
            StateHash.TryParse(wrong, out _).ShouldBeFalse(wrong);
        (new StateHash(UInt128.MaxValue) + new StateHash(1)).ShouldBe(StateHash.Zero);
        (StateHash.Zero - new StateHash(1)).ShouldBe(new StateHash(UInt128.MaxValue));
    }

    private static class Vectors
    {
        internal const ulong RowSeed = 0x4CBFD5D11E85A790;
        internal const ulong CounterSeed = 0x37BD61D2406BFC9B;
        internal const string RowHash = "3eacf51c3a335e008f050ef65d0ea931";
        internal const string CounterHash = "a4a3ac5e9cd9284986a14f36cf05c329";
        internal const string Sum = "e350a17ad70c864a15a65e2d2c146c5a";
    }
}
