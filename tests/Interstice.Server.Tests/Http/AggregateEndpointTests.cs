using System.Text.Json;
using Interstice.Server.Hosting;

namespace Interstice.Server.Tests.Http;

public sealed class AggregateEndpointTests
{
    private const string Path = "/v1/modules/bank/tables/accounts/aggregate";

    [Fact]
    public async Task Rows_are_counted_and_added_up_now_and_as_of_a_revision()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        long revision = 0;
        foreach (int balance in (int[])[10, 20, 30])
        {
            Answer call = (await host.CallAsync("open_account", $"[\"{(balance == 30 ? "bob" : "ann")}\", {balance}]")).ShouldSucceed();
            if (balance == 20) revision = call.Json.GetProperty("revision").GetInt64();
        }

        JsonElement all = (await host.GetAsync($"{Path}?sum=balance,balance&min=balance,owner&max=balance")).ShouldSucceed().Json;
        all.GetProperty("groups").GetRawText()
            .ShouldBe("""[{"rows":3,"sum(balance)":"60","min(balance)":"10","min(owner)":"ann","max(balance)":"30"}]""");
        (all.GetProperty("module").GetString(), all.GetProperty("table").GetString()).ShouldBe(("bank", "accounts"));
        (await host.GetAsync($"{Path}?group=owner&sum=balance&where=balance%3E10")).ShouldSucceed().Json.GetProperty("groups").GetRawText()
            .ShouldBe("""[{"group":"ann","rows":1,"sum(balance)":"20"},{"group":"bob","rows":1,"sum(balance)":"30"}]""");
        JsonElement past = (await host.GetAsync($"{Path}?sum=balance&at={revision}")).ShouldSucceed().Json;
        past.GetProperty("groups").GetRawText().ShouldBe("""[{"rows":2,"sum(balance)":"30"}]""");
        past.GetProperty("revision").GetInt64().ShouldBe(revision);
    }

    [Theory]
    [InlineData("?sum=owner", 400, "bad-request", "bank.accounts: column \"owner\" of type string has no sum")]
    [InlineData("?sum=balanc", 400, "bad-request", "table bank.accounts has no column \"balanc\"; did you mean \"balance\"?")]
    [InlineData("?sum=balance,", 400, "bad-request", "sum takes names of columns with a comma between two, not \"balance,\"")]
    [InlineData("?group=x", 400, "bad-request", "has no column \"x\"")]
    [InlineData("?where=balance%3E", 400, "bad-request", "where:")]
    [InlineData("?at=999", 400, "bad-request", "module bank has no revision 999")]
    [InlineData("?total=balance", 400, "bad-request", "there is no parameter \"total\"")]
    [InlineData("?sum=balance&sum=id", 400, "bad-request", "the parameter sum stands there 2 times")]
    public async Task What_the_table_cannot_answer_is_refused(string query, int status, string slug, string part)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        (await host.GetAsync(Path + query)).ShouldBeProblem(status, slug, part);
    }

    [Fact]
    public async Task Bounds_hold_for_rows_and_groups()
    {
        await using RunningHost host = await RunningHost.StartAsync(new IntersticeOptions { RowsMax = 1, RowsScannedMax = 2 });
        await host.CallAsync("open_account", "[\"ann\", 1]");
        await host.CallAsync("open_account", "[\"bob\", 1]");
        (await host.GetAsync($"{Path}?sum=balance")).ShouldSucceed();
        (await host.GetAsync($"{Path}?group=owner")).ShouldBeProblem(422, "scan-too-large", "2 groups by \"owner\"", "at most 1 (RowsMax)");
        await host.CallAsync("open_account", "[\"cid\", 1]");
        (await host.GetAsync($"{Path}?sum=balance")).ShouldBeProblem(422, "scan-too-large", "has 3 rows", "at most 2 (RowsScannedMax)");
        (await host.GetAsync("/v1/modules/bank/tables/nothing/aggregate")).ShouldBeProblem(404, "unknown-member");
    }
}
