using System.Text.Json;
using Interstice.Cli.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Interstice.Cli.Tests.Commands;

public sealed class CallCommandTests(BankStore bank) : IDisposable
{
    private readonly TestStore _store = bank.Store.Copy();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_call_is_committed_and_the_next_process_sees_it()
    {
        JsonElement call = (await _store.RunAsync("call", "bank.transfer", "1", "2", "100", "-o", "json"))
            .ShouldSucceed().Json;
        call.GetProperty("outcome").GetString().ShouldBe("committed");
        call.GetProperty("mutations").GetInt32().ShouldBe(3);
        call.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        string transfer = call.GetProperty("value").GetString().ShouldNotBeNull();

        JsonElement row = (
            await _store.RunAsync("rows", "bank.transfers", "--from", transfer, "-o", "ndjson")).JsonLines[0];
        row.GetProperty("amount").GetString().ShouldBe("100");
        (await _store.RunAsync("query", "bank.balance", "2")).ShouldSucceed().Output.ShouldBe("350\n");
    }

    [Fact]
    public async Task Text_shows_the_value_and_where_it_was_committed()
    {
        ProgramResult call = (await _store.RunAsync("call", "bank.open_account", "\"carol\"", "7")).ShouldSucceed();
        call.Lines[0].ShouldBe("4");
        call.Lines[1].ShouldMatch(@"^committed at revision \d+, position \d+: 2 mutations, fuel \d+$");
    }

    [Fact]
    public async Task A_text_may_be_given_without_its_quotes_even_when_it_looks_like_a_number()
    {
        (await _store.RunAsync("call", "bank.open_account", "42", "1")).ShouldSucceed();
        (await _store.RunAsync("query", "bank.accounts_of", "42", "-o", "json")).ShouldSucceed()
            .Json.GetProperty("value")[0].GetProperty("owner").GetString().ShouldBe("42");
    }

    [Fact]
    public async Task A_call_that_is_made_again_with_its_key_changes_nothing_and_says_the_same()
    {
        string[] call = ["call", "bank.transfer", "1", "2", "100", "--idempotency-key", "order 7", "-o", "json"];
        string first = (await _store.RunAsync(call)).ShouldSucceed().Output;
        string log = (await _store.RunAsync("log-inspect", "-o", "ndjson")).Output;
        log.ShouldContain("\"idempotencyKey\":\"order 7\"");
        JsonElement again = (await _store.RunAsync(call)).ShouldSucceed().Json;
        foreach (string field in new[] { "revision", "mutations", "value", "fuel" })
            again.GetProperty(field).ToString().ShouldBe(JsonDocument.Parse(first).RootElement.GetProperty(field).ToString(), field);
        (await _store.RunAsync("log-inspect", "-o", "ndjson")).Output.ShouldBe(log);
        (await _store.RunAsync("query", "bank.balance", "2")).ShouldSucceed().Output.ShouldBe("350\n");

        call[4] = "101";
        (await _store.RunAsync(call[..^2])).ShouldFail(1, "take a new key for a new call");
        (await _store.RunAsync("call", "bank.transfer", "1", "2", "1", "--idempotency-key", "")).ShouldFail(2, "1 to 255 characters");
        (await _store.RunAsync("log-verify")).ShouldSucceed();
        (await _store.RunAsync("log-inspect", "--reducer", "transfer")).ShouldSucceed().Output.ShouldContain("key \"order 7\"");
    }

    [Fact]
    public async Task A_rejection_ends_with_1_and_leaves_nothing_in_the_log()
    {
        string before = (await _store.RunAsync("log-inspect", "-o", "ndjson")).Output;
        ProgramResult text = await _store.RunAsync("call", "bank.transfer", "2", "1", "251");
        text.ShouldFail(1, "bank.transfer was rejected: insufficient funds: account 2 holds 250, 251 are needed");
        text.Output.ShouldBe("");

        ProgramResult json = await _store.RunAsync("call", "bank.transfer", "2", "1", "251", "-o", "json");
        json.Code.ShouldBe(1);
        json.Errors.ShouldBe("");
        json.Json.GetProperty("outcome").GetString().ShouldBe("rejected");
        json.Json.GetProperty("error").GetString().ShouldNotBeNull().ShouldContain("insufficient funds");
        (await _store.RunAsync("log-inspect", "-o", "ndjson")).Output.ShouldBe(before);
    }

    [Fact]
    public async Task Yaml_says_the_same_as_json()
    {
        ProgramResult result = await _store.RunAsync("call", "bank.transfer", "2", "2", "1", "-o", "yaml");
        result.Code.ShouldBe(1);
        var yaml = (YamlMappingNode)result.Yaml;
        yaml["outcome"].ToString().ShouldBe("rejected");
        yaml["mutations"].ToString().ShouldBe("0");
        yaml["error"].ToString().ShouldContain("cannot pay itself");
    }

    [Theory]
    [InlineData("bank.tranfer 1 2 3", "module bank has no reducer \"tranfer\"; did you mean \"transfer\"?")]
    [InlineData("bnk.transfer 1 2 3", "there is no module \"bnk\"; did you mean \"bank\"?")]
    [InlineData("bank.transfer 1 2", "bank.transfer: expected 3 arguments (from: u64, to: u64, amount: i64), found 2")]
    [InlineData("bank.transfer 1 2 3 4", "expected 3 arguments (from: u64, to: u64, amount: i64), found 4")]
    [InlineData("bank.transfer 1 two 3", "bank.transfer: argument 2: expected u64, found two, which is no JSON")]
    [InlineData("bank.transfer 1 -2 3", "argument 2 \"to\"")]
    [InlineData("bank.transfer 1 2.5 3", "argument 2 \"to\"")]
    [InlineData("bank.transfer 1 2 99999999999999999999", "argument 3 \"amount\"")]
    [InlineData("bank.open_account ann true", "argument 2 \"initial\"")]
    public async Task A_call_that_does_not_fit_the_schema_ends_with_2(string line, string sentence) =>
        (await _store.RunAsync(["call", .. line.Split(' ')])).ShouldFail(2, sentence);

    [Fact]
    public async Task A_store_that_another_process_writes_is_refused_for_writing_and_open_for_reading()
    {
        var options = new Journal.JournalOptions { Directory = _store.Path };
        await using Journal.JournalStore held = await Journal.JournalStore.OpenAsync(
            options,
            cancellationToken: TestContext.Current.CancellationToken);
        (await _store.RunAsync("call", "bank.transfer", "1", "2", "1")).ShouldFail(3, "open for writing in");
        (await _store.RunAsync("publish", TestStore.BankFile)).ShouldFail(3, "open for writing in");
        (await _store.RunAsync("query", "bank.balance", "2")).ShouldSucceed().Output.ShouldBe("250\n");
        (await _store.RunAsync("rows", "bank.accounts")).ShouldSucceed();
        (await _store.RunAsync("log-verify")).ShouldSucceed();
    }

    [Fact]
    public async Task Verbose_shows_the_stack_trace_behind_the_sentence()
    {
        ProgramResult result = await _store.RunAsync("call", "nobank.transfer", "--verbose");
        result.Code.ShouldBe(2);
        result.Errors.ShouldContain("interstice: there is no module \"nobank\"");
        result.Errors.ShouldContain("   at Interstice.Cli.");
    }
}
