using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;
using static Interstice.Kernel.Tests.Migrations.MigrationTest;

namespace Interstice.Kernel.Tests.Migrations;

public sealed class MigrationPlanTests
{
    private static readonly ModuleSchema One = Declare("1.0.0", Table("t", $$"""{{Id}},{"name":"n","type":"u32"}"""), Table("u", Id));

    [Fact]
    public void Every_reason_is_told_at_once()
    {
        ModuleSchema next = Declare("2.0.0", Table("t", """{"name":"id","type":"string","primaryKey":true},{"name":"m","type":"u8"}"""));
        Refusals(One, next).ShouldBe(
        [
            "table \"u\" is gone; declare a migration with dropTable, or renameTable if it has another name now",
            "table \"t\" has no column \"n\" any more; declare a migration with dropColumn, or renameColumn if it has another name now",
            "table \"t\" has column \"id\" as string, which was u32: u32 is no string; declare a migration with changeColumn",
            "table \"t\" has a new column \"m\" without a default; give it a default, make it an option, or declare a migration with addColumn and a value",
        ]);
    }

    [Fact]
    public void Declarations_in_another_order_ask_for_no_step()
    {
        ModuleSchema next = Declare("1.0.0", Table("u", Id), Table("t", $$"""{{Id}},{"name":"n","type":"u32","default":4}""", ""","visibility":"private" """));
        var plan = MigrationPlan.Make(One, next, (_, _) => false);
        plan.Refusals.ShouldBeEmpty();
        plan.Steps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"dropColumn":{"table":"t","column":"x"}}""", "table \"t\" has no column \"x\" at this step")]
    [InlineData("""{"dropColumn":{"table":"t","column":"id"}}""", "it is part of the primary key")]
    [InlineData("""{"dropTable":{"table":"v"}}""", "there is no table \"v\" at this step")]
    [InlineData("""{"renameTable":{"table":"t","to":"u"}}""", "there is a table \"u\" already")]
    [InlineData("""{"renameColumn":{"table":"t","column":"n","to":"id"}}""", "table \"t\" has a column \"id\" already")]
    [InlineData("""{"addColumn":{"table":"t","column":"n","value":"1"}}""", "table \"t\" has a column \"n\" already")]
    [InlineData("""{"addColumn":{"table":"t","column":"m"}}""", "the new declarations have no column \"m\" of table \"t\"; give its type")]
    [InlineData("""{"addColumn":{"table":"t","column":"m","type":"u8"}}""", "it has neither a value nor a default, and is no option")]
    [InlineData("""{"addColumn":{"table":"t","column":"m","type":"u8","value":"q"}}""", "expression, offset 0: table \"t\" has no column \"q\"; texts stand in 'single' quotation marks")]
    [InlineData("""{"addColumn":{"table":"t","column":"m","type":"u8","value":"'a'"}}""", "expression, offset 0: 'a' is no integer (digits that fit)")]
    [InlineData("""{"addColumn":{"table":"t","column":"m","type":"u8","value":"n","ifNull":-1}}""", "ifNull: ")]
    [InlineData("""{"addColumn":{"table":"t","column":"m","type":"Missing","value":"n"}}""", "unknown type \"Missing\"")]
    [InlineData("""{"changeColumn":{"table":"t","column":"n","type":"string","value":"n"}}""", "expression, offset 0: expected a value of type string, found n, which is u32")]
    public void A_step_that_contradicts_the_tables_is_refused_with_its_text(string step, string problem)
    {
        ModuleSchema next = Declare("2.0.0", Table("t", $$"""{{Id}},{"name":"n","type":"u32"}"""), Table("u", Id), Migration("1.0.0", "2.0.0", step));
        string refusal = Refusals(One, next).ShouldHaveSingleItem();
        refusal.ShouldStartWith($"migration step {step}: ");
        refusal.ShouldContain(problem);
    }

    [Theory]
    [InlineData("""{"drop":{"table":"t"}}""", "there is no step \"drop\"")]
    [InlineData("""{"dropTable":{"table":"t","why":"x"}}""", "dropTable has no key \"why\"; it takes table")]
    [InlineData("""{"dropTable":{}}""", "\"table\" is missing")]
    [InlineData("""{"dropTable":{"table":1}}""", "\"table\" is 1; expected text")]
    [InlineData("""{"renameTable":{"table":"t","to":"_t"}}""", "names that begin with _ belong to the host")]
    [InlineData("""{"dropTable":{"table":"t"},"x":{}}""", "expected an object with one key")]
    [InlineData("""{"createTable":{"table":"t"}}""", "cannot be declared: the host takes it by itself where it is needed")]
    [InlineData("""{"migration":{"from":"1.0.0","to":"2.0.0"}}""", "cannot be declared: the host takes it by itself where it is needed")]
    public void A_malformed_step_is_refused_whatever_the_tables(string step, string problem) =>
        MigrationRules.FindProblems(Declare("2.0.0", Migration("1.0.0", "2.0.0", step))).ShouldHaveSingleItem().ShouldContain(problem);

    [Fact]
    public void The_way_through_the_versions_must_be_one_and_go_forward()
    {
        string step = """{"dropTable":{"table":"u"}}""";
        MigrationRules.FindProblems(Declare("2.0.0", Migration("1.0.0", "2.0.0", step), Migration("1.0.0", "1.5.0", step), Migration("1.5.0", "1.5.0-rc.1", step), Migration("1.1.0", "3.0.0", step)))
            .ShouldBe(
            [
                "migration from 1.1.0 to 3.0.0 leads beyond version 2.0.0 of the module; give the module a later version",
                "migration from 1.5.0 to 1.5.0-rc.1 does not lead to a later version",
                "migrations from 1.0.0 lead to 1.5.0 and 2.0.0; only one may leave a version, since the way must be one",
            ]);
        MigrationRules.FindProblems(Declare("2.0.0", """{"migration":{"from":"1.0.0","to":"2.0.0","reducer":"fill"}}"""))
            .ShouldBe(["migration from 1.0.0 to 2.0.0: reducer \"fill\" fills no table; name those that it fills in \"writes\""]);
    }

    [Theory]
    [InlineData("\"writes\":[\"nowhere\"]", "fills table \"nowhere\", which is not declared")]
    [InlineData("\"writes\":[\"_timers\"]", "fills table \"_timers\", which is not declared")]
    [InlineData("\"writes\":[\"e\"]", "fills table \"e\", whose rows are not in the log")]
    [InlineData("\"writes\":[\"t\"],\"drops\":[\"t\"]", "table \"t\" is both filled and dropped")]
    [InlineData("\"writes\":[\"t\"],\"reads\":[{\"name\":\"f\",\"kind\":\"ephemeral\",\"columns\":[{\"name\":\"id\",\"type\":\"u8\",\"primaryKey\":true}]}]",
        "reads table \"f\", whose rows are not in the log")]
    [InlineData("\"writes\":[\"t\"],\"steps\":[]", "both steps and reducer")]
    [InlineData("\"writes\":[\"t\",\"t\"]", "writes names \"t\" twice")]
    [InlineData("\"writes\":[7]", "expected names of tables, or their declarations")]
    [InlineData("\"writes\":[\"t\"],\"reads\":[\"t\"]", "expected an object")]
    [InlineData("\"writes\":[\"t\"],\"reads\":[{\"name\":\"f\",\"columns\":[{\"name\":\"id\",\"type\":\"u8\"}]}]", "table \"f\" has no primary key")]
    public void What_a_reducer_cannot_do_is_refused_whatever_the_tables(string keys, string problem)
    {
        string found;
        try
        {
            found = string.Join('\n', MigrationRules.FindProblems(Declare(
                "2.0.0",
                Table("t", Id),
                Table("e", Id, ",\"kind\":\"ephemeral\""),
                $$$"""{"migration":{"from":"1.0.0","to":"2.0.0","reducer":"fill",{{{keys}}}}}""")));
        }
        catch (SchemaException fault)
        {
            found = fault.Message;
        }

        found.ShouldContain(problem);
    }

    [Fact]
    public void A_gap_between_the_version_in_force_and_a_migration_is_refused()
    {
        string drop = """{"dropTable":{"table":"u"}}""";
        string table = Table("t", $$"""{{Id}},{"name":"n","type":"u32"}""");
        ModuleSchema third = Declare("3.0.0", table, Migration("2.0.0", "3.0.0", drop));
        Refusals(One, third).ShouldBe(
            ["no migration leads from version 1.0.0 to 2.0.0, where the one to 3.0.0 begins; declare it, or publish version 2.0.0 first"]);

        // What leads to versions that are behind is no matter any more.
        ModuleSchema later = Declare("3.0.0", Table("t", $$"""{{Id}},{"name":"n","type":"u32"}"""));
        Refusals(later, Declare("3.1.0", table, Migration("2.0.0", "3.0.0", drop))).ShouldBeEmpty();
    }

    [Fact]
    public void A_migration_that_was_applied_is_not_taken_again()
    {
        ModuleSchema two = Declare("2.0.0", Table("t", $$"""{{Id}},{"name":"n","type":"u32"}"""), Migration("1.0.0", "2.0.0", """{"dropTable":{"table":"u"}}"""));
        MigrationPlan.Make(One, two, (_, _) => false).Steps.Length.ShouldBe(2);
        MigrationPlan.Make(One, two, (from, to) => (from, to) == ("1.0.0", "2.0.0")).Refusals.ShouldHaveSingleItem().ShouldStartWith("table \"u\" is gone");
    }

    [Theory]
    [InlineData("1.0.0", "1.0.1", -1)]
    [InlineData("1.10.0", "1.9.0", 1)]
    [InlineData("1.0.0-rc.1", "1.0.0", -1)]
    [InlineData("1.0.0-alpha", "1.0.0-alpha.1", -1)]
    [InlineData("1.0.0-2", "1.0.0-10", -1)]
    [InlineData("1.0.0-2", "1.0.0-a", -1)]
    [InlineData("1.0.0+a", "1.0.0+b", 0)]
    [InlineData("99999999999999999999.0.0", "100000000000000000000.0.0", -1)]
    public void Versions_have_the_precedence_of_semver(string left, string right, int order)
    {
        Math.Sign(SemanticVersion.Compare(left, right)).ShouldBe(order);
        Math.Sign(SemanticVersion.Compare(right, left)).ShouldBe(-order);
    }
}
