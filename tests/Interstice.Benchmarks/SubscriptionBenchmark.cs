namespace Interstice.Benchmarks;

/// <summary>How many events a module hears of another in a second, durable with its effects, against the calls that made them.</summary>
internal static class SubscriptionBenchmark
{
    private const string Calls = "calls that insert a row, 1024 in flight";
    private const string Deliveries = "deliveries that insert a row each, catching up";
    private const string Rate = "a second";
    private const int Orders = 100_000;

    public static async Task RunAsync(RunSettings settings, Report report)
    {
        RateTable rates = new([Rate]);
        for (int round = 0; round < settings.Rounds; round++) await RunRoundAsync(rates);
        report.Heading($"Subscriptions ({Orders:N0} events, {settings.Rounds} rounds)");
        rates.Print(report, "median");
        rates.PrintRatios(report, Deliveries);
    }

    private static async Task RunRoundAsync(RateTable rates)
    {
        await using ModulesHost host = await ModulesHost.StartAsync();
        await host.PublishAsync("chain-orders", "orders");
        long started = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Orders),
            new ParallelOptions { MaxDegreeOfParallelism = 1024 },
            async (i, _) => await host.CallAsync("orders", "place", BitConverter.GetBytes(100L + i)));
        rates.Add(Calls, Rate, Orders / TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        await host.PublishAsync("chain-billing", "billing");
        started = TimeProvider.System.GetTimestamp();
        while (await host.Host.ViewAsync("billing", projection => projection.State!.FindTable("bills")!.Count) < Orders)
            await Task.Delay(5);
        rates.Add(Deliveries, Rate, Orders / TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }
}
