namespace Interstice.Benchmarks;

/// <summary>P7: durable transfers through WebAssembly, one at a time against a raw append and fdatasync of as many bytes, and
/// 1024 in flight against the same job in plain C# with group commit: with as many clients that wait, and in batches without
/// any.</summary>
internal static class TransferBenchmark
{
    private const int Accounts = 100_000;
    private const int InFlight = 1024;
    private const int RawCapacity = 64 << 20;

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        await using BankHost bank = await BankHost.CreateAsync(Accounts);
        using var raw = new RawLog(bank.Directory, RawCapacity);
        int bytes = await BytesPerTransferAsync(bank);
        Dictionary<string, List<double>> rates = new()
        {
            ["raw append + fdatasync"] = [],
            ["host, 1 writer"] = [],
            ["native, batches of 1024 without clients"] = [],
            ["native, 1024 in flight"] = [],
            ["host, 1024 in flight"] = [],
        };
        await bank.TransfersPerSecondAsync(InFlight, Accounts, settings.Seconds, seed: 0);
        for (int round = 0; round < settings.Rounds; round++)
        {
            rates["raw append + fdatasync"].Add(RawPerSecond(raw, bytes, settings.Seconds));
            rates["host, 1 writer"].Add(await bank.TransfersPerSecondAsync(1, Accounts, settings.Seconds, round));
            rates["native, batches of 1024 without clients"].Add(BatchesPerSecond(raw, settings.Seconds, round));
            rates["native, 1024 in flight"].Add(await NativePerSecondAsync(raw, settings.Seconds, round));
            rates["host, 1024 in flight"].Add(await bank.TransfersPerSecondAsync(InFlight, Accounts, settings.Seconds, round));
        }

        report.Heading($"Transfers, durable, in process ({Accounts:N0} accounts, {bytes} bytes of log each, {settings.Rounds} rounds)");
        report.Table(
            ["what", "transfers/s (median)"],
            rates.Select(rate => new[] { rate.Key, Report.Number(Ratio.MedianOf(rate.Value)) }));
        report.Table(
            ["ratio", "median (lowest to highest round)"],
            [
                ["host, 1 writer / raw append + fdatasync", $"{Ratio.Of(rates["host, 1 writer"], rates["raw append + fdatasync"])}"],
                ["host, 1024 in flight / native, 1024 in flight (P7)", $"{Ratio.Of(rates["host, 1024 in flight"], rates["native, 1024 in flight"])}"],
                ["host, 1024 in flight / native, batches without clients",
                    $"{Ratio.Of(rates["host, 1024 in flight"], rates["native, batches of 1024 without clients"])}"],
            ]);
    }

    private static async Task<int> BytesPerTransferAsync(BankHost bank)
    {
        const int Transfers = 1000;
        byte[] arguments = new byte[24];
        ulong before = await bank.LogEndAsync();
        for (int i = 0; i < Transfers; i++) await bank.TransferAsync(1, 2, arguments);
        return (int)((await bank.LogEndAsync() - before) / Transfers);
    }

    private static double RawPerSecond(RawLog raw, int bytes, double seconds)
    {
        byte[] record = new byte[bytes];
        return Measure(seconds, () =>
        {
            raw.Append(record);
            return 1;
        });
    }

    private static double BatchesPerSecond(RawLog raw, double seconds, int seed)
    {
        var bank = new NativeBank(Accounts);
        var random = new Random(seed);
        byte[] group = new byte[InFlight * NativeBank.RecordBytes];
        return Measure(seconds, () =>
        {
            for (int i = 0; i < InFlight; i++)
            {
                ulong from = (ulong)random.Next(1, Accounts);
                bank.Transfer(from, from + 1, 1, group.AsSpan(i * NativeBank.RecordBytes));
            }

            raw.Append(group);
            return InFlight;
        });
    }

    private static async Task<double> NativePerSecondAsync(RawLog raw, double seconds, int seed)
    {
        using var service = new NativeService(raw, Accounts);
        return await Clients.PerSecondAsync(InFlight, Accounts, seconds, seed, (from, to, _) => service.TransferAsync(from, to));
    }

    private static double Measure(double seconds, Func<int> step)
    {
        long started = TimeProvider.System.GetTimestamp();
        long count = 0;
        while (TimeProvider.System.GetElapsedTime(started).TotalSeconds < seconds) count += step();
        return count / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }
}
