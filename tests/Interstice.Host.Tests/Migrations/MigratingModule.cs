using Interstice.TestKit.Engines;

namespace Interstice.Host.Tests.Migrations;

/// <summary>Builds of the test module whose migrations are reducers: people with one name become people with two, and these persons with one.</summary>
internal static class MigratingModule
{
    public const string Name = "migrating";

    public const string People = """{"name":"people","columns":[{"name":"id","type":"u32","primaryKey":true,"autoInc":true},{"name":"name","type":"string"}]}""";

    public const string Split =
        """{"name":"people","columns":[{"name":"id","type":"u32","primaryKey":true,"autoInc":true},{"name":"first","type":"string"},{"name":"last","type":"string"}]}""";

    public const string Names =
        """{"name":"names","columns":[{"name":"id","type":"u32","primaryKey":true,"autoInc":true},{"name":"text","type":"string","unique":true}]}""";

    public const string Persons = """{"name":"persons","columns":[{"name":"id","type":"u32","primaryKey":true},{"name":"name","type":"string"}]}""";

    private static readonly string[] Functions =
    [
        """{"reducer":{"name":"insert","parameters":[{"name":"table","type":"string"},{"name":"row","type":"bytes"}]}}""",
        """{"reducer":{"name":"later","parameters":[{"name":"table","type":"string"},{"name":"row","type":"bytes"}]}}""",
        """{"reducer":{"name":"delete","parameters":[{"name":"table","type":"string"},{"name":"key","type":"bytes"}]}}""",
    ];

    public static readonly string ToTwoNames = Migration("1.0.0", "2.0.0", "split", [People], ["\"people\"", "\"names\""]);

    public static readonly byte[] First = Build("1.0.0", Table(People));

    public static readonly byte[] Second = Build("2.0.0", Table(Split), Table(Names), ToTwoNames);

    /// <summary>Takes over from the second version, and from the first: what the first migration fills is declared in it, since it is gone by now.</summary>
    public static readonly byte[] Third = Build(
        "3.0.0",
        Table(Persons),
        Table(Names),
        Migration("1.0.0", "2.0.0", "split", [People], [Split, "\"names\""]),
        Migration("2.0.0", "3.0.0", "join", [Split], ["\"persons\""], ["people"]));

    public static byte[] Build(string version, params string[] lines) => Declarations.Replace(
        HostFixture.Binary(Name), [$$$"""{"module":{"name":"migrating","version":"{{{version}}}","abi":1}}""", .. Functions, .. lines]);

    public static string Table(string declaration) => $$"""{"table":{{declaration}}}""";

    public static string Migration(string from, string to, string reducer, string[] reads, string[] writes, string[]? drops = null)
    {
        string dropped = drops is null ? "" : $",\"drops\":[{string.Join(',', drops.Select(name => $"\"{name}\""))}]";
        return $$$"""{"migration":{"from":"{{{from}}}","to":"{{{to}}}","reducer":"{{{reducer}}}","reads":[{{{string.Join(',', reads)}}}],"writes":[{{{string.Join(',', writes)}}}]{{{dropped}}}}}""";
    }
}
