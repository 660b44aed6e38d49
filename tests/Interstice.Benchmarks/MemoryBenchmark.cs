using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Benchmarks;

/// <summary>P13: memory that tables hold, against the bytes of their rows, and what is kept of each transaction that is durable.</summary>
internal static class MemoryBenchmark
{
    private const int Rows = 1_000_000;
    private const int Transactions = 1_000_000;
    private const int Warming = 100_000;

    private static readonly string Declarations = string.Join('\n',
    [
        """{"module":{"name":"memory","version":"1.0.0","abi":1}}""",
        """{"table":{"name":"narrow","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"a","type":"u64"},{"name":"b","type":"u64"},{"name":"c","type":"u64"},{"name":"d","type":"u64"}]}}""",
        """{"table":{"name":"accounts","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"owner","type":"string"},{"name":"balance","type":"i64"},{"name":"opened_at","type":"timestamp"}],"indexes":[{"name":"owner","columns":["owner"]}]}}""",
        """{"table":{"name":"transfers","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"from","type":"u64"},{"name":"to","type":"u64"},{"name":"amount","type":"i64"},{"name":"at","type":"timestamp"}],"indexes":[{"name":"by_sender","columns":["from","at"]},{"name":"by_receiver","columns":["to","at"]}]}}""",
    ]);

    // Puts random() into a cell that is there (tests/modules/plain/relay.wat): no row comes, none goes.
    private static readonly byte[] Put = [2, 0, 0, 0, 7, 1];

    public static async Task RunAsync(RunSettings settings, Report report)
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
        await KeptAsync(report);
    }

    private static async Task KeptAsync(Report report)
    {
        await using ModulesHost host = await ModulesHost.StartAsync();
        await host.PublishAsync("relay-alone", "cells");
        await CallAsync(host, Warming);
        (long tables, long transactions, long heap) = await NowAsync(host);
        await CallAsync(host, Transactions);
        (long tablesAfter, long transactionsAfter, long heapAfter) = await NowAsync(host);
        double count = transactionsAfter - transactions;
        report.Heading($"Memory kept of {count:N0} durable transactions that change one row and add none (lower is better)");
        report.Table(["where", "bytes a transaction"],
        [
            ["tables (P13)", Report.Number((tablesAfter - tables) / count)],
            ["managed heap of the whole process, the journal's index (4 B an event) included", Report.Number((heapAfter - heap) / count)],
        ]);
    }

    private static Task CallAsync(ModulesHost host, int count) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = 1024 },
        async (_, _) => await host.CallAsync("cells", "run", Put));

    private static async Task<(long Tables, long Transactions, long Heap)> NowAsync(ModulesHost host)
    {
        (long tables, long transactions) = await host.Host.ViewAsync(
            "cells", projection => (projection.State!.MemoryBytes, projection.TransactionCount));
        return (tables, transactions, GC.GetTotalMemory(forceFullCollection: true));
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
