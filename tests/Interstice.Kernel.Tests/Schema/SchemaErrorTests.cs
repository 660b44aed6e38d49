using System.Text;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tests.Schema;

/// <summary>Every contradiction has its kind and a message that says what, where and what to do.</summary>
public sealed class SchemaErrorTests
{
    private const string Module = """{"module":{"name":"m","version":"1.0.0","abi":1}}""";

    private const string Keyed = """{"name":"id","type":"u64","primaryKey":true}""";

    private const string Reducer = """{"reducer":{"name":"run"}}""";

    private static readonly (SchemaErrorKind Kind, string Lines, string Message)[] Cases =
    [
        (SchemaErrorKind.InvalidJson, Module + "\n\n{\"table\":}",
            "schema line 3: not JSON at byte 9: '}' is an invalid start of a value."),
        (SchemaErrorKind.InvalidJson, "{\"module\":",
            "schema line 1: not JSON at byte 10: Expected depth to be zero at the end of the JSON payload."
            + " There is an open JSON object or array that should be closed."),
        (SchemaErrorKind.InvalidDeclaration, "[]",
            "schema line 1: expected an object with one key, the kind of declaration, found an array of 0"),
        (SchemaErrorKind.InvalidDeclaration, """{"module":{},"table":{}}""",
            "schema line 1: expected an object with one key, the kind of declaration, found an object"),
        (SchemaErrorKind.InvalidDeclaration, """{"module":7}""", "module: expected an object, found 7"),
        (SchemaErrorKind.UnknownDeclaration, """{"tabel":{}}""",
            "schema line 1: unknown declaration \"tabel\"; known are module, type, table, reducer, query, event, "
            + "subscription, migration; did you mean \"table\"?"),
        (SchemaErrorKind.TooManyDeclarations, string.Join('\n', Enumerable.Repeat(Module, 4097)),
            "schema line 4097: a module has at most 4096 declarations"),
        (SchemaErrorKind.NoModule, Reducer, "the schema has no module declaration; add "
            + "{\"module\":{\"name\":...,\"version\":...,\"abi\":1}}"),
        (SchemaErrorKind.NoModule, "", "the schema has no module declaration; add "
            + "{\"module\":{\"name\":...,\"version\":...,\"abi\":1}}"),
        (SchemaErrorKind.SeveralModules, Module + "\n" + Module,
            "the schema has 2 module declarations, on lines 1 and 2; a binary is one module"),
        (SchemaErrorKind.UnknownAbi, """{"module":{"name":"m","version":"1.0.0","abi":2}}""",
            "module \"m\": module needs ABI 2; this host speaks ABI 1"),
        (SchemaErrorKind.InvalidVersion, """{"module":{"name":"m","version":"1.0","abi":1}}""",
            "module \"m\": version \"1.0\" is no semantic version, as 1.0.0"),
        (SchemaErrorKind.MissingKey, """{"module":{"name":"m","version":"1.0.0"}}""",
            "module \"m\" has no key \"abi\"; add it with 1"),
        (SchemaErrorKind.InvalidKey, """{"module":{"name":"m","version":1,"abi":1}}""",
            "module \"m\": key \"version\": expected a string, found 1"),
        (SchemaErrorKind.InvalidKey, Table("""{"name":"id","type":"u64","primaryKey":"yes"}"""),
            "table \"t\" column \"id\": key \"primaryKey\": expected true or false, found \"yes\""),
        (SchemaErrorKind.InvalidKey, Table(Keyed, ",\"kind\":\"loged\""),
            "table \"t\": kind is \"loged\"; expected logged, ephemeral or event; did you mean \"logged\"?"),
        (SchemaErrorKind.InvalidKey, Table(Keyed, ",\"version\":0"), "table \"t\": version is 0; 1 or more is allowed"),
        (SchemaErrorKind.InvalidKey, """{"reducer":{"name":"run","calls":["bank"]}}""",
            "reducer \"run\": calls names \"bank\"; expected module.reducer"),
        (SchemaErrorKind.InvalidKey, """{"type":{"name":"T","struct":[],"enum":[]}}""",
            "type \"T\" has both struct and enum; keep one"),
        (SchemaErrorKind.DuplicateKey, """{"table":{"name":"a","name":"b"}}""", "table: key \"name\" stands twice"),
        (SchemaErrorKind.InvalidName, """{"module":{"name":"Bank","version":"1.0.0","abi":1}}""",
            "module: name \"Bank\" is no name; a name is a lower-case letter, then lower-case letters, digits and _, "
            + "at most 63 in all"),
        (SchemaErrorKind.InvalidName, Table("""{"name":"i d","type":"u64","primaryKey":true}"""),
            "table \"t\": column \"i d\" is no name; a name is a lower-case letter, then lower-case letters, digits and _, "
            + "at most 63 in all"),
        (SchemaErrorKind.InvalidName, $$$"""{"reducer":{"name":"{{{new string('a', 64)}}}"}}""",
            $"reducer: name \"{new string('a', 64)}\" is no name; a name is a lower-case letter, then lower-case letters, "
            + "digits and _, at most 63 in all"),
        (SchemaErrorKind.InvalidName, """{"type":{"name":"A b","alias":"u8"}}""",
            "type: name \"A b\" is no name; a name is a letter, then letters, digits and _, at most 63 in all"),
        (SchemaErrorKind.ReservedName, Table(Keyed, name: "_timers"),
            "table: name \"_timers\": names that begin with _ belong to the host"),
        (SchemaErrorKind.ReservedName, """{"type":{"name":"string","alias":"u8"}}""",
            "type \"string\": string is a built-in type; choose another name"),
        (SchemaErrorKind.DuplicateName, Table(Keyed) + "\n" + Table(Keyed),
            "table \"t\" is declared twice; remove or rename one"),
        (SchemaErrorKind.DuplicateName, Table(Keyed) + "\n{\"event\":{\"name\":\"t\",\"type\":\"u8\"}}",
            "event \"t\": table \"t\" has this name too; tables and events share one space of names, rename one"),
        (SchemaErrorKind.DuplicateName, Reducer + "\n{\"query\":{\"name\":\"run\",\"result\":\"u8\"}}",
            "query \"run\": reducer \"run\" has this name too; reducers and queries share one space of names, rename one"),
        (SchemaErrorKind.DuplicateName, Table(Keyed + "," + """{"name":"id","type":"u8"}"""),
            "table \"t\" has two columns named \"id\"; rename one"),
        (SchemaErrorKind.DuplicateName, """{"type":{"name":"T","alias":"u8"}}""" + "\n" + """{"type":{"name":"T","alias":"u8"}}""",
            "type \"T\" is declared twice; remove or rename one"),
        (SchemaErrorKind.DuplicateName, """{"type":{"name":"T","enum":[{"name":"a"},{"name":"a"}]}}""",
            "type \"T\" has two variants named \"a\"; rename one"),
        (SchemaErrorKind.DuplicateName, """{"reducer":{"name":"r","parameters":[{"name":"a","type":"u8"},{"name":"a","type":"u8"}]}}""",
            "reducer \"r\" has two parameters named \"a\"; rename one"),
        (SchemaErrorKind.DuplicateName,
            Table(Keyed + ",{\"name\":\"tag\",\"type\":\"string\",\"unique\":true}", ",\"indexes\":[{\"name\":\"tag\",\"columns\":[\"id\"]}]"),
            "table \"t\" index \"tag\": the unique column \"tag\" has an index of this name; rename the index"),
        (SchemaErrorKind.DuplicateName, """{"reducer":{"name":"run","calls":["a.b","a.b"]}}""",
            "reducer \"run\": calls names \"a.b\" twice"),
        (SchemaErrorKind.DuplicateLifecycle,
            """{"reducer":{"name":"a","lifecycle":"init"}}""" + "\n" + """{"reducer":{"name":"b","lifecycle":"init"}}""",
            "reducer \"b\" and reducer \"a\" both have lifecycle init; one may"),
        (SchemaErrorKind.InvalidLifecycle,
            """{"reducer":{"name":"a","lifecycle":"init","parameters":[{"name":"x","type":"u8"}]}}""",
            "reducer \"a\" has lifecycle init and parameters; the host calls it without, remove them"),
        (SchemaErrorKind.UnknownName, Table(Keyed, ",\"indexes\":[{\"name\":\"by\",\"columns\":[\"idd\"]}]"),
            "table \"t\" index \"by\": index names unknown column \"idd\"; did you mean \"id\"?"),
        (SchemaErrorKind.UnknownName, Table("""{"name":"id","type":"u64"}""", ",\"primaryKey\":[\"di\"]"),
            "table \"t\": primary key names unknown column \"di\"; did you mean \"id\"?"),
        (SchemaErrorKind.UnknownName, Reducer + "\n" + Subscription("bank.accounts", "insert", "rn"),
            "subscription of \"rn\" to \"bank.accounts\": handler \"rn\" is no reducer of this module; did you mean \"run\"?"),
        (SchemaErrorKind.UnknownName, Reducer + "\n" + Table(Keyed) + "\n" + Subscription("m.tt", "insert", "run"),
            "subscription of \"run\" to \"m.tt\": this module has no table or event \"tt\"; did you mean \"t\"?"),
        (SchemaErrorKind.UnknownType, Table("""{"name":"id","type":"u46","primaryKey":true}"""),
            "table \"t\" column \"id\": unknown type \"u46\"; did you mean \"u64\"?"),
        (SchemaErrorKind.UnknownType, """{"type":{"name":"T","alias":"optin<u8>"}}""",
            "type \"T\": unknown type \"optin\"; did you mean \"option\"?"),
        (SchemaErrorKind.InvalidType, """{"type":{"name":"T","alias":"list< u8>"}}""",
            "type \"T\": type \"list< u8>\": no spaces are allowed inside a type"),
        (SchemaErrorKind.InvalidType, """{"type":{"name":"T","alias":"list<u8"}}""",
            "type \"T\": type \"list<u8\": list takes one type; expected '>', found the end"),
        (SchemaErrorKind.InvalidType, """{"type":{"name":"T","alias":"map<u8>"}}""",
            "type \"T\": type \"map<u8>\": map takes two types; expected ',', found '>'"),
        (SchemaErrorKind.InvalidType, """{"type":{"name":"T","alias":"list"}}""",
            "type \"T\": type \"list\": list needs a type, as list<u64>"),
        (SchemaErrorKind.InvalidType, """{"type":{"name":"T","alias":"u8<u8>"}}""",
            "type \"T\": type \"u8<u8>\": u8 takes no types in angle brackets"),
        (SchemaErrorKind.InvalidType, """{"type":{"name":"T","alias":"u8>"}}""",
            "type \"T\": type \"u8>\": \">\" follows a complete type"),
        (SchemaErrorKind.InvalidType, """{"type":{"name":"T","alias":"list<>"}}""",
            "type \"T\": type \"list<>\": a type is missing"),
        (SchemaErrorKind.RecursiveType, """{"type":{"name":"A","struct":[{"name":"b","type":"B"}]}}""" + "\n"
            + """{"type":{"name":"B","enum":[{"name":"none"},{"name":"a","type":"A"}]}}""",
            "type \"A\" contains itself (A.b > B.a > A); put option, list or map in between"),
        (SchemaErrorKind.RecursiveType, """{"type":{"name":"A","alias":"A"}}""",
            "type \"A\" contains itself (A.alias > A); put option, list or map in between"),
        (SchemaErrorKind.TypeTooLarge, Chain(33),
            "type \"T0\" has more than 32 declared types inside each other; put option, list or map in between"),
        (SchemaErrorKind.TypeTooLarge, Fan(),
            "type \"C\" takes at least 2097152 bytes; 1048576 are allowed"),
        (SchemaErrorKind.InvalidMapKey, """{"type":{"name":"T","alias":"map<f64,u8>"}}""",
            "type \"T\": map<f64,u8> has keys of type f64, which is no key type; use bool, an integer, string, bytes, "
            + "uuid, timestamp, duration, identity, an enum without payloads or an option of these"),
        (SchemaErrorKind.InvalidMapKey, Table(Keyed + "," + """{"name":"m","type":"map<list<u8>,u8>","default":[]}"""),
            "table \"t\" column \"m\": map<list<u8>,u8> has keys of type list<u8>, which is no key type; use bool, an integer, "
            + "string, bytes, uuid, timestamp, duration, identity, an enum without payloads or an option of these"),
        (SchemaErrorKind.WrongNumber, """{"table":{"name":"t","columns":[]}}""",
            "table \"t\" has 0 columns; 1 to 256 are allowed"),
        (SchemaErrorKind.WrongNumber, Table(string.Join(',', Enumerable.Range(0, 257)
            .Select(i => $$"""{"name":"c{{i}}","type":"u8"}"""))), "table \"t\" has 257 columns; 1 to 256 are allowed"),
        (SchemaErrorKind.WrongNumber, """{"reducer":{"name":"r","parameters":["""
            + string.Join(',', Enumerable.Range(0, 65).Select(i => $$"""{"name":"c{{i}}","type":"u8"}""")) + "]}}",
            "reducer \"r\" has 65 parameters; 0 to 64 are allowed"),
        (SchemaErrorKind.WrongNumber, """{"type":{"name":"T","struct":[]}}""",
            "type \"T\" has 0 fields; 1 to 256 are allowed"),
        (SchemaErrorKind.WrongNumber, """{"type":{"name":"T","enum":[]}}""",
            "type \"T\" has 0 variants; 1 to 256 are allowed"),
        (SchemaErrorKind.NoPrimaryKey, Table("""{"name":"id","type":"u64"}""", name: "accounts"),
            "table \"accounts\" has no primary key; mark one column with primaryKey"),
        (SchemaErrorKind.SeveralPrimaryKeys, Table(Keyed + "," + """{"name":"b","type":"u8","primaryKey":true}"""),
            "table \"t\" marks columns \"id\" and \"b\" with primaryKey; mark one, or list both under the table's key primaryKey"),
        (SchemaErrorKind.SeveralPrimaryKeys, Table(Keyed, ",\"primaryKey\":[\"id\"]"),
            "table \"t\" has a list primaryKey and marks column \"id\" too; keep one"),
        (SchemaErrorKind.InvalidIndexType, Table("""{"name":"id","type":"f64","primaryKey":true}"""),
            "table \"t\": column \"id\" of type f64 cannot be part of a primary key; floats may stand only in indexes that are "
            + "not unique"),
        (SchemaErrorKind.InvalidIndexType, Table("""{"name":"id","type":"list<u8>","primaryKey":true}"""),
            "table \"t\": column \"id\" of type list<u8> cannot be part of a primary key; use bool, an integer, string, bytes, "
            + "uuid, timestamp, duration, identity, an enum without payloads or an option of these"),
        (SchemaErrorKind.InvalidIndexType, Table(Keyed + "," + """{"name":"x","type":"f32","unique":true}"""),
            "table \"t\": column \"x\" of type f32 cannot be part of a unique index; floats may stand only in indexes that are "
            + "not unique"),
        (SchemaErrorKind.InvalidIndexType,
            Table(Keyed + "," + """{"name":"x","type":"list<u8>"}""", ",\"indexes\":[{\"name\":\"by\",\"columns\":[\"x\"]}]"),
            "table \"t\" index \"by\": column \"x\" of type list<u8> cannot be part of an index; use bool, an integer, string, "
            + "bytes, uuid, timestamp, duration, identity, an enum without payloads or an option of these"),
        (SchemaErrorKind.InvalidIndex, Table(Keyed, ",\"indexes\":[{\"name\":\"by\",\"columns\":[\"id\",\"id\"]}]"),
            "table \"t\" index \"by\": index names column \"id\" twice"),
        (SchemaErrorKind.InvalidIndex, Table("""{"name":"id","type":"u64","primaryKey":true,"unique":true}"""),
            "table \"t\": column \"id\" is the primary key, so unique already; remove unique"),
        (SchemaErrorKind.InvalidAutoInc, Table("""{"name":"id","type":"string","primaryKey":true,"autoInc":true}"""),
            "table \"t\" column \"id\" of type string has autoInc; it takes i32, i64, u32 or u64"),
        (SchemaErrorKind.InvalidAutoInc, Table("""{"name":"id","type":"u8","primaryKey":true,"autoInc":true}"""),
            "table \"t\" column \"id\" of type u8 has autoInc; it takes i32, i64, u32 or u64"),
        (SchemaErrorKind.InvalidAutoInc, Table("""{"name":"id","type":"u64","primaryKey":true,"autoInc":true},"""
            + """{"name":"b","type":"u64","autoInc":true}"""),
            "table \"t\" marks columns \"id\" and \"b\" with autoInc; a table has one counter"),
        (SchemaErrorKind.InvalidDefault, Table(Keyed + "," + """{"name":"x","type":"i64","default":"abc"}"""),
            "table \"t\" column \"x\": default: expected i64, found \"abc\""),
        (SchemaErrorKind.InvalidDefault, Table("""{"name":"id","type":"u64","primaryKey":true,"autoInc":true,"default":"1"}"""),
            "table \"t\" column \"id\" has autoInc and a default; the counter gives its values, remove the default"),
        (SchemaErrorKind.InvalidEventTable, Table(Keyed, ",\"kind\":\"event\""),
            "table \"t\" keeps no rows (kind event); remove primaryKey"),
        (SchemaErrorKind.InvalidEventTable, Table("""{"name":"x","type":"u64","unique":true}""", ",\"kind\":\"event\""),
            "table \"t\" keeps no rows (kind event); remove unique"),
        (SchemaErrorKind.InvalidEventTable,
            Table("""{"name":"x","type":"u64"}""", ",\"kind\":\"event\",\"indexes\":[{\"name\":\"by\",\"columns\":[\"x\"]}]"),
            "table \"t\" keeps no rows (kind event); remove indexes"),
        (SchemaErrorKind.InvalidKey, Reducer + "\n" + Subscription("bank.t", "insert", "run").Replace("\"source\"", "\"depth\":65,\"source\""),
            "subscription of \"run\" to \"bank.t\": depth is 65; it is 1 to 64"),
        (SchemaErrorKind.InvalidKey, Reducer + "\n" + Subscription("bank.t", "insert", "run").Replace("\"source\"", "\"from\":\"end\",\"source\""),
            "subscription of \"run\" to \"bank.t\": from is \"end\"; expected beginning or now"),
        (SchemaErrorKind.InvalidEventTable, Table("""{"name":"x","type":"u64","autoInc":true}""", ",\"kind\":\"event\""),
            "table \"t\" keeps no rows (kind event), so no counter either; remove autoInc from column \"x\""),
        (SchemaErrorKind.InvalidSubscription, Reducer + "\n" + Subscription("bank", "insert", "run"),
            "subscription of \"run\" to \"bank\": source \"bank\" is neither module.table nor module.event"),
        (SchemaErrorKind.InvalidSubscription, Reducer + "\n" + Table(Keyed) + "\n" + Subscription("m.t", "event", "run"),
            "subscription of \"run\" to \"m.t\": operation event does not happen to t"),
        (SchemaErrorKind.InvalidMigration, """{"migration":{"from":"1.0.0","to":"2.0.0"}}""",
            "migration from 1.0.0 to 2.0.0 has neither steps nor reducer; add one"),
        (SchemaErrorKind.InvalidMigration, """{"migration":{"from":"1.0.0","to":"2.0.0","steps":[{}],"reducer":"r"}}""",
            "migration from 1.0.0 to 2.0.0 has both steps and reducer; keep one"),
    ];

    public static TheoryData<int> Numbers() => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_contradiction_is_named(int number)
    {
        (SchemaErrorKind kind, string lines, string message) = Cases[number];
        bool isWhole = lines.Contains("\"module\":", StringComparison.Ordinal) || kind == SchemaErrorKind.NoModule
            || lines.StartsWith('[') || kind == SchemaErrorKind.UnknownDeclaration;
        string text = isWhole ? lines : Module + "\n" + lines;
        SchemaException error = Should.Throw<SchemaException>(() => ModuleSchema.Parse(Encoding.UTF8.GetBytes(text)));
        error.Message.ShouldBe(message);
        error.Kind.ShouldBe(kind);
        error.Declaration.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_named_with_their_line()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Module), (byte)'\n', (byte)'{', 0xFF, (byte)'}'];
        SchemaException error = Should.Throw<SchemaException>(() => ModuleSchema.Parse(bytes));
        error.Kind.ShouldBe(SchemaErrorKind.InvalidUtf8);
        error.Line.ShouldBe(2);
        error.Message.ShouldBe("schema line 2: not UTF-8");
    }

    [Fact]
    public void Every_kind_of_error_has_a_case()
    {
        SchemaErrorKind[] covered = [.. Cases.Select(c => c.Kind), SchemaErrorKind.InvalidUtf8];
        Enum.GetValues<SchemaErrorKind>().Except(covered).ShouldBeEmpty();
    }

    [Fact]
    public void An_error_tells_the_line_of_the_declaration()
    {
        SchemaException error = Should.Throw<SchemaException>(() => ModuleSchema.Parse(Encoding.UTF8.GetBytes(
            Module + "\r\n\r\n" + Reducer + "\n" + Table("""{"name":"id","type":"u64"}""", name: "accounts"))));
        error.Declaration.ShouldBe("table \"accounts\"");
        error.Line.ShouldBe(4);
    }

    // Goal: whatever a section holds, the answer is a schema or a SchemaException. Method: cut and change the example.
    [Fact]
    public void Damaged_declarations_are_refused_as_such_or_read_back_equal() => Seeded.Run(3_000, random =>
    {
        byte[] bytes = Encoding.UTF8.GetBytes(ModuleSchemaTests.Bank);
        for (int i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
        ModuleSchema schema;
        try
        {
            schema = ModuleSchema.Parse(bytes);
        }
        catch (SchemaException exception)
        {
            exception.Message.ShouldNotBeNullOrEmpty();
            return;
        }

        ModuleSchema.Parse(schema.ToBytes()).ShouldBe(schema);
    });

    private static string Table(string columns, string more = "", string name = "t") =>
        $$$"""{"table":{"name":"{{{name}}}","columns":[{{{columns}}}]{{{more}}}}}""";

    private static string Subscription(string source, string operation, string handler) =>
        $$$"""{"subscription":{"source":"{{{source}}}","operation":"{{{operation}}}","handler":"{{{handler}}}"}}""";

    private static string Chain(int length) => string.Join('\n', Enumerable.Range(0, length).Select(i => i == length - 1
        ? $$$"""{"type":{"name":"T{{{i}}}","alias":"u8"}}"""
        : $$$"""{"type":{"name":"T{{{i}}}","struct":[{"name":"next","type":"T{{{i + 1}}}"}]}}"""));

    private static string Fan()
    {
        string Fields(string type, int count) => string.Join(
            ',', Enumerable.Range(0, count).Select(i => $$"""{"name":"f{{i}}","type":"{{type}}"}"""));
        return $$$"""{"type":{"name":"A","struct":[{{{Fields("identity", 256)}}}]}}""" + "\n"
            + $$$"""{"type":{"name":"B","struct":[{{{Fields("A", 16)}}}]}}""" + "\n"
            + $$$"""{"type":{"name":"C","struct":[{{{Fields("B", 16)}}}]}}""";
    }
}
