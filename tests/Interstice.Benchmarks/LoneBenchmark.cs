using Interstice.Benchmarks.Peers;

namespace Interstice.Benchmarks;

/// <summary>P7 with one client: transfers one after another, durable, against the raw device with a log record of the same bytes and
/// against SQLite, and what the process takes for each. The part of <c>transfer</c> that asks how long a caller without company
/// waits, in less time.</summary>
internal static class LoneBenchmark
{
    private const string Raw = "raw append + fdatasync";
    private const string Host = "host";
    private const string Column = "1";
    private const int Accounts = 100_000;
    private const int RawCapacity = 64 << 20;

    private static readonly Load One = new(1, 1);

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        using PeerLoad? sqlite = SqliteDatabase.IsInstalled ? new PeerLoad(new SqlitePeer()) : null;
        sqlite?.Peer.OpenAccounts(Accounts);
        await using BankHost bank = await BankHost.CreateAsync(Accounts);
        using var raw = new RawLog(bank.Directory, RawCapacity);
        int bytes = await TransferBenchmark.BytesPerTransferAsync(bank);
        await bank.TransfersPerSecondAsync(One, Accounts, settings.Seconds, seed: 0);
        RateTable rates = new([Column]);
        ProcessorTimes times = new(server: null);
        for (int round = 0; round < settings.Rounds; round++)
        {
            rates.Add(Raw, Column, raw.Measure(bytes, 1, settings.Seconds).PerSecond);
            rates.Add(Host, Column, await times.MeasureAsync(Host, () => bank.TransfersPerSecondAsync(One, Accounts, settings.Seconds, round)));
            if (sqlite is not null) rates.Add(sqlite.Peer.Name, Column, sqlite.TransfersPerSecond(One, Accounts, settings.Seconds, round));
        }

        report.Heading($"One client, durable, in process ({Accounts:N0} accounts, {bytes} bytes of log a transfer, {settings.Rounds} rounds)");
        rates.Print(report, "transfers/s (median)");
        rates.PrintRatios(report, Host, sqlite is null ? null : new Dictionary<string, string> { [sqlite.Peer.Name] = "P7" });
        times.Print(report, "us of processor time a transfer, by thread");
        if (sqlite is not null) report.Line($"- {sqlite.Peer.Name}: {sqlite.Peer.Settings}.");
        report.Line();
    }
}
