using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

public sealed class QueryCommandTests(BankStore bank)
{
    [Fact]
    public async Task A_query_answers_in_every_format()
    {
        (await bank.RunAsync("query", "bank.balance", "2")).ShouldSucceed().Output.ShouldBe("250\n");
        JsonElement json = (await bank.RunAsync("query", "bank.balance", "2", "-o", "json")).ShouldSucceed().Json;
        json.GetProperty("outcome").GetString().ShouldBe("answered");
        json.GetProperty("value").GetString().ShouldBe("250");
        (await bank.RunAsync("query", "bank.balance", "2", "-o", "ndjson")).ShouldSucceed()
            .JsonLines.ShouldHaveSingleItem().GetProperty("value").GetString().ShouldBe("250");
        (await bank.RunAsync("query", "bank.balance", "2", "-o", "yaml")).ShouldSucceed()
            .Yaml["value"].ToString().ShouldBe("250");
    }

    [Fact]
    public async Task A_query_of_structs_answers_with_their_fields()
    {
        JsonElement json = (await bank.RunAsync("query", "bank.accounts_of", "Zoë", "-o", "json")).ShouldSucceed().Json;
        JsonElement account = json.GetProperty("value")[0];
        account.GetProperty("id").GetString().ShouldBe("3");
        account.GetProperty("balance").GetString().ShouldBe("500000");
    }

    [Fact]
    public async Task A_rejected_query_ends_with_1()
    {
        (await bank.RunAsync("query", "bank.balance", "77")).ShouldFail(1, "bank.balance was rejected", "77");
        ProgramResult json = await bank.RunAsync("query", "bank.balance", "77", "-o", "json");
        json.Code.ShouldBe(1);
        json.Json.GetProperty("outcome").GetString().ShouldBe("rejected");
    }

    [Theory]
    [InlineData("bank.balanc 1", "module bank has no query \"balanc\"; did you mean \"balance\"?")]
    [InlineData("bank.transfer 1 2 3", "module bank has no query \"transfer\"")]
    [InlineData("bunk.balance 1", "there is no module \"bunk\"; did you mean \"bank\"?")]
    [InlineData("bank.balance", "bank.balance: expected 1 argument (account: u64), found 0")]
    [InlineData("bank.balance [1]", "argument 1 \"account\"")]
    public async Task A_query_that_does_not_fit_the_schema_ends_with_2(string line, string sentence) =>
        (await bank.RunAsync(["query", .. line.Split(' ')])).ShouldFail(2, sentence);

    [Fact]
    public async Task A_query_writes_nothing()
    {
        string before = (await bank.RunAsync("log-inspect", "-o", "ndjson")).Output;
        await bank.RunAsync("query", "bank.total");
        (await bank.RunAsync("log-inspect", "-o", "ndjson")).Output.ShouldBe(before);
    }
}
