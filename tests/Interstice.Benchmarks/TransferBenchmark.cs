using Interstice.Benchmarks.Peers;

namespace Interstice.Benchmarks;

/// <summary>P7: the transfer job, in process and durable. One client against the raw device with a log record of the same
/// bytes and against SQLite; 1024 in flight against plain C# with group commit, with as many clients that wait and in
/// batches without any: once with the least that the job needs, two balances and a record of 48 bytes, and once with the rows,
/// indexes and log bytes that the host has; and peers with as many clients.</summary>
internal static class TransferBenchmark
{
    private const string Raw = "raw append + fdatasync";
    private const string Native = "native, with clients that wait";
    private const string NativeTables = "native with the host's rows, indexes and log bytes, with clients that wait";
    private const string Batches = "native, batches of 1,024 without clients";
    private const string Host = "host";
    private const int Accounts = 100_000;
    private const int InFlight = 1024;
    private const int RawCapacity = 64 << 20;

    private static readonly Load[] Loads = [new(1, 1), new(8, 1), new(32, 1), new(InFlight, 1), new(32, 32)];

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        using PeerSet peers = PeerSet.Start();
        foreach (PeerLoad peer in peers.Loads) peer.Peer.OpenAccounts(Accounts);
        await using BankHost bank = await BankHost.CreateAsync(Accounts);
        using var raw = new RawLog(bank.Directory, RawCapacity);
        int bytes = await BytesPerTransferAsync(bank);
        RateTable rates = new([.. Loads.Select(load => load.ToString())]);
        await bank.TransfersPerSecondAsync(new Load(InFlight, 1), Accounts, settings.Seconds, seed: 0);
        for (int round = 0; round < settings.Rounds; round++)
        {
            foreach (Load load in Loads)
            {
                string column = load.ToString();
                if (load.InFlight == 1) rates.Add(Raw, column, raw.Measure(bytes, 1, settings.Seconds).PerSecond);
                if (load.Clients == InFlight) rates.Add(Batches, column, BatchesPerSecond(raw, settings.Seconds, round));
                rates.Add(Native, column, await NativePerSecondAsync(raw, new NativeBank(Accounts), load, settings.Seconds, round));
                rates.Add(NativeTables, column,
                    await NativePerSecondAsync(raw, new NativeTablesBank(Accounts, bytes), load, settings.Seconds, round));
                rates.Add(Host, column, await bank.TransfersPerSecondAsync(load, Accounts, settings.Seconds, round));
                foreach (PeerLoad peer in peers.Loads)
                    if (load.Clients <= 32) rates.Add(peer.Peer.Name, column, peer.TransfersPerSecond(load, Accounts, settings.Seconds, round));
            }
        }

        report.Heading($"Transfers, durable, in process ({Accounts:N0} accounts, {bytes} bytes of log each, {settings.Rounds} rounds)");
        rates.Print(report, "transfers/s (median) with so many clients");
        rates.PrintRatios(report, Host, Goals(peers));
        peers.Describe(report);
    }

    private static Dictionary<string, string> Goals(PeerSet peers)
    {
        Dictionary<string, string> goals = new() { [Native] = "P7 at 1,024" };
        foreach (PeerLoad peer in peers.Loads)
            if (peer.Peer is SqlitePeer) goals[peer.Peer.Name] = "P7 at 1";
        return goals;
    }

    /// <summary>Bytes of log that a transfer takes.</summary>
    public static async Task<int> BytesPerTransferAsync(BankHost bank)
    {
        const int Transfers = 1000;
        byte[] arguments = new byte[24];
        ulong before = await bank.LogEndAsync();
        for (int i = 0; i < Transfers; i++) await bank.TransferAsync(1, 2, arguments);
        return (int)((await bank.LogEndAsync() - before) / Transfers);
    }

    private static async Task<double> NativePerSecondAsync(RawLog raw, INativeBank native, Load load, double seconds, int seed)
    {
        using var service = new NativeService(raw, native);
        return await Clients.PerSecondAsync(load, Accounts, seconds, seed, (from, to, _) => service.TransferAsync(from, to));
    }

    private static double BatchesPerSecond(RawLog raw, double seconds, int seed)
    {
        var bank = new NativeBank(Accounts);
        var random = new Random(seed);
        byte[] group = new byte[InFlight * NativeBank.RecordBytes];
        long started = TimeProvider.System.GetTimestamp();
        long count = 0;
        for (; TimeProvider.System.GetElapsedTime(started).TotalSeconds < seconds; count += InFlight)
        {
            for (int i = 0; i < InFlight; i++)
            {
                ulong from = (ulong)random.Next(1, Accounts);
                bank.Transfer(from, from + 1, 1, group.AsSpan(i * NativeBank.RecordBytes));
            }

            raw.Append(group);
        }

        return count / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }
}
