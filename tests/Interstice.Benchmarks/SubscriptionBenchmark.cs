using Interstice.Host;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.Benchmarks;

/// <summary>How many events a module hears of another in a second, durable with its effects, against the calls that made them.</summary>
internal static class SubscriptionBenchmark
{
    private const string Calls = "calls that insert a row, 1024 in flight";
    private const string Deliveries = "deliveries that insert a row each, catching up";
    private const string Rate = "a second";
    private const int Orders = 100_000;

    private static readonly Identity Caller = Identity.Of("benchmarks", "client");

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
        string directory = Directory.CreateTempSubdirectory("interstice-bench-").FullName;
        await using (JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = directory }))
        await using (ServiceProvider services = new ServiceCollection()
            .AddSingleton<IEventStore>(journal)
            .AddSingleton<IModuleEngine, ManagedModuleEngine>()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddIntersticeHost()
            .BuildServiceProvider())
        {
            ModuleHost host = services.GetRequiredService<ModuleHost>();
            IMediator mediator = services.GetRequiredService<IMediator>();
            await host.StartAsync();
            await PublishAsync(mediator, "chain-orders");
            long started = TimeProvider.System.GetTimestamp();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Orders),
                new ParallelOptions { MaxDegreeOfParallelism = 1024 },
                async (i, _) =>
                {
                    var call = new CallReducer("orders", "place", BitConverter.GetBytes(100L + i), Caller);
                    CallOutcome outcome = await mediator.Send(call, CancellationToken.None);
                    if (outcome is not CallOutcome.Committed) throw new InvalidOperationException($"no order: {outcome}");
                });
            rates.Add(Calls, Rate, Orders / TimeProvider.System.GetElapsedTime(started).TotalSeconds);
            await PublishAsync(mediator, "chain-billing");
            started = TimeProvider.System.GetTimestamp();
            while (await host.ViewAsync("billing", projection => projection.State!.FindTable("bills")!.Count) < Orders)
                await Task.Delay(5);
            rates.Add(Deliveries, Rate, Orders / TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task PublishAsync(IMediator mediator, string name)
    {
        byte[] binary = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "modules", name + ".wasm"));
        await mediator.Send(new PublishModule(binary, Caller));
    }
}
