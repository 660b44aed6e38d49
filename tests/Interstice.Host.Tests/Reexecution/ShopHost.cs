namespace Interstice.Host.Tests.Reexecution;

/// <summary>A host with modules shop, stock and ledger, in which orders were placed and confirmed, each over all three.</summary>
internal static class ShopHost
{
    public static readonly string[] Modules = ["ledger", "stock", "shop"];

    /// <summary>Publishes the modules, opens the shop, and has three orders placed (one after a rejection that is caught) and one confirmed.</summary>
    public static async Task<HostFixture> StartAsync()
    {
        HostFixture host = await HostFixture.StartAsync();
        foreach (string module in Modules) await host.PublishAsync(module);
        await host.CommitAsync("shop", "open", "till");
        await host.CommitAsync("ledger", "open_account", "ann", "1000");
        await host.CommitAsync("stock", "add_item", "tea", "20", "3600000000");
        await host.CommitAsync("stock", "add_item", "cup", "5", "3600000000");
        await host.CommitAsync("shop", "place", "2", "1", 4, "300", "3600000000");
        await host.CommitAsync("shop", "place_either", "2", "2", "1", 7, "100", "3600000000");
        await host.CommitAsync("shop", "place", "2", "2", 1, "50", "3600000000");
        await host.CommitAsync("shop", "confirm", "1");
        return host;
    }

    /// <summary>The same module as another build: one custom section more.</summary>
    public static byte[] Rebuilt(string module) => [.. HostFixture.Binary(module), 0, 2, 1, (byte)'x'];
}
