using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Reexecution;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;

namespace Interstice.EventStoreDb.Tests;

/// <summary>Orders over three modules, which a server of EventStoreDB's protocol has behind a commit point, are run again.</summary>
public sealed class JointCallsOnEventStoreDbTests : IAsyncLifetime
{
    private const int Orders = 5;

    private EndpointServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EndpointServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(EventPayloads.Json)]
    [InlineData(EventPayloads.Canonical)]
    public async Task Orders_and_timers_over_three_modules_give_again_what_is_recorded(EventPayloads payloads)
    {
        await using (HostedBank host = await HostedBank.StartAsync(await ConnectAsync(payloads)))
        {
            await host.PublishAsync("ledger", "stock", "shop");
            await CommitAsync(host, "shop", "open", writer => writer.String("till"));
            await CommitAsync(host, "ledger", "open_account", writer => { writer.String("ann"); writer.Int64(100_000); });
            await CommitAsync(host, "stock", "add_item", writer => { writer.String("tea"); writer.Int64(100); writer.Int64(3_600_000_000); });

            // Held for a microsecond: each expires by its timer, over all three modules too.
            for (int i = 0; i < Orders; i++) await CommitAsync(host, "shop", "place", WriteOrder);
            await WaitForEntriesAsync(host, 2 * Orders);
        }

        await using EventStoreDbStore store = await ConnectAsync(payloads);
        var history = new RecordedHistory(store, new ManagedModuleEngine(), null, TimeProvider.System);
        foreach (string module in (string[])["shop", "stock", "ledger"])
        {
            ReexecutionResult result = await history.ReexecuteAsync(module, new(), null, Cancel);
            result.Differences.ShouldBeEmpty(module);
            (result.JointCalls, result.NotRun).ShouldBe((0, 0), module);
            result.Calls.ShouldBeGreaterThan(2 * Orders, module);
        }
    }

    private static void WriteOrder(PayloadWriter writer)
    {
        writer.UInt64(2);
        writer.UInt64(1);
        writer.Int32(3);
        writer.Int64(50);
        writer.Int64(1);
    }

    private static async Task CommitAsync(HostedBank host, string module, string reducer, Action<PayloadWriter> write)
    {
        using var arguments = new PayloadWriter();
        write(arguments);
        CallOutcome outcome = await host.CallAsync(module, reducer, arguments.Written.ToArray());
        outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
    }

    private static async Task WaitForEntriesAsync(HostedBank host, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await host.Host.ViewAsync("ledger", projection => projection.State!.FindTable("entries")!.Count) < count)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<EventStoreDbStore> ConnectAsync(EventPayloads payloads) => await EventStoreDbStore.ConnectAsync(
        _server.ConnectionString, new EventStoreDbOptions { Payloads = payloads }, cancellationToken: Cancel);
}
