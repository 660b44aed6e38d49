using Interstice.TestKit.Engines;

namespace Interstice.Host.Tests.Tables;

/// <summary>Scans over every type of key, with every flag, between bounds of all and of some columns, over committed rows and over those
/// of the running transaction.</summary>
public sealed class KeyScanTests
{
    private const int LowerExclusive = 1;
    private const int UpperExclusive = 2;
    private const int Descending = 4;
    private const int Flags = 8;
    private const int StepsPerCall = 120;

    public static TheoryData<int> Keys => [.. Enumerable.Range(0, ValueSamples.Keys.Count)];

    public static TheoryData<int> Indexable => [.. Enumerable.Range(0, ValueSamples.Keys.Count + ValueSamples.Floats.Count)];

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Every_range_of_a_primary_key_gives_its_rows_both_ways(int number)
    {
        ValueSamples samples = ValueSamples.Keys[number];
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(
            host,
            [.. ValueSamples.Types, Table("""{"name":"v","type":"@","primaryKey":true}""", "", samples)]);
        string[] rows = [.. samples.Values.Select(value => $"{{\"v\":{value}}}")];
        var expected = new Expected(rows, [.. samples.Values.Select((_, i) => new[] { i })]);
        List<Bound> bounds = [new([]), .. samples.Values.Select((_, i) => new Bound([i]))];

        await CompareAsync(module, expected, "", bounds, bound => Key(module, "", samples, bound, column => column));
        byte[] whole = module.Key("t", "", samples.Values[^1]);
        var answers = await module.ReadAsync(new Script().Get("t", whole));
        module.Text("t", answers[0].Content).ShouldBe(rows[^1]);
    }

    // Columns are the value and a small number; the primary key has them so, the index the other way round.
    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Prefixes_of_a_composite_key_stand_for_all_rows_that_begin_so(int number)
    {
        ValueSamples samples = ValueSamples.Keys[number];
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(
            host,
            [
                .. ValueSamples.Types,
                Table(
                    """{"name":"v","type":"@"},{"name":"n","type":"u8"}""",
                    ""","primaryKey":["v","n"],"indexes":[{"name":"turned","columns":["n","v"],"unique":true}]""",
                    samples),
            ]);
        int count = samples.Values.Length;
        int[][] keys = [.. Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(0, 2).Select(n => new[] { i, n }))];
        string[] rows = [.. keys.Select(key => $"{{\"v\":{samples.Values[key[0]]},\"n\":{key[1]}}}")];
        List<Bound> bounds = [new([]), .. keys.Select(key => new Bound(key)), .. Enumerable.Range(0, count).Select(i => new Bound([i]))];

        await CompareAsync(module, new Expected(rows, keys), "", bounds, bound => Key(module, "", samples, bound, column => column));

        int[][] turned = [.. keys.Select(key => new[] { key[1], key[0] })];
        bounds = [new([]), .. turned.Select(key => new Bound(key)), new([0]), new([1])];
        await CompareAsync(
            module, new Expected(rows, turned), "turned", bounds, bound => Key(module, "turned", samples, bound, column => 1 - column), isFilled: true);
    }

    [Theory]
    [MemberData(nameof(Indexable))]
    public async Task Rows_with_the_same_key_of_an_index_come_in_the_order_of_their_primary_keys(int number)
    {
        ValueSamples samples = ((IReadOnlyList<ValueSamples>)[.. ValueSamples.Keys, .. ValueSamples.Floats])[number];
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(
            host,
            [
                .. ValueSamples.Types,
                Table(
                    """{"name":"id","type":"i16","primaryKey":true},{"name":"v","type":"@"}""",
                    ""","indexes":[{"name":"by_v","columns":["v"]}]""",
                    samples),
            ]);
        int count = samples.Values.Length;
        (int Id, int Value)[] pairs = [.. Enumerable.Range(0, 2 * count).Select(i => (i - count, i % count))];
        string[] rows = [.. pairs.Select(pair => $"{{\"id\":{pair.Id},\"v\":{samples.Values[pair.Value]}}}")];
        List<Bound> bounds = [new([]), .. Enumerable.Range(0, count).Select(i => new Bound([i]))];

        await CompareAsync(
            module,
            new Expected(rows, [.. pairs.Select(pair => new[] { pair.Value, pair.Id })]),
            "by_v",
            bounds,
            bound => Key(module, "by_v", samples, bound, column => column));
    }

    [Theory]
    [InlineData("f32")]
    [InlineData("f64")]
    public async Task Zeroes_of_both_signs_are_one_key_of_an_index_and_stay_two_values(string type)
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(
            host,
            Table(
                """{"name":"id","type":"u8","primaryKey":true},{"name":"v","type":"@"}""",
                ""","indexes":[{"name":"by_v","columns":["v"]}]""",
                new ValueSamples(type)));
        string[] rows = ["""{"id":1,"v":0}""", """{"id":2,"v":-0.0}""", """{"id":3,"v":0}""", """{"id":4,"v":"NaN"}""", """{"id":5,"v":1}"""];
        using var script = new Script();
        foreach (string row in rows) script.Insert("t", module.Row("t", row));
        await module.RunAsync(script);
        foreach (string bound in new[] { "0", "-0.0" })
        {
            byte[] key = module.Key("t", "by_v", bound);
            var answers = await module.ReadAsync(new Script()
                .Scan("t", "by_v", key, key).Scan("t", "by_v", key, flags: LowerExclusive).Scan("t", "by_v", upper: key, flags: UpperExclusive));
            answers[0].Rows.Select(row => module.Text("t", row)).ShouldBe(rows[..3]);
            answers[1].Rows.Select(row => module.Text("t", row)).ShouldBe([rows[4], rows[3]], "NaN comes last");
            answers[2].Rows.Count.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Iterators_see_what_was_there_when_they_were_opened_whatever_is_written_and_however_small_the_buffer_is()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(
            host, Table("""{"name":"id","type":"u8","primaryKey":true},{"name":"v","type":"@"}""", "", new ValueSamples("string")));
        byte[] Row(int id, string text) => module.Row("t", $$"""{"id":{{id}},"v":"{{text}}"}""");
        await module.RunAsync(new Script().Insert("t", Row(1, "a")).Insert("t", Row(3, "c")).Insert("t", Row(5, new string('e', 40))));

        var answers = await module.RunAsync(new Script()
            .Open("t").Open("t", flags: Descending).Next(0, 10)
            .Insert("t", Row(2, "b")).Update("t", Row(3, "changed")).Delete("t", module.Key("t", "", "5"))
            .Next(0, 10).Next(0, 12).Next(0, 100).Next(0, 100)
            .Next(1, 4096).Next(1, 1).Scan("t").Close(0).Close(1));

        answers[2].Rows.ShouldBe([Row(1, "a")]);
        answers[6].Rows.ShouldBe([Row(3, "c")], "as it was");
        (answers[7].Value, answers[7].Text).ShouldBe((-2, "the buffer is too small; 49 bytes are needed"));
        answers[8].Rows.ShouldBe([Row(5, new string('e', 40))], "the row that did not fit is still the next one");
        answers[9].Value.ShouldBe(0);
        answers[10].Rows.ShouldBe([Row(5, new string('e', 40)), Row(3, "c"), Row(1, "a")]);
        answers[11].Value.ShouldBe(0);
        answers[12].Rows.ShouldBe([Row(1, "a"), Row(2, "b"), Row(3, "changed")]);
    }

    // Half of the rows are committed before; the other half is written by the first call that scans.
    private static async Task CompareAsync(
        ScriptedHost module, Expected expected, string index, List<Bound> bounds, Func<Bound, byte[]> key, bool isFilled = false)
    {
        if (!isFilled) await FillAsync(module, expected, remainder: 0);
        List<(Bound Lower, Bound Upper, int Flags)> ranges =
            [.. bounds.SelectMany(lower => bounds.SelectMany(upper => Enumerable.Range(0, Flags).Select(flags => (lower, upper, flags))))];
        // All pairs of many bounds are too many: every so many of them, each flag in its turn.
        int stride = Math.Max(1, ranges.Count / 1_000) | 1;
        ranges = [.. ranges.Where((_, i) => i % stride == 0)];
        bool isHalfFilled = !isFilled;
        foreach ((Bound Lower, Bound Upper, int Flags)[] part in ranges.Chunk(StepsPerCall))
        {
            using var script = new Script();
            int written = isHalfFilled ? expected.Insert(module, script, remainder: 1) : 0;
            isHalfFilled = false;
            foreach ((Bound lower, Bound upper, int flags) in part) script.Scan("t", index, key(lower), key(upper), flags);
            IReadOnlyList<Script.Answer> answers = await module.RunAsync(script);
            for (int i = 0; i < part.Length; i++)
            {
                answers[written + i].Rows.Select(row => module.Text("t", row))
                    .ShouldBe(expected.Range(part[i].Lower, part[i].Upper, part[i].Flags), $"{index} {part[i]}");
            }
        }
    }

    private static async Task FillAsync(ScriptedHost module, Expected expected, int remainder)
    {
        using var script = new Script();
        expected.Insert(module, script, remainder);
        await module.RunAsync(script);
    }

    private static byte[] Key(ScriptedHost module, string index, ValueSamples samples, Bound bound, Func<int, int> columnOf) =>
        bound.Positions.Length == 0 ? [] : module.Key(
            "t", index, [.. bound.Positions.Select((position, i) => columnOf(i) == 0 ? samples.Values[position] : $"{position}")]);

    private static string Table(string columns, string more, ValueSamples samples) =>
        """{"table":{"name":"t","columns":[""" + columns.Replace("@", samples.Type, StringComparison.Ordinal) + "]" + more + "}}";

    /// <summary>A bound: positions of the values of its leading columns among the samples.</summary>
    private sealed record Bound(int[] Positions)
    {
        public override string ToString() => $"({string.Join(", ", Positions)})";
    }

    /// <summary>Rows with their keys as positions in order.</summary>
    private sealed class Expected(string[] rows, int[][] keys)
    {
        private readonly (string Row, int[] Key)[] _ordered =
            [.. rows.Zip(keys).OrderBy(pair => pair.Second, Comparer<int[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)))];

        public int Insert(ScriptedHost module, Script script, int remainder)
        {
            string[] part = [.. rows.Where((_, i) => i % 2 == remainder).Reverse()];
            foreach (string row in part) script.Insert("t", module.Row("t", row));
            return part.Length;
        }

        public IEnumerable<string> Range(Bound lower, Bound upper, int flags)
        {
            IEnumerable<(string Row, int[] Key)> range = _ordered
                .Where(pair => IsBehind(Compare(pair.Key, lower), (flags & LowerExclusive) != 0, lower))
                .Where(pair => IsBehind(-Compare(pair.Key, upper), (flags & UpperExclusive) != 0, upper));
            if ((flags & Descending) != 0) range = range.Reverse();
            return range.Select(pair => pair.Row);
        }

        private static bool IsBehind(int order, bool isExclusive, Bound bound) =>
            bound.Positions.Length == 0 || (isExclusive ? order > 0 : order >= 0);

        private static int Compare(int[] key, Bound bound) =>
            key.AsSpan(0, bound.Positions.Length).SequenceCompareTo(bound.Positions);
    }
}
