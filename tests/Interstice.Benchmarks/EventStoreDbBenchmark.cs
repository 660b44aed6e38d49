using EventStore.Client;
using Interstice.EventStoreDb;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using EventData = EventStore.Client.EventData;

namespace Interstice.Benchmarks;

/// <summary>P19 and P20: transfers of a host whose store is a server of EventStoreDB's protocol against the client's own appends of the same
/// events, and replay against the client's own read of the same stream.</summary>
/// <remarks>The server is the protocol endpoint over a durable journal, in a process of its own, and the one that INTERSTICE_ESDB names. The client's
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
            await using EndpointProcess endpoint = await EndpointProcess.StartAsync();
            await MeasureAsync(endpoint.ConnectionString, endpoint.Id, "the endpoint in a process of its own", payloads, settings, report);
        }

        if (Environment.GetEnvironmentVariable("INTERSTICE_ESDB") is { Length: > 0 } server)
            await MeasureAsync(server, null, "the server of INTERSTICE_ESDB", EventPayloads.Json, settings, report);
    }

    private static async Task MeasureAsync(
        string connectionString, string? process, string server, EventPayloads payloads, RunSettings settings, Report report)
    {
        string directory = Directory.CreateTempSubdirectory("interstice-bench-").FullName;
        EventStoreDbStore store = await EventStoreDbStore.ConnectAsync(connectionString, new EventStoreDbOptions { Payloads = payloads });
        await using BankHost bank = await BankHost.CreateAsync(Accounts, store, directory);
        await using var client = new EventStoreClient(EventStoreClientSettings.Create(connectionString));
        await bank.TransfersPerSecondAsync(new Load(1024, 1), Accounts, settings.Seconds, seed: 0);
        EventData[][] transactions = await TransactionsAsync(client);
        var times = new ProcessorTimes(process);
        RateTable rates = new([.. InFlight.Select(calls => $"{calls}")]);
        Dictionary<int, Latencies> latencies = InFlight.ToDictionary(calls => calls, _ => new Latencies());
        List<double> replays = [], reads = [], replayTimes = [], readTimes = [], storeTimes = [];
        for (int round = 0; round < settings.Rounds; round++)
        {
            foreach (int calls in InFlight)
            {
                Task<double> Appends() => AppendsPerSecondAsync(client, transactions, calls, settings.Seconds);
                Task<double> Transfers() => TransfersPerSecondAsync(bank, calls, settings.Seconds, round, latencies[calls]);
                bool isTimed = calls == InFlight[^1];
                rates.Add(Raw, $"{calls}", await (isTimed ? times.MeasureAsync(Raw, Appends) : Appends()));
                rates.Add(Host, $"{calls}", await (isTimed ? times.MeasureAsync(Host, Transfers) : Transfers()));
            }

            (double read, double readTime) = await MeasuredAsync(() => ReadAsync(client));
            (_, double storeTime) = await MeasuredAsync(() => ReadAsync(store));
            (double replay, double replayTime) = await MeasuredAsync(() => ReplayAsync(store));
            reads.Add(read);
            replays.Add(replay);
            readTimes.Add(readTime);
            storeTimes.Add(storeTime);
            replayTimes.Add(replayTime);
        }

        report.Heading($"EventStoreDB: {server}, events as {payloads}, durable, {transactions[0].Length} events a transfer, {settings.Rounds} rounds");
        rates.Print(report, "transactions/s (median) with so many in flight");
        rates.PrintRatios(report, Host, new Dictionary<string, string> { [Raw] = "P19 at 1,024" });
        times.Print(report, $"processor time with {InFlight[^1]} in flight, us a transaction");
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
                ["processor time of client's own read, ns an event", Report.Number(Ratio.MedianOf(readTimes))],
                ["processor time of the store's read, decoded, ns an event", Report.Number(Ratio.MedianOf(storeTimes))],
                ["processor time of replay, the same client in it, ns an event", Report.Number(Ratio.MedianOf(replayTimes))],
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

    // Events a second, and processor time of this process for each, in nanoseconds.
    private static async Task<(double PerSecond, double Nanoseconds)> MeasuredAsync(Func<Task<long>> work)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long started = TimeProvider.System.GetTimestamp();
        long events = await work();
        return (events / TimeProvider.System.GetElapsedTime(started).TotalSeconds,
            (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / events);
    }

    private static async Task<long> ReadAsync(EventStoreClient client)
    {
        long count = 0;
        await foreach (ResolvedEvent _ in client.ReadStreamAsync(
                           Direction.Forwards, StreamNames.Module(BankHost.Module).Value, StreamPosition.Start)) count++;
        return count;
    }

    private static async Task<long> ReadAsync(EventStoreDbStore store)
    {
        long count = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
                           StreamNames.Module(BankHost.Module), ReadDirection.Forwards, Revision.First)) count += batch.Length;
        return count;
    }

    private static async Task<long> ReplayAsync(EventStoreDbStore store)
    {
        var projection = new ModuleProjection(BankHost.Module);
        ReplayResult result = await ModuleReplay.RunAsync(store, projection, null, TimeProvider.System, null, CancellationToken.None);
        return result.Events;
    }
}
