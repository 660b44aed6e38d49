using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Shop;

// What the log says, in words, of a call that went over several modules and of what the host does by itself.
public sealed class ShopInspectionTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_call_over_several_modules_is_told_as_one_call_and_its_parts()
    {
        await OrderAsync(60_000_000);
        string text = (await _store.RunAsync("log-inspect", "--reducer", "shop.place")).ShouldSucceed().Output;
        text.ShouldContain("  place(buyer: 2, item: 1, count: 3, price: 120, hold: 60000000)  by ");
        text.ShouldMatch("\nstock #[0-9]+  [^ ]+  part of shop.place  by [0-9a-f]{12}  3 events, hash ");
        text.ShouldMatch("\nledger #[0-9]+  [^ ]+  part of shop.place  by [0-9a-f]{12}  3 events, hash ");
        text.ShouldContain("    ~ accounts [2]  balance 500 -> 380\n");
        text.ShouldContain(" state placed at ");
        text.ShouldContain(" reducer expire arguments ");
        text.ShouldContain(" error \"\"\n");
        text.ShouldNotContain("open_account");
        (await _store.RunAsync("log-inspect", "--reducer", "place")).ShouldSucceed().Output.ShouldNotContain("part of");
        (await _store.RunAsync("log-inspect", "--module", "stock", "--reducer", "shop.place")).ShouldSucceed().Output.ShouldNotContain("ledger #");
        ProgramResult wrong = await _store.RunAsync("log-inspect", "--reducer", "shop.plaice");
        wrong.Code.ShouldNotBe(0);
        wrong.Errors.ShouldContain("no module has a reducer \"shop.plaice\"");
        wrong.Errors.ShouldContain("shop.place");
    }

    [Fact]
    public async Task What_the_host_calls_is_said_to_be_by_the_host()
    {
        await OrderAsync(1000);
        using RunningHost host = await RunningHost.StartAsync(_store.Directory);
        await ShopScene.QuietenAsync(host);
        string text = (await _store.RunAsync("log-inspect", "--reducer", "hear_placed")).ShouldSucceed().Output;
        text.ShouldContain("\"state\":{\"placed\":null}");
        text.ShouldContain("  by the host  ");
        (await _store.RunAsync("rows", "ledger.heard")).ShouldSucceed().Output.ShouldContain("  expired\n");
    }

    private async Task OrderAsync(int hold)
    {
        await ShopScene.PublishAsync(_store);
        (await _store.RunAsync("call", "shop.open", "\"till\"")).ShouldSucceed();
        (await _store.RunAsync("call", "ledger.open_account", "\"ann\"", "500")).ShouldSucceed();
        (await _store.RunAsync("call", "stock.add_item", "\"apple\"", "10", "60000000")).ShouldSucceed();
        (await _store.RunAsync("call", "shop.place", "2", "1", "3", "120", $"{hold}")).ShouldSucceed();
    }
}
