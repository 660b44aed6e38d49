using System.Text;
using Interstice.Host.Modules;
using Interstice.Host.Subscriptions;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Tests.Subscriptions;

public sealed class SubscriptionRulesTests
{
    private const string Handler = """{"reducer":{"name":"hear","parameters":[{"name":"id","type":"u64"},{"name":"text","type":"string"}]}}""";

    private static readonly ModuleSchema Source = Schema("source", """
        {"type":{"name":"Alarm","struct":[{"name":"id","type":"u64"},{"name":"text","type":"string"}]}}
        {"table":{"name":"rows","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"text","type":"string"}]}}
        {"table":{"name":"secrets","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"text","type":"string"}],"visibility":"private"}}
        {"table":{"name":"passing","kind":"ephemeral","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"text","type":"string"}]}}
        {"table":{"name":"clicks","kind":"event","columns":[{"name":"id","type":"u64"},{"name":"text","type":"string"}]}}
        {"event":{"name":"alarm","type":"Alarm"}}
        """);

    public static TheoryData<string, string, string> Misfits => new()
    {
        { "source.secrets", "insert", "private to module source" },
        { "source.passing", "insert", "ephemeral" },
        { "source.rwos", "insert", "did you mean \"rows\"?" },
        { "source.clicks", "update", "inserted only" },
        { "source.rows", "event", "the operation is insert, update or delete" },
        { "source.alarm", "insert", "the operation is event" },
        { "source.rows", "update", "the row before and of the row after" },
    };

    [Theory]
    [InlineData("source.rows", "insert")]
    [InlineData("source.rows", "delete")]
    [InlineData("source.clicks", "insert")]
    [InlineData("source.clicks", "event")]
    [InlineData("source.alarm", "event")]
    public void A_handler_of_the_columns_hears_rows_and_events_of_such_a_struct(string source, string operation) =>
        SubscriptionRules.Check("module", With(Schema("module", Handler + "\n" + Hears(source, operation)))).ShouldBeEmpty();

    [Fact]
    public void A_struct_of_the_columns_stands_for_a_row()
    {
        ModuleSchema module = Schema("module", """
            {"type":{"name":"Row","struct":[{"name":"a","type":"u64"},{"name":"b","type":"string"}]}}
            {"reducer":{"name":"hear","parameters":[{"name":"before","type":"Row"},{"name":"after","type":"Row"}]}}
            """ + "\n" + Hears("source.rows", "update"));
        SubscriptionRules.Check("module", With(module)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Misfits))]
    public void What_does_not_fit_its_source_is_refused_and_says_why(string source, string operation, string why) =>
        Should.Throw<ModuleRefusedException>(() => SubscriptionRules.Check("module", With(Schema("module", Handler + "\n" + Hears(source, operation)))))
            .Message.ShouldContain(why);

    [Fact]
    public void A_module_may_hear_its_own_private_table_within_a_depth()
    {
        string own = """
            {"table":{"name":"t","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"text","type":"string"}],"visibility":"private"}}
            """ + "\n" + Handler + "\n" + Hears("own.t", "insert");
        Should.Throw<ModuleRefusedException>(() => SubscriptionRules.Check("own", With(Schema("own", own))))
            .Message.ShouldContain("a cycle: own.t -> own.hear");
        SubscriptionRules.Check("own", With(Schema("own", own.Replace("\"handler\"", "\"depth\":2,\"handler\"", StringComparison.Ordinal)))).ShouldBeEmpty();
    }

    [Fact]
    public void A_cycle_over_a_call_is_refused_with_its_path_and_calls_alone_make_none()
    {
        ModuleSchema a = Schema("a", """
            {"table":{"name":"t","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"text","type":"string"}]}}
            {"reducer":{"name":"work","calls":["b.help"]}}
            """);
        ModuleSchema b = Schema("b", """
            {"reducer":{"name":"help","calls":["a.work"]}}
            """ + "\n" + Handler);
        SubscriptionRules.Check("b", new Dictionary<string, ModuleSchema> { ["a"] = a, ["b"] = b }).ShouldBeEmpty();
        ModuleSchema hearing = Schema("b", """
            {"reducer":{"name":"help","calls":["a.work"]}}
            """ + "\n" + Handler + "\n" + Hears("a.t", "insert"));
        Should.Throw<ModuleRefusedException>(() => SubscriptionRules.Check("b", new Dictionary<string, ModuleSchema> { ["a"] = a, ["b"] = hearing }))
            .Message.ShouldContain("cycle: b.help calls a.work, a.t -> b.hear");
    }

    [Fact]
    public void A_source_that_changes_under_its_subscribers_is_told_so()
    {
        ModuleSchema module = Schema("module", Handler + "\n" + Hears("source.rows", "insert"));
        ModuleSchema next = Schema("source", """{"table":{"name":"rows","columns":[{"name":"id","type":"u64","primaryKey":true}]}}""");
        SubscriptionRules.Check("source", new Dictionary<string, ModuleSchema> { ["module"] = module, ["source"] = next })
            .Single().ShouldStartWith("module module no longer hears this one: subscription of \"hear\"");
    }

    private static Dictionary<string, ModuleSchema> With(ModuleSchema module) => new() { ["source"] = Source, [module.Name] = module };

    private static string Hears(string source, string operation) =>
        $$$"""{"subscription":{"source":"{{{source}}}","operation":"{{{operation}}}","handler":"hear"}}""";

    private static ModuleSchema Schema(string name, string declarations) => ModuleSchema.Parse(Encoding.UTF8.GetBytes(
        $$$"""{"module":{"name":"{{{name}}}","version":"1.0.0","abi":1}}""" + "\n" + declarations));
}
