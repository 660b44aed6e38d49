using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Subscriptions;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Tests.Subscriptions;

/// <summary>What the tests of subscriptions look at in the modules of tests/modules/plain/chain-*.</summary>
internal static class SubscriptionChain
{
    /// <summary>No pause between attempts that a test would wait for.</summary>
    public static readonly ModuleHostOptions Options = new()
    {
        Subscriptions = new()
        {
            BackoffMin = TimeSpan.FromMilliseconds(1),
            BackoffMax = TimeSpan.FromMilliseconds(4),
            CheckpointInterval = TimeSpan.FromMilliseconds(5),
        },
    };

    /// <summary>The last column of a table's rows, an i64, in the order of the primary key.</summary>
    public static Task<long[]> AmountsAsync(ModuleHost host, string module, string table) =>
        host.ViewAsync(module, projection => Amounts(projection, table));

    public static long[] Amounts(ModuleProjection projection, string table)
    {
        List<long> amounts = [];
        foreach (ReadOnlySpan<byte> row in projection.State!.FindTable(table)!.Scan(0, default, descending: false))
            amounts.Add(BitConverter.ToInt64(row[^8..]));
        return [.. amounts];
    }

    /// <summary>Waits until a table has as many rows.</summary>
    public static async Task<long[]> UntilAsync(ModuleHost host, string module, string table, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            long[] amounts = await TryAmountsAsync(host, module, table);
            if (amounts.Length >= count) return amounts;
            patience.IsCancellationRequested.ShouldBeFalse(
                $"{module}.{table} has {amounts.Length} of {count} rows; {string.Join(", ", host.Subscriptions)}");
            await Task.Yield();
        }
    }

    private static async Task<long[]> TryAmountsAsync(ModuleHost host, string module, string table)
    {
        try
        {
            return await AmountsAsync(host, module, table);
        }
        catch (ModuleUnavailableException)
        {
            return [];
        }
    }

    /// <summary>What is parked: the handler, the attempts and the reason.</summary>
    public static Task<(string Handler, long Revision, uint Attempts, string Reason)[]> ParkedAsync(ModuleHost host, string module) =>
        host.ViewAsync(module, projection =>
        {
            List<(string, long, uint, string)> parked = [];
            foreach (ReadOnlySpan<byte> row in projection.State!.FindTable(SystemTables.Parked)!.Scan(0, default, descending: false))
            {
                var reader = new PayloadReader(row);
                reader.UInt64();
                reader.UInt64();
                reader.String();
                long revision = reader.Int64();
                reader.Guid();
                reader.Int64();
                reader.UInt64();
                uint attempts = reader.UInt32();
                reader.Int64();
                string handler = reader.String();
                reader.Bytes();
                parked.Add((handler, revision, attempts, reader.String()));
            }

            return parked.ToArray();
        });

    /// <summary>The first events of transactions of a stream with their records.</summary>
    public static async Task<List<(RecordedEvent First, TransactionRecord Record)>> TransactionsAsync(IEventStore store, string module)
    {
        List<(RecordedEvent, TransactionRecord)> found = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
            StreamNames.Module(module), ReadDirection.Forwards, Revision.First, long.MaxValue, TestContext.Current.CancellationToken))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
            {
                if (!EventTypes.IsOfTransaction(recorded.Type)) continue;
                TransactionId.OfEvent(recorded.Id, out int index);
                if (index == 0) found.Add((recorded with { Data = recorded.Data.ToArray() }, TransactionRecord.Read(recorded.Metadata.Span)));
            }
        }

        return found;
    }
}
