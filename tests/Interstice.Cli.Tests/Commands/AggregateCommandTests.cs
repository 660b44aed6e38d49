using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

public sealed class AggregateCommandTests(BankStore bank)
{
    [Fact]
    public async Task Sums_and_bounds_are_those_of_the_rows()
    {
        long[] balances = await BalancesAsync();
        JsonElement all = (await bank.RunAsync("aggregate", "bank.accounts", "--sum", "balance", "--min", "balance", "--max", "balance", "-o", "ndjson"))
            .ShouldSucceed().JsonLines.ShouldHaveSingleItem();
        all.EnumerateObject().Select(member => member.Name).ShouldBe(["rows", "sum(balance)", "min(balance)", "max(balance)"]);
        all.GetProperty("rows").GetInt64().ShouldBe(balances.Length);
        Number(all, "sum(balance)").ShouldBe(balances.Sum());
        Number(all, "min(balance)").ShouldBe(balances.Min());
        Number(all, "max(balance)").ShouldBe(balances.Max());
        long most = balances.Max();
        all = (await bank.RunAsync("aggregate", "bank.accounts", "--where", $"balance < {most}", "--sum", "balance", "-o", "ndjson"))
            .ShouldSucceed().JsonLines.ShouldHaveSingleItem();
        Number(all, "sum(balance)").ShouldBe(balances.Where(balance => balance < most).Sum());
    }

    [Fact]
    public async Task Groups_come_in_the_order_of_their_values()
    {
        ProgramResult text = (await bank.RunAsync("aggregate", "bank.accounts", "--group", "owner")).ShouldSucceed();
        text.Lines.Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .ShouldBe(["owner rows", "Zoë 1", "alice 1", "bob 1"]);
        JsonElement[] lines = (await bank.RunAsync("aggregate", "bank.accounts", "--group", "owner", "--where", "balance < 0", "-o", "ndjson"))
            .ShouldSucceed().JsonLines;
        lines.ShouldBeEmpty();
        JsonElement none = (await bank.RunAsync("aggregate", "bank.accounts", "--where", "false", "--sum", "balance", "-o", "ndjson"))
            .ShouldSucceed().JsonLines.ShouldHaveSingleItem();
        (none.GetProperty("rows").GetInt64(), none.GetProperty("sum(balance)").ValueKind).ShouldBe((0, JsonValueKind.Null));
    }

    [Fact]
    public async Task A_running_host_counts_the_same()
    {
        using TestStore store = bank.Store.Copy();
        string[] lines =
        [
            "--sum balance --min opened_at --max owner", "--sum balance -o json", "--group owner --where balance>0 --max balance -o yaml",
            "--at 3 -o ndjson", "--where false --sum balance",
        ];
        List<string> read = [];
        foreach (string line in lines) read.Add((await store.RunAsync(["aggregate", "bank.accounts", .. line.Split(' ')])).ShouldSucceed().Output);
        using RunningHost host = await RunningHost.StartAsync(store.Directory);
        for (int i = 0; i < lines.Length; i++)
        {
            (await store.RunAsync(["aggregate", "bank.accounts", .. lines[i].Split(' '), "--server", host.Url])).ShouldSucceed()
                .Output.ShouldBe(read[i], lines[i]);
        }

        (await store.RunAsync("aggregate", "bank.accounts", "--sum", "ownr", "--server", host.Url))
            .ShouldFail(2, "table bank.accounts has no column \"ownr\"; did you mean \"owner\"?");
        (await store.RunAsync("aggregate", "bank.acounts", "--server", host.Url)).ShouldFail(2, "did you mean \"accounts\"?");
    }

    [Theory]
    [InlineData("--sum ownr", "table bank.accounts has no column \"ownr\"; did you mean \"owner\"?")]
    [InlineData("--sum owner", "column \"owner\" of type string has no sum")]
    [InlineData("--group x", "table bank.accounts has no column \"x\"")]
    [InlineData("--where balance>", "--where")]
    [InlineData("--at 999", "module bank has no revision 999")]
    public async Task What_does_not_fit_the_schema_ends_with_2(string options, string part) =>
        (await bank.RunAsync(["aggregate", "bank.accounts", .. options.Split(' ')])).ShouldFail(2, part);

    private async Task<long[]> BalancesAsync() =>
        [.. (await bank.RunAsync("rows", "bank.accounts", "-o", "ndjson")).ShouldSucceed().JsonLines.Select(row => Number(row, "balance"))];

    private static long Number(JsonElement row, string name) => long.Parse(row.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
