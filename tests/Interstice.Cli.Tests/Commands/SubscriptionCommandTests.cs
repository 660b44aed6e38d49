using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

/// <summary><c>graph</c>, <c>deliveries</c> and what <c>modules</c> says of subscriptions.</summary>
public sealed class SubscriptionCommandTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task The_graph_of_a_store_is_what_its_modules_declare_and_of_a_host_also_what_it_observed()
    {
        (await _store.RunAsync("publish", File("chain-orders"))).ShouldSucceed();
        (await _store.RunAsync("graph")).ShouldSucceed().Output.ShouldBe("no module declares a subscription or a call of another one\n");
        (await _store.RunAsync("publish", File("chain-billing"))).ShouldSucceed();
        JsonElement declared = (await _store.RunAsync("graph", "-o", "json")).ShouldSucceed().Json;
        JsonElement edge = declared.GetProperty("edges").EnumerateArray().First(found => found.GetProperty("kind").GetString() == "subscription");
        (edge.GetProperty("from").GetString(), edge.GetProperty("to").GetString()).ShouldBe(("orders", "billing"));
        edge.TryGetProperty("state", out _).ShouldBeFalse();
        (await _store.RunAsync("graph", "--mermaid")).ShouldSucceed().Output.ShouldStartWith("flowchart LR\n    billing\n    orders\n    orders -- \"orders.");
        (await _store.RunAsync("graph")).ShouldSucceed().Lines[0].ShouldMatch("^from +to +by +depth +state +through +delivered +failed +parked$");
        (await _store.RunAsync("graph", "--mermiad")).ShouldFail(2, "graph takes no option \"--mermiad\"; did you mean \"--mermaid\"?");
        (await _store.RunAsync("graph", "billing")).ShouldFail(2, "graph takes no further argument \"billing\"");

        using RunningHost host = await RunningHost.StartAsync(_store.Directory);
        JsonElement observed = (await _store.RunAsync("graph", "-o", "json", "--server", host.Url)).ShouldSucceed().Json;
        observed.GetProperty("edges").EnumerateArray().ShouldContain(found => found.GetProperty("kind").GetString() == "subscription"
            && found.GetProperty("state").GetString() != null);
        (await _store.RunAsync("deliveries", "billing", "--server", host.Url)).ShouldSucceed()
            .Output.ShouldBe("the host has delivered nothing to module billing since it started\n");
        (await _store.RunAsync("call", "orders.place", "5", "--server", host.Url)).ShouldSucceed();
        ProgramResult delivered = await DeliveriesAsync(host);
        while (delivered.JsonLines.Length == 0) delivered = await DeliveriesAsync(host);
        JsonElement delivery = delivered.JsonLines.ShouldHaveSingleItem();
        (delivery.GetProperty("source").GetString(), delivery.GetProperty("handler").GetString(), delivery.GetProperty("outcome").GetString())
            .ShouldBe(("orders.orders", "on_order", "committed"));
        (await _store.RunAsync("deliveries", "billing", "--server", host.Url)).ShouldSucceed().Lines.Length.ShouldBe(2);
        (await _store.RunAsync("deliveries", "biling", "--server", host.Url)).ShouldFail(2, "did you mean \"billing\"?");
        (await _store.RunAsync("deliveries", "billing")).ShouldFail(2, "give --server URL", "interstice log-inspect --module billing --reducer HANDLER");
    }

    [Fact]
    public async Task A_subscription_that_waits_for_its_source_is_told_with_the_list_of_modules()
    {
        ProgramResult published = await _store.RunAsync("publish", File("chain-billing"));
        published.Code.ShouldBe(0);
        published.Errors.ShouldContain("waits: module orders is not published");
        using RunningHost host = await RunningHost.StartAsync(_store.Directory);
        ProgramResult modules = (await _store.RunAsync("modules", "--server", host.Url)).ShouldSucceed();
        while (!modules.Output.Contains("is waiting", StringComparison.Ordinal)) modules = await _store.RunAsync("modules", "--server", host.Url);
        modules.Output.ShouldContain("billing: the subscription orders.");
        JsonElement ready = await host.GetAsync("health/ready");
        ready.GetProperty("ready").GetBoolean().ShouldBeTrue();
        ready.GetProperty("subscriptions").GetProperty("waiting").GetInt32().ShouldBeGreaterThan(0);
    }

    private Task<ProgramResult> DeliveriesAsync(RunningHost host) => _store.RunAsync("deliveries", "billing", "-o", "ndjson", "--server", host.Url);

    private static string File(string module) => Path.Join(AppContext.BaseDirectory, "modules", module + ".wasm");
}
