using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using static Interstice.Kernel.Tests.Migrations.MigrationTest;

namespace Interstice.Kernel.Tests.Migrations;

public sealed class StateMigrationTests
{
    private const string Name = """{"name":"name","type":"string"}""";
    private static readonly ModuleSchema People = Declare("1.0.0", Table("people", $"{Id},{Name}"));

    [Fact]
    public void A_new_column_takes_its_default_or_none()
    {
        ModuleState state = State(People, ("people", ["""[1,"ann"]""", """[2,"bob"]"""]));
        ModuleState migrated = Migrate(state, Declare("1.1.0", Table("people",
            $$"""{{Id}},{"name":"age","type":"u8","default":30},{{Name}},{"name":"mail","type":"option<string>"}""")));
        Rows(migrated.FindTable("people")!).ShouldBe(
            ["""{"id":1,"age":30,"name":"ann","mail":null}""", """{"id":2,"age":30,"name":"bob","mail":null}"""]);
        Rows(state.FindTable("people")!).ShouldBe(["""{"id":1,"name":"ann"}""", """{"id":2,"name":"bob"}"""]);
    }

    [Fact]
    public void A_widened_key_keeps_rows_indexes_and_counter()
    {
        ModuleSchema before = Declare("1.0.0", Table("notes",
            """{"name":"id","type":"i32","primaryKey":true,"autoInc":true},{"name":"n","type":"i8","unique":true}"""));
        ModuleSchema after = Declare("1.0.0", Table("notes",
            """{"name":"id","type":"i64","primaryKey":true,"autoInc":true},{"name":"n","type":"i16","unique":true}"""));
        ModuleState state = State(before, ("notes", ["[-4,3]", "[9,-2]", "[2,100]"]));
        Table table = state.FindTable("notes")!;
        table.Release(table.Delete([9, 0, 0, 0, unchecked((byte)-2)]));
        Table migrated = Migrate(state, after).FindTable("notes")!;
        Rows(migrated).ShouldBe(["""{"id":"-4","n":3}""", """{"id":"2","n":100}"""]);
        migrated.Counter.ShouldBe(9ul);
    }

    [Fact]
    public void Tables_whose_rows_stay_are_not_copied_and_can_be_written_to()
    {
        ModuleState state = State(People, ("people", [.. Enumerable.Range(0, 2000).Select(i => $$"""[{{i}},"{{i % 7}}"]""")]));
        ModuleSchema next = Declare("1.1.0",
            Table("others", Id), Table("people", $"{Id},{Name}", ""","indexes":[{"name":"by_name","columns":["name"]}]"""));
        ModuleState migrated = Migrate(state, next);
        Table people = migrated.FindTable("people")!;
        people.Rows.ShouldBeSameAs(state.FindTable("people")!.Rows);
        people.Schema.Number.ShouldBe(1);
        migrated.Hash.ShouldBe(state.Hash);
        Insert(people, """[5000,"3"]""");
        people.Verify();
        migrated.ComputeHashFromRows().ShouldBe(migrated.Hash);
    }

    [Fact]
    public void A_unique_index_is_built_unless_two_rows_have_the_same_key()
    {
        ModuleSchema next = Declare("1.1.0", Table("people", $$"""{{Id}},{"name":"name","type":"string","unique":true}"""));
        Migrate(State(People, ("people", ["""[1,"ann"]""", """[2,"bob"]"""])), next).FindTable("people")!.Verify();
        ModuleState state = State(People, ("people", ["""[1,"ann"]""", """[2,"bob"]""", """[7,"ann"]"""]));
        MigrationException refused = Should.Throw<MigrationException>(() => Migrate(state, next));
        refused.Kind.ShouldBe(MigrationErrorKind.Row);
        refused.Message.ShouldBe("table \"people\": rows [1] and [7] have the same key in the unique index \"name\"; "
            + "make them different, or the index not unique");
        state.FindTable("people")!.Verify();
        Insert(state.FindTable("people")!, """[8,"ann"]""");
    }

    [Fact]
    public void Declared_steps_rename_compute_drop_and_are_followed_by_what_the_host_does_itself()
    {
        ModuleSchema before = Declare("1.0.0",
            Table("users", $$"""{{Id}},{"name":"first","type":"string","unique":true},{"name":"cents","type":"i64"}"""),
            Table("junk", Id));
        ModuleSchema after = Declare("2.0.0",
            Table("people", $$"""{{Id}},{"name":"name","type":"string","unique":true},{"name":"euros","type":"i32"},{"name":"is_rich","type":"bool"},{"name":"level","type":"u8","default":1}"""),
            Migration("1.0.0", "2.0.0",
                """{"renameTable":{"table":"users","to":"people"}}""",
                """{"renameColumn":{"table":"people","column":"first","to":"name"}}""",
                """{"addColumn":{"table":"people","column":"is_rich","value":"cents > 100000"}}""",
                """{"addColumn":{"table":"people","column":"euros","value":"cents / 100"}}""",
                """{"dropColumn":{"table":"people","column":"cents"}}""",
                """{"dropTable":{"table":"junk"}}"""));
        ModuleState state = State(before, ("users", ["""[1,"ann","250"]""", """[2,"bob","10000099"]"""]), ("junk", ["[1]"]));
        Rows(Migrate(state, after).FindTable("people")!).ShouldBe(
        [
            """{"id":1,"name":"ann","euros":2,"is_rich":false,"level":1}""",
            """{"id":2,"name":"bob","euros":100000,"is_rich":true,"level":1}""",
        ]);
    }

    [Fact]
    public void Migrations_are_chained_from_the_version_in_force()
    {
        string[] migrations =
        [
            Migration("1.0.0", "2.0.0", """{"addColumn":{"table":"t","column":"a","type":"u32","value":"id + 1"}}"""),
            Migration("2.0.0", "3.0.0", """{"addColumn":{"table":"t","column":"b","value":"a * 2"}}""", """{"dropColumn":{"table":"t","column":"a"}}"""),
        ];
        ModuleSchema third = Declare("3.0.0", [Table("t", $$"""{{Id}},{"name":"b","type":"u64"}"""), .. migrations]);
        ModuleState first = State(Declare("1.0.0", Table("t", Id)), ("t", ["[1]", "[5]"]));
        string[] expected = ["""{"id":1,"b":"4"}""", """{"id":5,"b":"12"}"""];
        ModuleState migrated = Migrate(first, third);
        Rows(migrated.FindTable("t")!).ShouldBe(expected);
        Rows(migrated.FindTable("_migrations")!).ShouldBe(
            ["""{"publication":2,"from":"1.0.0","to":"3.0.0","at":"1970-01-01T00:00:00.000000Z","what":"1.0.0 to 2.0.0; 2.0.0 to 3.0.0"}"""]);
        MigrationRows.Read(migrated).ShouldBe(["1.0.0 to 2.0.0", "2.0.0 to 3.0.0"], ignoreOrder: true);
        MigrationRows.Read(first).ShouldBeEmpty();
        ModuleState second = Migrate(first, Declare("2.0.0", Table("t", $$"""{{Id}},{"name":"a","type":"u32"}"""), migrations[0]));
        Rows(Migrate(second, third).FindTable("t")!).ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"changeColumn":{"table":"t","column":"n"}}""", "table \"t\", row [2]: column \"n\": \"n\" does not fit u8")]
    [InlineData("""{"changeColumn":{"table":"t","column":"n","value":"200 / (n - 300) + 9"}}""", "table \"t\", row [2]: column \"n\": 200 / (n - 300) + 9 is null; give ifNull, or make the column an option")]
    public void A_row_that_has_no_place_in_the_new_tables_is_named_and_nothing_changes(string step, string message)
    {
        ModuleState state = State(Declare("1.0.0", Table("t", $$"""{{Id}},{"name":"n","type":"u32"}""")), ("t", ["[1,200]", "[2,300]"]));
        ModuleSchema next = Declare("2.0.0", Table("t", $$"""{{Id}},{"name":"n","type":"u8"}"""), Migration("1.0.0", "2.0.0", step));
        Interstice.Kernel.Hashing.StateHash hash = state.Hash;
        MigrationException refused = Should.Throw<MigrationException>(() => Migrate(state, next));
        (refused.Kind, refused.Message).ShouldBe((MigrationErrorKind.Row, message));
        (state.Hash, state.ComputeHashFromRows()).ShouldBe((hash, hash));
    }

    [Fact]
    public void A_value_for_null_makes_an_option_a_plain_column()
    {
        ModuleState state = State(
            Declare("1.0.0", Table("t", $$"""{{Id}},{"name":"n","type":"option<u32>"},{"name":"at","type":"i64"}""")),
            ("t", ["""[1,null,"5"]""", """[2,[7],"-6"]"""]));
        ModuleSchema next = Declare("2.0.0",
            Table("t", $$"""{{Id}},{"name":"n","type":"u32"},{"name":"at","type":"timestamp"}"""),
            Migration("1.0.0", "2.0.0",
                """{"changeColumn":{"table":"t","column":"n","ifNull":9}}""", """{"changeColumn":{"table":"t","column":"at","value":"at * 1000000"}}"""));
        Rows(Migrate(state, next).FindTable("t")!).ShouldBe(
        [
            """{"id":1,"n":9,"at":"1970-01-01T00:00:05.000000Z"}""",
            """{"id":2,"n":7,"at":"1969-12-31T23:59:54.000000Z"}""",
        ]);
    }

    [Theory]
    [InlineData("""{"addColumn":{"table":"t","column":"d","type":"option<i64>","value":"c + 1","ifNull":[0]}}""", "option<i64>", """["0"]""", """["8"]""")]
    [InlineData("""{"addColumn":{"table":"t","column":"d","type":"option<i64>","value":"c","ifNull":[0]}}""", "option<i64>", """["0"]""", """["7"]""")]
    [InlineData("""{"addColumn":{"table":"t","column":"d","type":"option<i32>","value":"c","ifNull":[0]}}""", "option<i32>", "[0]", "[7]")]
    [InlineData("""{"addColumn":{"table":"t","column":"d","type":"option<i64>","value":"c","ifNull":null}}""", "option<i64>", "null", """["7"]""")]
    [InlineData("""{"addColumn":{"table":"t","column":"d","type":"option<i64>","value":"c + 1"}}""", "option<i64>", "null", """["8"]""")]
    public void A_value_for_null_stands_in_an_option_too(string step, string type, string ofNull, string ofSeven)
    {
        string c = """{"name":"c","type":"option<i32>"}""";
        ModuleState state = State(Declare("1.0.0", Table("t", $"{Id},{c}")), ("t", ["[1,null]", "[2,[7]]"]));
        ModuleSchema next = Declare("2.0.0", Table("t", $$"""{{Id}},{{c}},{"name":"d","type":"{{type}}"}"""), Migration("1.0.0", "2.0.0", step));
        Rows(Migrate(state, next).FindTable("t")!).ShouldBe(
            [$$"""{"id":1,"c":null,"d":{{ofNull}}}""", $$"""{"id":2,"c":[7],"d":{{ofSeven}}}"""]);
    }

    [Fact]
    public void A_value_for_null_stands_where_the_host_could_convert_the_column_itself()
    {
        ModuleState state = State(Declare("1.0.0", Table("t", $$"""{{Id}},{"name":"n","type":"option<i32>"}""")), ("t", ["[1,null]", "[2,[7]]"]));
        string columns = $$"""{{Id}},{"name":"n","type":"option<i64>"}""";
        ModuleSchema next = Declare("2.0.0", Table("t", columns),
            Migration("1.0.0", "2.0.0", """{"changeColumn":{"table":"t","column":"n","ifNull":["9"]}}"""));
        Rows(Migrate(state, next).FindTable("t")!).ShouldBe(["""{"id":1,"n":["9"]}""", """{"id":2,"n":["7"]}"""]);
        Refusals(state.Schema, Declare("2.0.0", Table("t", columns),
            Migration("1.0.0", "2.0.0", """{"changeColumn":{"table":"t","column":"n","ifNull":"nine"}}"""))).ShouldHaveSingleItem().ShouldContain("ifNull: ");
    }

    [Theory]
    [InlineData("i32", 300, 300)]
    [InlineData("u32", 9, 9)]
    [InlineData("i32", 5_000_000_000, 2)]
    [InlineData("i32", 9, 2, ",\"value\":\"id + 0\"")]
    public void A_narrowed_counter_goes_on_where_it_was_if_that_fits(string type, long deleted, ulong counter, string value = "")
    {
        ModuleState state = State(
            Declare("1.0.0", Table("t", """{"name":"id","type":"i64","primaryKey":true,"autoInc":true}""")), ("t", ["""["2"]""", $"""["{deleted}"]"""]));
        Table table = state.FindTable("t")!;
        table.Release(table.Delete(BitConverter.GetBytes(deleted)));
        ModuleSchema next = Declare("2.0.0", Table("t", $$"""{"name":"id","type":"{{type}}","primaryKey":true,"autoInc":true}"""),
            Migration("1.0.0", "2.0.0", $$$"""{"changeColumn":{"table":"t","column":"id"{{{value}}}}}"""));
        Table migrated = Migrate(state, next).FindTable("t")!;
        Rows(migrated).ShouldBe(["""{"id":2}"""]);
        migrated.Counter.ShouldBe(counter);
    }

    [Fact]
    public void Another_primary_key_is_taken_if_no_two_rows_have_the_same()
    {
        string columns = """{"name":"a","type":"u8"},{"name":"b","type":"u8"}""";
        ModuleSchema before = Declare("1.0.0", Table("t", columns, ""","primaryKey":["a","b"]"""));
        ModuleSchema after = Declare("2.0.0", Table("t", columns, ""","primaryKey":["b"]"""), Migration("1.0.0", "2.0.0", """{"changeKey":{"table":"t"}}"""));
        Rows(Migrate(State(before, ("t", ["[1,9]", "[2,3]"])), after).FindTable("t")!).ShouldBe(["""{"a":2,"b":3}""", """{"a":1,"b":9}"""]);
        Should.Throw<MigrationException>(() => Migrate(State(before, ("t", ["[1,9]", "[2,9]"])), after))
            .Message.ShouldBe("table \"t\": two rows have the primary key [9]");
    }

    [Fact]
    public void Steps_that_do_not_lead_to_the_declared_tables_are_refused()
    {
        ModuleSchema next = Declare("1.0.0", Table("people", $$"""{{Id}},{{Name}},{"name":"age","type":"u8","default":1}"""));
        MigrationException refused = Should.Throw<MigrationException>(() => StateMigration.Run(State(People), next, [], 2, 0));
        (refused.Kind, refused.Message).ShouldBe(
            (MigrationErrorKind.OtherTables, "table \"people\" has a new column \"age\" with a default"));
    }
}
