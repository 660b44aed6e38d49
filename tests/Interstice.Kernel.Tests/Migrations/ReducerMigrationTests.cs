using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Values;
using static Interstice.Kernel.Tests.Migrations.MigrationTest;

namespace Interstice.Kernel.Tests.Migrations;

public sealed class ReducerMigrationTests
{
    private const string Numbered = """{"name":"id","type":"u32","primaryKey":true,"autoInc":true},{"name":"name","type":"string"}""";
    private const string People = $$"""{"name":"people","columns":[{{Numbered}}]}""";
    private const string Archive = $$"""{"name":"archive","columns":[{{Numbered}}]}""";

    // Goal: the rows of one table do not end up in another. Method: a table is filled, gets another name, and a table of its old name and the
    // same declaration is filled; the way of three versions gives what the three ways of one version give.
    [Fact]
    public void A_table_that_is_filled_again_under_the_name_that_another_had_is_not_that_one()
    {
        string[] migrations =
        [
            ByReducer("1.0.0", "2.0.0", "first", [], ["\"people\""]),
            Migration("2.0.0", "3.0.0", """{"renameTable":{"table":"people","to":"archive"}}"""),
            ByReducer("3.0.0", "4.0.0", "second", [Archive], ["\"people\""]),
        ];
        ModuleSchema[] versions =
        [
            Declare("1.0.0"),
            Declare("2.0.0", [Line(People), .. migrations[..1]]),
            Declare("3.0.0", Line(Archive), ByReducer("1.0.0", "2.0.0", "first", [], [People]), migrations[1]),
            Declare("4.0.0", [Line(Archive), Line(People), .. migrations]),
        ];
        ModuleState oneByOne = State(versions[0]);
        foreach (ModuleSchema version in versions[1..]) oneByOne = Run(oneByOne, version, new Writer());
        ModuleState direct = Run(State(versions[0]), versions[3], new Writer());
        foreach (ModuleState state in (ModuleState[])[oneByOne, direct])
        {
            Rows(state.FindTable("archive")!).ShouldBe(["""{"id":1,"name":"ann"}""", """{"id":2,"name":"bob"}"""]);
            Rows(state.FindTable("people")!).ShouldBe(["""{"id":7,"name":"2 before"}"""]);
        }

        foreach (string name in (string[])["archive", "people"])
        {
            Table table = direct.FindTable(name)!;
            (table.Hash, table.Counter).ShouldBe((oneByOne.FindTable(name)!.Hash, oneByOne.FindTable(name)!.Counter));
            Insert(table, """[9,"cid"]""");
            table.Verify();
        }

        Rows(direct.FindTable("archive")!).Length.ShouldBe(3);
    }

    [Fact]
    public void A_counter_that_only_this_host_knows_is_not_taken_over()
    {
        ModuleSchema before = Declare("1.0.0", Line(People[..^1] + ",\"kind\":\"ephemeral\"}"));
        ModuleSchema after = Declare("2.0.0", Line(People), ByReducer("1.0.0", "2.0.0", "first", [], ["\"people\""]));
        ModuleState used = Run(State(before, ("people", ["""[57,"gone"]"""])), after, new Writer());
        used.FindTable("people")!.Counter.ShouldBe(2ul);
        used.Hash.ShouldBe(Run(State(before), after, new Writer()).Hash);
    }

    [Fact]
    public void A_named_type_that_changed_is_told_and_can_be_read_under_the_name_that_it_keeps()
    {
        const string oldHome = """{"type":{"name":"Home","struct":[{"name":"zip","type":"u32"}]}}""";
        const string fields = """[{"name":"zip","type":"string"}]""";
        ModuleSchema before = Declare("1.0.0", oldHome, Line(WithHome("Home")));
        string migration = ByReducer("1.0.0", "2.0.0", "first", [WithHome("Home")], ["\"people\""]);
        string told = Refusals(before, Declare("2.0.0", $$$"""{"type":{"name":"Home","struct":{{{fields}}}}}""", Line(WithHome("Home")), migration)).ShouldHaveSingleItem();
        told.ShouldContain("table \"people\" has column \"home\" of type Home, which the new build declares otherwise");
        told.ShouldContain("give the changed type another name and leave the old one declared");
        Refusals(before, Declare("2.0.0", oldHome, $$$"""{"type":{"name":"Place","struct":{{{fields}}}}}""", Line(WithHome("Place")), migration)).ShouldBeEmpty();

        static string WithHome(string type) =>
            $$"""{"name":"people","columns":[{"name":"id","type":"u32","primaryKey":true},{"name":"home","type":"{{type}}"}]}""";
    }

    private static string Line(string table) => $$"""{"table":{{table}}}""";

    private static string ByReducer(string from, string to, string reducer, string[] reads, string[] writes) =>
        $$$"""{"migration":{"from":"{{{from}}}","to":"{{{to}}}","reducer":"{{{reducer}}}","reads":[{{{string.Join(',', reads)}}}],"writes":[{{{string.Join(',', writes)}}}]}}""";

    private static ModuleState Run(ModuleState state, ModuleSchema next, IMigrationReducers reducers)
    {
        IReadOnlySet<string> taken = MigrationRows.Read(state);
        var plan = MigrationPlan.Make(state.Schema, next, (from, to) => taken.Contains(MigrationRows.NameOf(from, to)));
        plan.Refusals.ShouldBeEmpty();
        ModuleState migrated = StateMigration.Run(
            state, next, [.. plan.Steps.Select(step => step.Step)], publication: 2 + (int)state.FindTable("_migrations")!.Count, atUs: 0, reducers);
        migrated.Hash.ShouldBe(migrated.ComputeHashFromRows());
        return migrated;
    }

    // The first fills people; the second says in one row how many there are of before.
    private sealed class Writer : IMigrationReducers
    {
        public ReducerEffects Run(MigrationSchema migration, Func<MigrationScope> scope)
        {
            ModuleState seen = scope().State;
            TableSchema people = seen.FindTable("people")!.Schema;
            string[] rows = migration.Reducer == "first"
                ? ["""[1,"ann"]""", """[2,"bob"]"""]
                : [$$"""[7,"{{seen.FindTable("archive" + MigrationScope.OldSuffix)!.Count}} before"]"""];
            return new(0, 0, [new TableRows("people", [.. rows.Select(row => Encode(people, row))])]);
        }

        private static ReadOnlyMemory<byte> Encode(TableSchema table, string values)
        {
            var row = new ArrayBufferWriter<byte>();
            foreach ((int i, JsonElement value) in JsonElement.Parse(values).EnumerateArray().Index())
                JsonValues.TryRead(value, table.Columns[i].Type, row, out ValueError error).ShouldBeTrue(error.ToString());
            return row.WrittenSpan.ToArray();
        }
    }
}
