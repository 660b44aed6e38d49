using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Shop;

/// <summary>Modules shop, stock and ledger in one host: published, opened, and looked through when all is quiet.</summary>
internal static class ShopScene
{
    public const int Buyers = 6;
    public const int Items = 3;
    private const long Money = 100_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Publishes the modules, each after those that it calls or hears where that can be.</summary>
    public static async Task PublishAsync(TestStore store, params IEnumerable<string> arguments)
    {
        foreach (string module in (string[])["ledger", "stock", "shop"])
        {
            // With a warning: the ledger hears a shop that is not there yet.
            ProgramResult published = await store.RunAsync(["publish", Path.Join(AppContext.BaseDirectory, $"{module}.wasm"), .. arguments]);
            published.Code.ShouldBe(0, published.Errors);
        }
    }

    /// <summary>Opens the shop (account 1), the buyers' accounts (from 2) and the items (from 1).</summary>
    public static async Task OpenAsync(RunningHost host)
    {
        await CommitAsync(host, "shop", "open", "[\"till\"]");
        for (int i = 0; i < Buyers; i++) await CommitAsync(host, "ledger", "open_account", $"[\"buyer {i}\",\"{Money}\"]");
        for (int i = 0; i < Items; i++) await CommitAsync(host, "stock", "add_item", $"[\"item {i}\",\"{40 + (20 * i)}\",\"{150_000 + (i * 10_000)}\"]");
    }

    /// <summary>Waits until every order has ended and every delivery has arrived.</summary>
    public static async Task<ShopState> QuietenAsync(RunningHost host)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            ShopState state = await ShopState.ReadAsync(host);
            string? unrest = state.FindUnrest();
            if (unrest is null) return state;
            if (patience.IsCancellationRequested) throw new TimeoutException($"not quiet in {Patience}: {unrest}");
        }
    }

    /// <summary>Money there is, whoever has it.</summary>
    public static long MoneyInAll => Buyers * Money;

    private static async Task CommitAsync(RunningHost host, string module, string reducer, string arguments)
    {
        JsonElement answer = await host.PostAsync($"v1/modules/{module}/reducers/{reducer}", arguments);
        (answer.TryGetProperty("outcome", out JsonElement outcome) ? outcome.GetString() : null).ShouldBe("committed", answer.ToString());
    }
}
