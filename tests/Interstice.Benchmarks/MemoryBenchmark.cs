using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Benchmarks;

/// <summary>P13: memory that tables hold, against the bytes of their rows.</summary>
internal static class MemoryBenchmark
{
    private const int Rows = 1_000_000;

    private static readonly string Declarations = string.Join('\n',
    [
        """{"module":{"name":"memory","version":"1.0.0","abi":1}}""",
        """{"table":{"name":"narrow","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"a","type":"u64"},{"name":"b","type":"u64"},{"name":"c","type":"u64"},{"name":"d","type":"u64"}]}}""",
        """{"table":{"name":"accounts","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"owner","type":"string"},{"name":"balance","type":"i64"},{"name":"opened_at","type":"timestamp"}],"indexes":[{"name":"owner","columns":["owner"]}]}}""",
        """{"table":{"name":"transfers","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"from","type":"u64"},{"name":"to","type":"u64"},{"name":"amount","type":"i64"},{"name":"at","type":"timestamp"}],"indexes":[{"name":"by_sender","columns":["from","at"]},{"name":"by_receiver","columns":["to","at"]}]}}""",
    ]);

    public static Task RunAsync(RunSettings settings, Report report)
    {
        var schema = ModuleSchema.Parse(System.Text.Encoding.UTF8.GetBytes(Declarations));
        report.Heading($"Memory of tables ({Rows:N0} rows inserted in the order of their keys; lower is better)");
        List<string[]> lines = [];
        foreach (TableSchema table in schema.Tables)
        {
            var state = new ModuleState(schema);
            long heapBefore = GC.GetTotalMemory(forceFullCollection: true);
            Fill(state.GetTable(table.Number));
            long heap = GC.GetTotalMemory(forceFullCollection: true) - heapBefore;
            lines.Add(
            [
                $"{table.Name}, {table.Indexes.Length} secondary",
                $"{(double)state.PayloadBytes / Rows:F1} B",
                $"{Report.Number((double)state.MemoryBytes / state.PayloadBytes)}",
                $"{Report.Number((double)heap / state.PayloadBytes)}",
            ]);
            GC.KeepAlive(state);
        }

        report.Table(["table, indexes", "payload a row", "memory / payload (P13)", "managed heap grown / payload"], lines);
        return Task.CompletedTask;
    }

    private static void Fill(Table table)
    {
        using var writer = new PayloadWriter();
        for (int i = 0; i < Rows; i++)
        {
            writer.Clear();
            writer.UInt64((ulong)i + 1);
            if (table.Schema.Name == "accounts")
            {
                writer.String($"owner {i % 1000:D4} of many");
                writer.Int64(i);
            }
            else
            {
                // Scattered as by real traffic, so that index pages are as full as they would be.
                writer.UInt64((ulong)(i * 7919L % 100_003));
                writer.UInt64((ulong)(i * 104_729L % 100_003));
                writer.Int64(i);
            }

            writer.Int64(1_700_000_000_000_000 + (i * 1000L));
            table.Release(table.Insert(writer.Written));
        }
    }
}
