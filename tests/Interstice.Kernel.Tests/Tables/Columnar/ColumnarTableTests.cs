using System.Collections.Immutable;
using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Tables.Columnar;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Tables.Columnar;

public sealed class ColumnarTableTests
{
    private static readonly string[] Columns =
    [
        """{"name":"id","type":"u32","primaryKey":true}""", """{"name":"a","type":"i16"}""", """{"name":"b","type":"u64"}""",
        """{"name":"c","type":"option<i32>"}""", """{"name":"f","type":"f32"}""", """{"name":"g","type":"option<option<f64>>"}""",
        """{"name":"s","type":"string"}""", """{"name":"t","type":"option<string>"}""", """{"name":"e","type":"Color"}""",
        """{"name":"w","type":"timestamp"}""", """{"name":"x","type":"bool"}""", """{"name":"y","type":"bytes"}""",
        """{"name":"d","type":"duration"}""", """{"name":"p","type":"Point"}""", """{"name":"h","type":"i128"}""",
        """{"name":"z","type":"u8"}""", """{"name":"n","type":"i64"}""",
    ];

    // The values of a column that rows are made of, few enough that groups and nulls are met often.
    private static readonly Dictionary<string, string[]> Values = new(StringComparer.Ordinal)
    {
        ["a"] = ["-32768", "-1", "0", "7", "32767"],
        ["b"] = ["\"0\"", "\"5\"", "\"9223372036854775808\"", "\"18446744073709551615\""],
        ["c"] = ["null", "[-2147483648]", "[0]", "[3]", "[2147483647]"],
        ["f"] = ["-0.0", "0", "1.5", "-2.25", "\"NaN\"", "\"Infinity\"", "\"-Infinity\""],
        ["g"] = ["null", "[null]", "[[0.5]]", "[[-0.0]]", "[[\"NaN\"]]"],
        ["s"] = ["\"\"", "\"a\"", "\"ab\"", "\"b\"", "\"é\""],
        ["t"] = ["null", "[\"\"]", "[\"ab\"]"],
        ["e"] = ["\"red\"", "\"green\"", "\"blue\""],
        ["w"] = ["\"1969-12-31T23:59:59Z\"", "\"1970-01-01T00:00:00Z\"", "\"2026-01-31T12:00:00Z\""],
        ["x"] = ["true", "false"],
        ["y"] = ["\"\"", "\"AA==\"", "\"/w==\""],
        ["d"] = ["\"-9223372036854775808\"", "\"0\"", "\"9223372036854775807\""],
        ["p"] = ["{\"v\":1}"],
        ["h"] = ["\"1\""],
        ["z"] = ["0", "1", "200", "255"],
        ["n"] = ["\"-9223372036854775808\"", "\"-3\"", "\"4\"", "\"9223372036854775807\""],
    };

    // Conditions that columns can evaluate, with every operator on every kind of code.
    private static readonly string[] Conditions =
    [
        "true", "x", "not x", "x = false", "a > -1", "a <= 0", "a = 7", "a <> 7", "a < -32768", "a > 32767", "0 < a", "a between -1 and 7",
        "a not in (0, 7)", "b > 5", "b < 0", "b >= 9223372036854775808", "b = 18446744073709551616", "b <> -1", "c is null", "c is not null", "c > 0",
        "not (c > 0)", "c in (0, 3)", "f = 0", "f < 1.5", "f >= 1.5", "f <> 1.5", "g is null", "g = 0.0", "g > 0.25", "s = 'ab'", "s > 'a'",
        "s like 'a%'", "s not like '%b'", "s in ('a', 'é')", "t is null", "t <> ''", "t = 'ab'", "e = green", "e > red", "e in (red, blue)",
        "w >= '1970-01-01'", "w < '1970-01-01'", "y = bytes ''", "0 > f", "f <= 9007199254740992", "d > '0s'", "z >= 200", "z < 1", "n < 0", "n between -3 and 4",
    ];

    private static readonly string[] Elsewhere = ["p.v = 1", "h = 1", "a + 1 > 0", "a = z", "f > z", "f > 9007199254740993"];

    [Fact]
    public void Columns_and_rows_give_the_same_groups_counts_and_sums() => RandomTest.Run(40, random =>
    {
        Table table = Fill(random, random.Next(4) == 0 ? 0 : random.Next(1, 700));
        ColumnarTable columns = ColumnarTable.Build(table);
        columns.RowCount.ShouldBe(table.Count);
        for (int i = 0; i < 60; i++)
        {
            AggregateQuery query = NextQuery(random, table.Schema);
            if (query.Where is not null) columns.CanEvaluate(query.Where).ShouldBeTrue(query.Where.Text);
            Text(Aggregation.Run(columns, query)).ShouldBe(Text(Aggregation.Run(table, query)), $"{query.Where} by {query.GroupBy}");
        }
    });

    // Rows are compared one by one: the group of each key has one row, and is there only if the condition holds for it.
    [Fact]
    public void Every_condition_holds_for_the_same_rows() => RandomTest.Run(3, random =>
    {
        Table table = Fill(random, 400);
        ColumnarTable columns = ColumnarTable.Build(table);
        foreach (string text in Conditions.SelectMany(left => new[] { left, $"not ({left})", $"{left} and c < 3 or t is null", $"({left} or c > 0) and not (t = 'ab')" }))
        {
            RowExpression condition;
            try
            {
                condition = RowExpression.Compile(text, table.Schema);
            }
            catch (ExpressionException fault)
            {
                throw new InvalidOperationException($"{text}: {fault.Message}", fault);
            }

            var query = new AggregateQuery(condition, 0, []);
            Text(Aggregation.Run(columns, query)).ShouldBe(Text(Aggregation.Run(table, query)), text);
        }
    });

    [Fact]
    public void A_table_of_several_chunks_is_counted_as_a_whole()
    {
        ModuleState state = NewState();
        Table table = state.GetTable(0);
        const int count = (2 * ColumnarTable.ChunkRows) + 77;
        var random = new Random(1);
        for (int i = 0; i < count; i++) table.Insert(Row(table.Schema, random, i, i % 3 == 0 ? "null" : $"[{i}]"));
        ColumnarTable columns = ColumnarTable.Build(table, [0, 3, 16]);
        foreach (string? where in new[] { null, "id >= 65536", "id between 65530 and 65540", "c > 131000", "id < 3 or id > 131140", "n = 4" })
        {
            var query = new AggregateQuery(
                where is null ? null : RowExpression.Compile(where, table.Schema),
                null,
                [new(AggregateFunction.Sum, 3), new(AggregateFunction.Min, 3), new(AggregateFunction.Max, 0), new(AggregateFunction.Sum, 16)]);
            Text(Aggregation.Run(columns, query)).ShouldBe(Text(Aggregation.Run(table, query)), where);
        }

        Aggregation.Run(columns, new AggregateQuery(null, null, []))[0].RowCount.ShouldBe(count);
        columns.MemoryBytes.ShouldBeLessThan(count * 24L);
    }

    [Fact]
    public void Sums_leave_nulls_out_and_are_exact_beyond_64_bits()
    {
        ModuleState state = new(Parse("""{"table":{"name":"t","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"v","type":"option<u64>"},{"name":"g","type":"option<string>"}]}}"""));
        Table table = state.GetTable(0);
        string[] rows =
        [
            """{"id":1,"v":["18446744073709551615"],"g":["b"]}""", """{"id":2,"v":["18446744073709551615"],"g":["b"]}""",
            """{"id":3,"v":null,"g":["a"]}""", """{"id":4,"v":["1"],"g":null}""",
        ];
        foreach (string row in rows) table.Insert(Encode(table.Schema, row));
        var query = new AggregateQuery(null, 2, [new(AggregateFunction.Sum, 1), new(AggregateFunction.Min, 0)]);
        string[] expected = ["Nothing: 1 rows, 1, 04", "OfColumn 0100000061: 1 rows, Nothing, 03", "OfColumn 0100000062: 2 rows, 36893488147419103230, 01"];
        Text(Aggregation.Run(table, query)).Split('\n').ShouldBe(expected);
        Text(Aggregation.Run(ColumnarTable.Build(table), query)).Split('\n').ShouldBe(expected);
    }

    [Fact]
    public void A_copy_stays_what_it_was_when_the_table_changes_and_goes_back()
    {
        Table table = Fill(new Random(5), 200);
        ColumnarTable columns = ColumnarTable.Build(table);
        var query = new AggregateQuery(null, 6, [new(AggregateFunction.Sum, 16)]);
        string before = Text(Aggregation.Run(columns, query));
        RowChange change = table.Insert(Row(table.Schema, new Random(6), 100_000, "null"));
        Text(Aggregation.Run(columns, query)).ShouldBe(before);
        Text(Aggregation.Run(ColumnarTable.Build(table), query)).ShouldNotBe(before);
        table.Undo(change);
        Text(Aggregation.Run(ColumnarTable.Build(table), query)).ShouldBe(before);
    }

    [Fact]
    public void What_columns_cannot_answer_is_known_before_and_refused_by_name()
    {
        Table table = Fill(new Random(7), 10);
        ColumnarTable columns = ColumnarTable.Build(table);
        foreach (string text in Elsewhere) columns.CanEvaluate(RowExpression.Compile(text, table.Schema)).ShouldBeFalse(text);
        var computed = new AggregateQuery(RowExpression.Compile(Elsewhere[2], table.Schema), null, []);
        Should.Throw<ArgumentException>(() => Aggregation.Run(columns, computed)).Message.ShouldContain("a + 1 > 0");
        Aggregation.Run(table, computed).Length.ShouldBe(1);
        foreach ((Aggregate aggregate, string said) in new[]
        {
            (new Aggregate(AggregateFunction.Sum, 6), "\"s\" of type string has no sum"), (new Aggregate(AggregateFunction.Max, 13), "\"p\" of type Point"),
            (new Aggregate(AggregateFunction.Min, 14), "\"h\" of type i128"), (new Aggregate(AggregateFunction.Sum, 9), "\"w\" of type timestamp has no sum"),
        })
        {
            var query = new AggregateQuery(null, null, [aggregate]);
            Should.Throw<ArgumentException>(() => Aggregation.Run(table, query)).Message.ShouldContain(said);
            Should.Throw<ArgumentException>(() => Aggregation.Run(columns, query)).Message.ShouldContain(said);
        }

        Should.Throw<ArgumentException>(() => ColumnarTable.Build(table, [14])).Message.ShouldContain("\"h\"");
        Should.Throw<ArgumentException>(() => Aggregation.Run(ColumnarTable.Build(table, [1]), new AggregateQuery(null, 2, []))).Message.ShouldContain("\"b\"");
    }

    private static AggregateQuery NextQuery(Random random, TableSchema table)
    {
        RowExpression? where = random.Next(5) == 0 ? null
            : RowExpression.Compile(Conditions[random.Next(Conditions.Length)], table);
        int[] held = [.. Enumerable.Range(0, table.Columns.Length).Where(column => ColumnarTable.CanHold(table, column))];
        int? group = random.Next(3) == 0 ? null : held[random.Next(held.Length)];
        var aggregates = ImmutableArray.CreateBuilder<Aggregate>();
        for (int i = random.Next(4); i > 0; i--)
        {
            var aggregate = new Aggregate((AggregateFunction)random.Next(3), held[random.Next(held.Length)]);
            if (new AggregateQuery(null, null, [aggregate]).FindMisfit(table) is null) aggregates.Add(aggregate);
        }

        return new AggregateQuery(where, group, aggregates.ToImmutable());
    }

    private static Table Fill(Random random, int count)
    {
        Table table = NewState().GetTable(0);
        for (int i = 0; i < count; i++) table.Insert(Row(table.Schema, random, i, Any(random, "c")));
        return table;
    }

    private static ModuleState NewState() => new(Parse(
        """{"type":{"name":"Color","enum":[{"name":"red"},{"name":"green"},{"name":"blue"}]}}""",
        """{"type":{"name":"Point","struct":[{"name":"v","type":"u8"}]}}""",
        $$$"""{"table":{"name":"t","columns":[{{{string.Join(',', Columns)}}}]}}"""));

    private static byte[] Row(TableSchema table, Random random, int id, string c) => Encode(
        table,
        $"{{\"id\":{id},\"c\":{c},{string.Join(',', Values.Keys.Where(name => name != "c").Select(name => $"\"{name}\":{Any(random, name)}"))}}}");

    private static string Any(Random random, string column) => Values[column][random.Next(Values[column].Length)];

    private static byte[] Encode(TableSchema table, string json)
    {
        using var writer = new PayloadWriter();
        using JsonDocument document = JsonDocument.Parse(json);
        JsonValues.TryReadRow(document.RootElement, table.Row, writer, out ValueError error).ShouldBeTrue(error.ToString());
        return writer.Written.ToArray();
    }

    private static ModuleSchema Parse(params string[] lines) => TestTable.Parse(lines);

    private static string Text(ImmutableArray<AggregateGroup> groups) => string.Join('\n', groups.Select(group =>
        $"{(group.Key is AggregateValue.OfColumn ? "OfColumn " : "")}{Text(group.Key)}: {group.RowCount} rows{string.Concat(group.Values.Select(value => ", " + Text(value)))}"));

    private static string Text(AggregateValue value) => value switch
    {
        AggregateValue.Integer integer => integer.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        AggregateValue.Float number => BitConverter.DoubleToInt64Bits(number.Value == 0 ? 0 : number.Value).ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
        AggregateValue.OfColumn { Canonical: var canonical } => Convert.ToHexString(canonical.Span),
        _ => "Nothing",
    };
}
