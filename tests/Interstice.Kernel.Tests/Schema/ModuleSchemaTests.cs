using System.Text;
using System.Text.Json;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tests.Schema;

public sealed class ModuleSchemaTests
{
    /// <summary>The example of docs/abi.md.</summary>
    internal const string Bank = """
        {"module":{"name":"bank","version":"1.0.0","abi":1}}
        {"type":{"name":"Address","struct":[{"name":"street","type":"string"},{"name":"zip","type":"option<string>"}]}}
        {"type":{"name":"Status","enum":[{"name":"open"},{"name":"closed","type":"string"}]}}
        {"table":{"name":"accounts","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"owner","type":"string"},{"name":"balance","type":"i64","default":"0"}],"indexes":[{"name":"by_owner","columns":["owner","id"]}]}}
        {"reducer":{"name":"transfer","parameters":[{"name":"from","type":"u64"},{"name":"to","type":"u64"},{"name":"amount","type":"i64"}],"result":"u64"}}
        {"query":{"name":"balance","parameters":[{"name":"account","type":"u64"}],"result":"i64"}}
        {"event":{"name":"overdrawn","type":"u64"}}
        """;

    /// <summary>One of each kind of declaration, with everything that may be declared.</summary>
    private const string Everything = """
        {"module":{"name":"zoo","version":"1.2.3-rc.1","abi":1,"license":"MIT"}}
        {"type":{"name":"Zone","enum":[{"name":"north"},{"name":"south"}]}}
        {"type":{"name":"Food","enum":[{"name":"none"},{"name":"hay","type":"f64"}],"doc":"what it eats"}}
        {"type":{"name":"Animal","struct":[{"name":"name","type":"string"},{"name":"food","type":"Food"},{"name":"young","type":"list<Animal>"}]}}
        {"type":{"name":"Weight","alias":"f64"}}
        {"table":{"name":"zebra","columns":[{"name":"zone","type":"Zone"},{"name":"number","type":"u32"},{"name":"weight","type":"Weight","hint":{"unit":"kg", "\u00e4":[1.50]}},{"name":"tag","type":"option<string>","unique":true},{"name":"animal","type":"Animal","default":{"young":[],"name":"é\n","food":"none"}}],"primaryKey":["number","zone"],"indexes":[{"name":"by_weight","columns":["weight","number"]},{"name":"by_tag","columns":["tag","zone"],"unique":true}],"visibility":"private","version":3}}
        {"table":{"name":"ants","kind":"ephemeral","columns":[{"name":"id","type":"i64","primaryKey":true,"autoInc":true}]}}
        {"table":{"name":"clicks","kind":"event","columns":[{"name":"at","type":"timestamp"},{"name":"notes","type":"map<string,list<u8>>","default":[["b",[1]],["a",[]]]}]}}
        {"reducer":{"name":"run","parameters":[{"name":"zone","type":"Zone"}],"visibility":"private","calls":["bank.open","bank.close"]}}
        {"reducer":{"name":"start","lifecycle":"init"}}
        {"query":{"name":"heaviest","parameters":[{"name":"zone","type":"option<Zone>"}],"result":"list<Animal>"}}
        {"event":{"name":"beat","type":"u64"}}
        {"event":{"name":"alarm","type":"Animal"}}
        {"subscription":{"source":"bank.accounts","operation":"update","handler":"run"}}
        {"subscription":{"source":"zoo.alarm","operation":"event","handler":"run"}}
        {"migration":{"from":"1.0.0","to":"1.1.0","steps":[{"rename":["a","b"]}]}}
        {"migration":{"from":"1.1.0","to":"1.2.3-rc.1","reducer":"fill"}}
        """;

    [Fact]
    public void The_example_of_the_abi_page_is_read_with_all_its_parts()
    {
        ModuleSchema schema = Parse(Bank);
        schema.ToString().ShouldBe("bank 1.0.0");
        schema.Abi.ShouldBe(1);
        schema.Types.Select(type => type.Name).ShouldBe(["Address", "Status"]);
        TableSchema accounts = schema.FindTable("accounts")!;
        accounts.Columns.Select(column => column.ToString()).ShouldBe(["id: u64", "owner: string", "balance: i64"]);
        accounts.PrimaryKey!.Columns.ShouldBe([0]);
        accounts.PrimaryKey.Key.FixedLength.ShouldBe(8);
        accounts.AutoIncColumn.ShouldBe(0);
        accounts.Columns[2].Default!.Value.ToArray().ShouldBe(new byte[8]);
        accounts.Indexes.ShouldHaveSingleItem().Columns.ShouldBe([1, 0]);
        accounts.FindIndex("by_owner")!.Number.ShouldBe(1);
        schema.FindReducer("transfer")!.Arguments.FixedLength.ShouldBe(24);
        schema.FindReducer("transfer")!.Result.ShouldBe(ScalarType.Of(ScalarKind.U64));
        schema.FindQuery("balance")!.Result.ToString().ShouldBe("i64");
        schema.FindEvent("overdrawn")!.Payload.ToString().ShouldBe("u64");
    }

    [Fact]
    public void Canonical_lines_read_back_to_an_equal_schema()
    {
        ModuleSchema schema = Parse(Bank);
        ModuleSchema again = ModuleSchema.Parse(schema.ToBytes());
        again.ShouldBe(schema);
        again.ToBytes().ShouldBe(schema.ToBytes());
    }

    [Fact]
    public void The_order_of_lines_and_spelt_out_defaults_make_no_other_schema()
    {
        string[] lines = Everything.Split('\n', StringSplitOptions.TrimEntries);
        ModuleSchema schema = Parse(Everything);

        // Tables are numbered as they stand, so that they keep their order.
        IEnumerable<string> tables = lines.Where(line => line.StartsWith("{\"table\"", StringComparison.Ordinal));
        ModuleSchema reversed = Parse(string.Join("\r\n \n", lines.Except(tables).Reverse().Concat(tables)));
        reversed.ToBytes().ShouldBe(schema.ToBytes());
        reversed.ShouldBe(schema);
        Parse(Bank).ShouldBe(Parse(Bank.Replace(
            "\"indexes\":", "\"kind\":\"logged\",\"visibility\":\"public\",\"version\":1,\"indexes\":", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"u64\",\"primaryKey\"", "\"i64\",\"primaryKey\"")]
    [InlineData("\"balance\",\"type\":\"i64\",\"default\":\"0\"", "\"balance\",\"type\":\"i64\",\"default\":\"1\"")]
    [InlineData("\"columns\":[\"owner\",\"id\"]", "\"columns\":[\"owner\"]")]
    [InlineData("1.0.0", "1.0.1")]
    [InlineData("option<string>", "option<bytes>")]
    [InlineData("{\"name\":\"open\"}", "{\"name\":\"open\",\"note\":1}")]
    public void A_schema_that_differs_in_anything_is_not_equal(string from, string to)
    {
        string changed = Bank.Replace(from, to, StringComparison.Ordinal);
        changed.ShouldNotBe(Bank);
        Parse(changed).ShouldNotBe(Parse(Bank));
    }

    [Fact]
    public void Tables_keep_the_order_of_their_declaration_which_numbers_them()
    {
        ModuleSchema schema = Parse(Everything);
        schema.Tables.Select(table => table.Name).ShouldBe(["zebra", "ants", "clicks"]);
        schema.Tables.Select(table => table.Number).ShouldBe([0, 1, 2]);
        TableSchema zebra = schema.Tables[0];
        zebra.PrimaryKey!.Columns.ShouldBe([1, 0]);
        zebra.PrimaryKey.IsUnique.ShouldBeTrue();
        zebra.Columns.Select(column => column.IsPrimaryKey).ShouldBe([true, true, false, false, false]);
        zebra.Indexes.Select(index => (index.Name, index.Number, index.IsUnique))
            .ShouldBe([("tag", 1, true), ("by_weight", 2, false), ("by_tag", 3, true)]);
        zebra.Visibility.ShouldBe(Visibility.Private);
        zebra.Version.ShouldBe(3);
        schema.Tables[1].Kind.ShouldBe(TableKind.Ephemeral);
        schema.Tables[2].Kind.ShouldBe(TableKind.Event);
        schema.Tables[2].PrimaryKey.ShouldBeNull();
    }

    [Fact]
    public void Everything_else_is_found_by_name_with_its_properties()
    {
        ModuleSchema schema = Parse(Everything);
        ReducerSchema run = schema.FindReducer("run")!;
        run.Visibility.ShouldBe(Visibility.Private);
        run.Calls.ShouldBe(["bank.close", "bank.open"]);
        run.Lifecycle.ShouldBeNull();
        run.Result.ShouldBeNull();
        schema.FindReducer("start")!.Lifecycle.ShouldBe(LifecycleRole.Init);
        schema.FindReducer("nobody").ShouldBeNull();
        SubscriptionSchema subscription = schema.Subscriptions[0];
        (subscription.SourceModule, subscription.SourceName, subscription.Operation, subscription.Handler)
            .ShouldBe(("bank", "accounts", SubscriptionOperation.Update, "run"));
        schema.Migrations[0].Steps.ShouldBe(["{\"rename\":[\"a\",\"b\"]}"]);
        schema.Migrations[1].Reducer.ShouldBe("fill");
        schema.Events.Select(item => (item.Name, item.Number)).ShouldBe([("alarm", 0), ("beat", 1)]);
        schema.Extra.ShouldBe([new ExtraKey("license", "\"MIT\"")]);
        schema.FindTable("zebra")!.Columns[2].Extra.ShouldBe([new ExtraKey("hint", "{\"unit\":\"kg\",\"ä\":[1.50]}")]);
    }

    [Fact]
    public void A_subscription_keeps_where_it_begins_and_how_deep_it_may_be()
    {
        ModuleSchema schema = Parse("""
            {"module":{"name":"m","version":"1.0.0","abi":1}}
            {"reducer":{"name":"hear"}}
            {"subscription":{"source":"zoo.alarm","operation":"event","handler":"hear","depth":3,"from":"now"}}
            {"subscription":{"source":"zoo.beat","operation":"event","handler":"hear","from":"beginning"}}
            """);
        schema.Subscriptions.Select(subscription => (subscription.Start, subscription.Depth))
            .ShouldBe([(SubscriptionStart.Now, 3), (SubscriptionStart.Beginning, null)]);
        string text = Encoding.UTF8.GetString(schema.ToBytes());
        text.ShouldContain("""{"subscription":{"source":"zoo.alarm","operation":"event","handler":"hear","from":"now","depth":3}}""");
        text.ShouldContain("""{"subscription":{"source":"zoo.beat","operation":"event","handler":"hear"}}""");
        ModuleSchema.Parse(schema.ToBytes()).ShouldBe(schema);
    }

    [Fact]
    public void The_canonical_lines_are_those_recorded()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Schema", "Golden", "everything-v1.jsonl");
        Encoding.UTF8.GetString(Parse(Everything).ToBytes()).ShouldBe(File.ReadAllText(path));
        ModuleSchema.Parse(File.ReadAllBytes(path)).ShouldBe(Parse(Everything));
    }

    [Fact]
    public void Tables_of_a_migration_are_those_of_its_versions_and_written_as_they_were_read()
    {
        const string old = """{"name":"t","columns":[{"name":"id","type":"u8","primaryKey":true}],"version":2,"x":1}""";
        string text = $$$"""
            {"module":{"name":"m","version":"2.0.0","abi":1}}
            {"table":{"name":"t","columns":[{"name":"id","type":"string","primaryKey":true}]}}
            {"migration":{"from":"1.0.0","to":"2.0.0","reducer":"fill","reads":[{{{old}}}],"writes":["t",{{{old.Replace("\"t\"", "\"u\"", StringComparison.Ordinal)}}}],"drops":["v"]}}

            """.ReplaceLineEndings("\n");
        ModuleSchema schema = Parse(text);
        MigrationSchema migration = schema.Migrations.ShouldHaveSingleItem();
        migration.Reads.ShouldHaveSingleItem().Columns[0].Type.ToString().ShouldBe("u8");
        migration.Writes.Select(table => (table.Name, table.Declared?.Version)).ShouldBe([("t", null), ("u", 2)]);
        Encoding.UTF8.GetString(schema.ToBytes()).ShouldBe(text);
        schema.FindTable("u").ShouldBeNull();
    }

    [Fact]
    public void Recursive_types_are_equal_to_themselves_read_again_and_print_by_name()
    {
        const string lines = """
            {"module":{"name":"m","version":"1.0.0","abi":1}}
            {"type":{"name":"Node","struct":[{"name":"value","type":"u8"},{"name":"next","type":"option<Node>"}]}}
            """;
        DataType first = Parse(lines).FindType("Node")!;
        DataType second = Parse(lines).FindType("Node")!;
        first.ShouldNotBeSameAs(second);
        first.Equals(second).ShouldBeTrue();
        first.GetHashCode().ShouldBe(second.GetHashCode());
        first.Equals(Parse(lines.Replace("u8", "u16", StringComparison.Ordinal)).FindType("Node")).ShouldBeFalse();
        first.Equals(Parse(lines.Replace("\"value\"", "\"worth\"", StringComparison.Ordinal)).FindType("Node")).ShouldBeFalse();
        first.Equals(Parse(lines.Replace("Node", "Knot", StringComparison.Ordinal)).FindType("Knot")).ShouldBeFalse();
        new ListType(first).Equals(new ListType(second)).ShouldBeTrue();
        new ListType(first).ToString().ShouldBe("list<Node>");
    }

    [Theory]
    [InlineData("1.0.0", true)]
    [InlineData("1.0.0-rc.1+build.5", true)]
    [InlineData("0.0.0", true)]
    [InlineData("1.0", false)]
    [InlineData("01.0.0", false)]
    [InlineData("1.0.0-", false)]
    [InlineData("1.0.0-01", false)]
    [InlineData("1.0.0+", false)]
    [InlineData("1.0.0.0", false)]
    [InlineData("v1.0.0", false)]
    public void Versions_are_semantic_versions(string version, bool isValid)
    {
        string lines = Bank.Replace("1.0.0", version, StringComparison.Ordinal);
        if (isValid) Parse(lines).Version.ShouldBe(version);
        else Should.Throw<SchemaException>(() => Parse(lines)).Kind.ShouldBe(SchemaErrorKind.InvalidVersion);
    }

    [Fact]
    public void The_host_may_use_its_own_names_and_modules_may_not()
    {
        byte[] lines = Encoding.UTF8.GetBytes("""
            {"module":{"name":"m","version":"1.0.0","abi":1}}
            {"table":{"name":"_timers","columns":[{"name":"id","type":"u64","primaryKey":true}]}}
            """);
        ModuleSchema.Parse(lines, SchemaSource.Host).Tables[0].Name.ShouldBe("_timers");
        Should.Throw<SchemaException>(() => ModuleSchema.Parse(lines)).Kind.ShouldBe(SchemaErrorKind.ReservedName);
    }

    [Fact]
    public void Only_what_JSON_demands_is_escaped_in_canonical_lines()
    {
        string text = string.Concat(Enumerable.Range(0, 0x80).Select(c => (char)c)) + "\u0085\u2028é日\uE000\uFFFF😀";
        string lines = Bank.Replace("\"abi\":1", "\"abi\":1,\"note\":" + JsonSerializer.Serialize(text), StringComparison.Ordinal);
        ModuleSchema schema = Parse(lines);
        string canonical = Encoding.UTF8.GetString(schema.ToBytes());
        using JsonDocument module = JsonDocument.Parse(canonical.Split('\n')[0]);
        module.RootElement.GetProperty("module").GetProperty("note").GetString().ShouldBe(text);
        canonical.ShouldContain("\\u001e\\u001f !\\\"#$%&'()*+,-./");
        canonical.ShouldContain("[\\\\]^");
        canonical.ShouldContain("~\u007f\u0085\u2028é日\uE000\uFFFF😀");
        ModuleSchema.Parse(schema.ToBytes()).ShouldBe(schema);
    }

    [Fact]
    public void A_key_that_recurses_through_option_is_no_key()
    {
        DataType loop = Parse("""
            {"module":{"name":"m","version":"1.0.0","abi":1}}
            {"type":{"name":"Loop","alias":"option<Loop>"}}
            """).FindType("Loop")!;
        loop.IsKey.ShouldBeFalse();
        loop.IsIndexable.ShouldBeFalse();
    }

    private static ModuleSchema Parse(string lines) => ModuleSchema.Parse(Encoding.UTF8.GetBytes(lines));
}
