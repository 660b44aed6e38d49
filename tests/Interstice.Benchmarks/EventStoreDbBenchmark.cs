using System.Net;
using EventStore.Client;
using Interstice.EventStoreDb;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.Server.EventStoreDb;
using EventData = EventStore.Client.EventData;

namespace Interstice.Benchmarks;

/// <summary>P19 and P20: transfers of a host whose store is a server of EventStoreDB's protocol against the client's own appends of the same
/// events, and replay against the client's own read of the same stream.</summary>
/// <remarks>The server is the protocol endpoint over a durable journal, in this process, and the one that INTERSTICE_ESDB names. The client's
/// own appends are chained like the host's: 8 in flight, together as many transactions as the host has calls.</remarks>
internal static class EventStoreDbBenchmark
{
    private const string Raw = "client's own appends";
    private const string Host = "host";
    private const int Accounts = 10_000;
    private const int AppendsInFlight = 8;

    private static readonly int[] InFlight = [1, 32, 1024];

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        foreach (EventPayloads payloads in Enum.GetValues<EventPayloads>())
        {
            string directory = Directory.CreateTempSubdirectory("interstice-bench-").FullName;
            await using (JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = directory }))
            await using (EventStoreDbEndpoint endpoint = await EventStoreDbEndpoint.StartAsync(
                             journal, new IPEndPoint(IPAddress.Loopback, 0), new EndpointOptions()))
                await MeasureAsync($"esdb://{endpoint.Address.Authority}?tls=false", "the endpoint in this process", payloads, settings, report);
            Directory.Delete(directory, recursive: true);
        }

        if (Environment.GetEnvironmentVariable("INTERSTICE_ESDB") is { Length: > 0 } server)
            await MeasureAsync(server, "the server of INTERSTICE_ESDB", EventPayloads.Json, settings, report);
    }

    private static async Task MeasureAsync(
        string connectionString, string server, EventPayloads payloads, RunSettings settings, Report report)
    {
        string directory = Directory.CreateTempSubdirectory("interstice-bench-").FullName;
        EventStoreDbStore store = await EventStoreDbStore.ConnectAsync(connectionString, new EventStoreDbOptions { Payloads = payloads });
        await using BankHost bank = await BankHost.CreateAsync(Accounts, store, directory);
        await using var client = new EventStoreClient(EventStoreClientSettings.Create(connectionString));
        await bank.TransfersPerSecondAsync(new Load(1024, 1), Accounts, settings.Seconds, seed: 0);
        EventData[][] transactions = await TransactionsAsync(client);
        RateTable rates = new([.. InFlight.Select(calls => $"{calls}")]);
        Dictionary<int, Latencies> latencies = InFlight.ToDictionary(calls => calls, _ => new Latencies());
        List<double> replays = [], reads = [];
        for (int round = 0; round < settings.Rounds; round++)
        {
            foreach (int calls in InFlight)
            {
                rates.Add(Raw, $"{calls}", await AppendsPerSecondAsync(client, transactions, calls, settings.Seconds));
                rates.Add(Host, $"{calls}", await TransfersPerSecondAsync(bank, calls, settings.Seconds, round, latencies[calls]));
            }

            reads.Add(await ReadPerSecondAsync(client));
            replays.Add(await ReplayPerSecondAsync(store));
        }

        report.Heading($"EventStoreDB: {server}, events as {payloads}, durable, {transactions[0].Length} events a transfer, {settings.Rounds} rounds");
        rates.Print(report, "transactions/s (median) with so many in flight");
        rates.PrintRatios(report, Host, new Dictionary<string, string> { [Raw] = "P19 at 1,024" });
        report.Table(
            ["latency of the host, ms", .. InFlight.Select(calls => $"{calls}")],
            [
                ["p50", .. InFlight.Select(calls => Report.Number(latencies[calls].Milliseconds(0.5)))],
                ["p99", .. InFlight.Select(calls => Report.Number(latencies[calls].Milliseconds(0.99)))],
            ]);
        report.Table(
            ["replay", "median"],
            [
                ["client's own read, events/s", Report.Number(Ratio.MedianOf(reads))],
                ["replay to tables, events/s", Report.Number(Ratio.MedianOf(replays))],
                ["replay / client's own read (P20)", $"{Ratio.Of(replays, reads)}"],
            ]);
    }

    private static Task<double> TransfersPerSecondAsync(BankHost bank, int calls, double seconds, int seed, Latencies latencies) =>
        Clients.PerSecondAsync(new Load(calls, 1), Accounts, seconds, seed, async (from, to, scratch) =>
        {
            long started = TimeProvider.System.GetTimestamp();
            await bank.TransferAsync(from, to, scratch);
            latencies.Add(TimeProvider.System.GetElapsedTime(started));
        });

    // Transfers as the host wrote them, from the end of its stream.
    private static async Task<EventData[][]> TransactionsAsync(EventStoreClient client)
    {
        const int Wanted = 2048;
        List<EventData[]> transactions = [];
        List<EventData> open = [];
        EventStoreClient.ReadStreamResult read = client.ReadStreamAsync(
            Direction.Backwards, StreamNames.Module(BankHost.Module).Value, StreamPosition.End, Wanted * 8);
        await foreach (ResolvedEvent resolved in read)
        {
            EventRecord record = resolved.Event;
            open.Insert(0, new EventData(record.EventId, record.EventType, record.Data, record.Metadata, record.ContentType));
            TransactionId.OfEvent(record.EventId.ToGuid(), out int index);
            if (index != 0) continue;
            transactions.Add([.. open]);
            open.Clear();
            if (transactions.Count == Wanted) break;
        }

        return [.. transactions];
    }

    private static async Task<double> AppendsPerSecondAsync(EventStoreClient client, EventData[][] transactions, int calls, double seconds)
    {
        string stream = $"raw-{Guid.NewGuid():N}";
        int appends = Math.Min(AppendsInFlight, calls);
        int perAppend = calls / appends;
        long started = TimeProvider.System.GetTimestamp();
        Queue<Task<IWriteResult>> inFlight = new();
        long count = 0;
        long revision = -1;
        int next = 0;
        while (TimeProvider.System.GetElapsedTime(started).TotalSeconds < seconds)
        {
            List<EventData> events = [];
            for (int i = 0; i < perAppend; i++)
                foreach (EventData data in transactions[next++ % transactions.Length])
                    events.Add(new EventData(Uuid.NewUuid(), data.Type, data.Data, data.Metadata, data.ContentType));
            inFlight.Enqueue(client.AppendToStreamAsync(stream, StreamRevision.FromInt64(revision), events));
            revision += events.Count;
            if (inFlight.Count < appends) continue;
            await inFlight.Dequeue();
            count += perAppend;
        }

        while (inFlight.Count > 0)
        {
            await inFlight.Dequeue();
            count += perAppend;
        }

        return count / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<double> ReadPerSecondAsync(EventStoreClient client)
    {
        long started = TimeProvider.System.GetTimestamp();
        long count = 0;
        await foreach (ResolvedEvent _ in client.ReadStreamAsync(
                           Direction.Forwards, StreamNames.Module(BankHost.Module).Value, StreamPosition.Start)) count++;
        return count / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<double> ReplayPerSecondAsync(EventStoreDbStore store)
    {
        var projection = new ModuleProjection(BankHost.Module);
        ReplayResult result = await ModuleReplay.RunAsync(store, projection, null, TimeProvider.System, null, CancellationToken.None);
        return result.Events / result.Elapsed.TotalSeconds;
    }
}
