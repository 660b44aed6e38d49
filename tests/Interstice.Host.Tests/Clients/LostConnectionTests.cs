using Interstice.Host.Clients;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.TestKit;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Clients;

/// <summary>Goal: nobody stands in <c>_clients</c> whom nobody holds, whatever became of the transaction that was to say so.</summary>
public sealed class LostConnectionTests
{
    private const string Module = "lifecycle";

    private static readonly Identity Ann = Identity.Of("tests", "ann");

    [Fact]
    public async Task A_client_whose_disconnection_found_the_queue_full_is_disconnected_by_the_host()
    {
        ModuleHostOptions options = new() { Loop = new() { QueueLengthMax = 1 } };
        await using HostFixture fixture = await HostFixture.StartAsync(options: options);
        await fixture.PublishAsync(Module);
        ClientSession ann = (await fixture.Host.ConnectAsync(Module, Ann)).ShouldBeOfType<ConnectOutcome.Connected>().Session;

        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        Task<bool> blocks = fixture.Host.ViewAsync(Module, _ =>
        {
            entered.Set();
            leave.Wait(TestContext.Current.CancellationToken);
            return true;
        });
        entered.Wait(TestContext.Current.CancellationToken);
        Task<long> waits = CountAsync(fixture, SystemTables.Clients);
        (await ann.DisconnectAsync()).ShouldBeOfType<CallOutcome.Refused>().Kind.ShouldBe(CallRefusal.QueueFull);
        leave.Set();
        await Task.WhenAll(blocks, waits);

        await UntilGoneAsync(fixture);
        (await CountAsync(fixture, "calls")).ShouldBe(3, "init, connected and disconnected");
    }

    [Fact]
    public async Task A_client_whose_connection_is_in_the_store_though_nobody_knew_is_disconnected_by_the_host()
    {
        var time = new ManualTime();
        ModuleHostOptions options = new()
        {
            Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan },
            Loop = new() { ResolveTimeout = TimeSpan.Zero },
        };
        await using HostFixture fixture = await HostFixture.StartAsync(options: options, time: time);
        await fixture.PublishAsync(Module);
        await CountAsync(fixture, "calls");
        fixture.Store.FailAppend(fixture.Store.AppendCount, Fault.UnknownWritten);
        fixture.Store.FailAppend(fixture.Store.AppendCount + 1, Fault.RefusedBeforeWrite);

        var refused = (await fixture.Host.ConnectAsync(Module, Ann)).ShouldBeOfType<ConnectOutcome.Refused>();
        refused.Outcome.ShouldBeOfType<CallOutcome.Unknown>(refused.Outcome.ToString());
        await UntilGoneAsync(fixture, () => time.Advance(TimeSpan.FromSeconds(1)), calls: 3);
    }

    private static async Task UntilGoneAsync(HostFixture fixture, Action? pass = null, long calls = 0)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await CountAsync(fixture, SystemTables.Clients) > 0 || await CountAsync(fixture, "calls") < calls)
        {
            patience.IsCancellationRequested.ShouldBeFalse("the client is still there");
            pass?.Invoke();
            await Task.Yield();
        }
    }

    private static Task<long> CountAsync(HostFixture fixture, string table) =>
        fixture.Host.ViewAsync(Module, projection => projection.State!.FindTable(table)!.Count);
}
