using System.Diagnostics;
using System.Text;
using Interstice.Kernel.Events;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Tables.Columnar;

namespace Interstice.Benchmarks;

/// <summary>Analytic scans by rows and by columns: rows looked at in a second, and memory.</summary>
internal static class ColumnBenchmark
{
    private const int Rows = 1_000_000;

    private static readonly string Declarations = string.Join('\n',
    [
        """{"module":{"name":"columns","version":"1.0.0","abi":1}}""",
        """{"table":{"name":"orders","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"customer","type":"string"},{"name":"amount","type":"i64"},{"name":"at","type":"timestamp"},{"name":"note","type":"option<string>"},{"name":"price","type":"f64"}]}}""",
    ]);

    public static Task RunAsync(RunSettings settings, Report report)
    {
        var schema = ModuleSchema.Parse(Encoding.UTF8.GetBytes(Declarations));
        Table table = new ModuleState(schema).GetTable(0);
        Fill(table);
        long started = Stopwatch.GetTimestamp();
        ColumnarTable columns = ColumnarTable.Build(table);
        double built = Stopwatch.GetElapsedTime(started).TotalSeconds;
        (string Name, AggregateQuery Query)[] queries =
        [
            ("count, a filter on a number", Query(table, "amount > 900", null)),
            ("count, a narrow range of times", Query(table, "at between '2023-11-14T22:13:25Z' and '2023-11-14T22:13:30Z'", null)),
            ("count, like on text", Query(table, "customer like '%7 of%'", null)),
            ("sum of integers, all rows", Query(table, null, null, new Aggregate(AggregateFunction.Sum, 2))),
            ("sum of integers, two conditions", Query(table, "amount > 500 and note is null", null, new Aggregate(AggregateFunction.Sum, 2))),
            ("sum of floats, all rows", Query(table, null, null, new Aggregate(AggregateFunction.Sum, 5))),
            ("sum by text, 1,000 groups", Query(table, null, 1, new Aggregate(AggregateFunction.Sum, 2))),
        ];

        report.Heading($"Analytic scans ({Rows:N0} rows, one thread; millions of rows a second, medians of {settings.Rounds} rounds, and the ratio in each)");
        var rates = new RateTable(["rows", "columns"]);
        for (int round = 0; round < settings.Rounds; round++)
        {
            foreach ((string name, AggregateQuery query) in queries)
            {
                rates.Add(name, "rows", Measure(settings, () => Aggregation.Run(table, query)));
                rates.Add(name, "columns", Measure(settings, () => Aggregation.Run(columns, query)));
            }
        }

        report.Table(
            ["query", "rows, M rows/s", "columns, M rows/s", "columns / rows"],
            queries.Select(query => (string[])
            [
                query.Name,
                Report.Number(Ratio.MedianOf(rates[query.Name, "rows"])),
                Report.Number(Ratio.MedianOf(rates[query.Name, "columns"])),
                Report.Number(Ratio.MedianOf([.. rates[query.Name, "columns"].Zip(rates[query.Name, "rows"], (left, right) => left / right)])),
            ]));
        report.Table(
            ["layout", "memory", "a row"],
            [
                ["rows and primary key", $"{table.MemoryBytes / 1e6:F1} MB", $"{(double)table.MemoryBytes / Rows:F1} B"],
                [$"columns, built in {built * 1000:F0} ms", $"{columns.MemoryBytes / 1e6:F1} MB", $"{(double)columns.MemoryBytes / Rows:F1} B"],
            ]);
        return Task.CompletedTask;
    }

    private static AggregateQuery Query(Table table, string? where, int? group, params Aggregate[] aggregates) =>
        new(where is null ? null : RowExpression.Compile(where, table.Schema), group, [.. aggregates]);

    // Each side runs for a part of the seconds of a round, whole passes only.
    private static double Measure(RunSettings settings, Action pass)
    {
        pass();
        long started = Stopwatch.GetTimestamp();
        int passes = 0;
        double seconds;
        do
        {
            pass();
            passes++;
            seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        while (seconds < settings.Seconds / 10.0);
        return passes * (double)Rows / seconds / 1e6;
    }

    private static void Fill(Table table)
    {
        using var writer = new PayloadWriter();
        for (int i = 0; i < Rows; i++)
        {
            writer.Clear();
            writer.UInt64((ulong)i + 1);
            writer.String($"customer {i * 7919L % 1000:D4} of many");
            writer.Int64(i * 104_729L % 1000);
            writer.Int64(1_700_000_000_000_000 + (i * 1000L));
            if (i % 4 == 0)
            {
                writer.Byte(1);
                writer.String("paid");
            }
            else
            {
                writer.Byte(0);
            }

            writer.UInt64(BitConverter.DoubleToUInt64Bits(i * 0.25));
            table.Release(table.Insert(writer.Written));
        }
    }
}
