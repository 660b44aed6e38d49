using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Shop;

/// <summary>The tables of the three modules. They are read one after another: only what does not change any more fits together.</summary>
internal sealed record ShopState(
    JsonElement[] Orders,
    JsonElement[] Alerts,
    JsonElement[] StockItems,
    JsonElement[] Reservations,
    JsonElement[] Accounts,
    JsonElement[] Entries,
    JsonElement[] Heard)
{
    public static async Task<ShopState> ReadAsync(RunningHost host) => new(
        await RowsAsync(host, "shop", "orders"),
        await RowsAsync(host, "shop", "alerts"),
        await RowsAsync(host, "stock", "items"),
        await RowsAsync(host, "stock", "reservations"),
        await RowsAsync(host, "ledger", "accounts"),
        await RowsAsync(host, "ledger", "entries"),
        await RowsAsync(host, "ledger", "heard"));

    /// <summary>What is still to come, or null.</summary>
    public string? FindUnrest()
    {
        int placed = Orders.Count(order => Text(order, "state") == "placed");
        if (placed > 0) return $"{placed} orders are neither confirmed nor expired";
        if (Heard.Length < Orders.Length) return $"the ledger has heard of {Heard.Length} of {Orders.Length} orders";
        int unchanged = Heard.Count(heard => Text(heard, "state") == "placed");
        if (unchanged > 0) return $"the ledger has not heard what became of {unchanged} orders";
        long lows = StockItems.Sum(item => Number(item, "lows"));
        return Alerts.Length < lows ? $"the shop has heard {Alerts.Length} of {lows} announcements" : null;
    }

    /// <summary>Whether everything adds up, each thing once.</summary>
    public void ExpectBalance()
    {
        Accounts.Sum(account => Number(account, "balance")).ShouldBe(ShopScene.MoneyInAll, "money");
        Accounts.ShouldAllBe(account => Number(account, "balance") >= 0);
        Reservations.ShouldBeEmpty("every order has ended");
        ILookup<string, JsonElement> shipped = Orders.Where(order => Text(order, "state") == "confirmed").ToLookup(order => Text(order, "item"));
        foreach (JsonElement item in StockItems)
        {
            string what = item.ToString();
            Number(item, "reserved").ShouldBe(0, what);
            (Number(item, "free") + Number(item, "shipped")).ShouldBe(Number(item, "first") + Number(item, "restocked"), what);
            Number(item, "shipped").ShouldBe(shipped[Text(item, "id")].Sum(order => Number(order, "count")), what);
            Number(item, "looks").ShouldBeGreaterThan(0, what);
            Alerts.Count(alert => Text(alert, "item") == Text(item, "id")).ShouldBe((int)Number(item, "lows"), what);
        }

        ILookup<string, JsonElement> entries = Entries.ToLookup(entry => Text(entry, "order"));
        Dictionary<string, JsonElement> heard = Heard.ToDictionary(row => Text(row, "order"));
        foreach (JsonElement order in Orders)
        {
            string id = Text(order, "id");
            bool isExpired = Text(order, "state") == "expired";
            string what = order.ToString();
            entries[id].Count().ShouldBe(isExpired ? 2 : 1, what);
            entries[id].Sum(entry => Text(entry, "to") == "1" ? Number(entry, "amount") : -Number(entry, "amount"))
                .ShouldBe(isExpired ? 0 : Number(order, "price"), what);
            (Number(heard[id], "placed"), Number(heard[id], "changes"), Text(heard[id], "state")).ShouldBe((1, 1, Text(order, "state")), what);
        }

        Entries.Length.ShouldBe(Orders.Sum(order => Text(order, "state") == "expired" ? 2 : 1), "no entry without its order");
        Heard.Length.ShouldBe(Orders.Length, "no order heard of that is not there");
    }

    private static long Number(JsonElement row, string column) => row.GetProperty(column) is { ValueKind: JsonValueKind.Number } number
        ? number.GetInt64()
        : long.Parse(row.GetProperty(column).GetString()!, CultureInfo.InvariantCulture);

    // An enum without payloads is its name, in whatever shape it is written.
    private static string Text(JsonElement row, string column) => row.GetProperty(column) switch
    {
        { ValueKind: JsonValueKind.Object } variant => variant.EnumerateObject().Single().Name,
        JsonElement value => value.ToString(),
    };

    private static async Task<JsonElement[]> RowsAsync(RunningHost host, string module, string table)
    {
        JsonElement answer = await host.GetAsync($"v1/modules/{module}/tables/{table}/rows?limit={Limit}");
        answer.GetProperty("more").GetBoolean().ShouldBeFalse($"{module}.{table} has more than {Limit} rows");
        return [.. answer.GetProperty("rows").EnumerateArray()];
    }

    private const int Limit = 10_000;
}
