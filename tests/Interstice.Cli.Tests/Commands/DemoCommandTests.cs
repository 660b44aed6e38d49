using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

public sealed class DemoCommandTests : IDisposable
{
    private static readonly string[] Small =
        ["--accounts", "40", "--transfers", "300", "--callers", "4", "--seconds", "0.4"];

    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task The_demonstration_ends_with_equal_hashes_that_the_store_confirms()
    {
        JsonElement json = (await _store.RunAsync(["demo", "--store", ".interstice", "-o", "json", .. Small]))
            .ShouldSucceed().Json;
        string hash = json.GetProperty("stateHashBeforeKill").GetString().ShouldNotBeNull();
        json.GetProperty("ok").GetBoolean().ShouldBeTrue();
        json.GetProperty("stateHashAfterReplay").GetString().ShouldBe(hash);
        json.GetProperty("stateHashOfModel").GetString().ShouldBe(hash);
        json.GetProperty("transactions").GetInt64().ShouldBeGreaterThan(340);
        json.GetProperty("events").GetInt64().ShouldBeGreaterThan(json.GetProperty("transactions").GetInt64());
        json.GetProperty("replayMs").GetDouble().ShouldBePositive();
        json.GetProperty("transactionsPerSecond").GetDouble().ShouldBePositive();
        json.GetProperty("kills")[0].GetProperty("acknowledged").GetInt64().ShouldBePositive();
        json.GetProperty("logVerify").GetProperty("ok").GetBoolean().ShouldBeTrue();

        JsonElement check = (await _store.RunAsync("replay-check", "-o", "json")).ShouldSucceed().Json;
        check.GetProperty("runs")[0].GetProperty("hash").GetString().ShouldBe(hash);
        string total = (
            await _store.RunAsync("query", "bank.total", "-o", "json")).Json.GetProperty("value").GetString()!;
        total.ShouldBe(json.GetProperty("deposited").GetString());
        ProgramResult calls = await _store.RunAsync("log-inspect", "-o", "ndjson", "--module", "bank");
        calls.JsonLines.LongCount(line => line.TryGetProperty("reducer", out _))
            .ShouldBe(json.GetProperty("transactions").GetInt64());
    }

    [Fact]
    public async Task A_store_that_has_a_bank_takes_another_one_under_another_name()
    {
        string[] small = ["--accounts", "2", "--transfers", "10", "--callers", "2", "--seconds", "0.1", "--store", ".interstice", "-o", "json"];
        (await _store.RunAsync(["demo", .. small])).ShouldSucceed();
        (await _store.RunAsync(["demo", .. small])).ShouldFail(1, "has a module bank already", "--module NAME");
        (await _store.RunAsync(["demo", "--module", "second_bank", .. small])).ShouldSucceed().Json.GetProperty("ok").GetBoolean().ShouldBeTrue();
        (await _store.RunAsync("modules", "-o", "json")).Json.EnumerateArray().Select(module => module.GetProperty("module").GetString())
            .ShouldBe(["bank", "second_bank"], ignoreOrder: true);
        (await _store.RunAsync("demo", "--module", "no\"name", "--store", "other")).ShouldFail(1, "no\"name");
    }

    [Fact]
    public async Task The_story_is_told_in_text_and_ends_with_a_verdict()
    {
        ProgramResult result = (await _store.RunAsync(["demo", "--seed", "7", .. Small])).ShouldSucceed();
        string[] parts =
        [
            "seed 7",
            "1. Publish the bank",
            "40 accounts opened",
            "accounts: ",
            "transfers: ",
            "One transaction in the log",
            "was killed with SIGKILL",
            "transactions/s; no module code ran meanwhile",
            "state hash after replay",
        ];
        foreach (string part in parts) result.Output.ShouldContain(part);
        result.Lines[^1].ShouldMatch(
            "^PASS: one kill -9, [0-9,]+ acknowledged calls: none lost, none twice, equal hashes after replay$");
        Directory.Exists(_store.Path).ShouldBeFalse();
        string store = result.Output.Split("store ")[1].Split(',')[0];
        Directory.Exists(store).ShouldBeFalse();
    }

    [Fact]
    public async Task Yaml_holds_what_json_holds()
    {
        ProgramResult result = (await _store.RunAsync(["demo", "-o", "yaml", .. Small])).ShouldSucceed();
        result.Yaml["stateHashBeforeKill"].ToString().ShouldBe(result.Yaml["stateHashAfterReplay"].ToString());
        result.Yaml["ok"].ToString().ShouldBe("true");
        long.Parse(result.Yaml["transactions"].ToString(), CultureInfo.InvariantCulture).ShouldBePositive();
    }

    [Fact]
    public async Task A_store_that_has_a_bank_is_left_alone()
    {
        (await _store.RunAsync("publish", TestStore.BankFile)).ShouldSucceed();
        (await _store.RunAsync(["demo", "--store", ".interstice", "-o", "json", .. Small]))
            .ShouldFail(1, "has a module bank already; the demonstration needs a store without one");
        (await _store.RunAsync("rows", "bank.accounts", "-o", "ndjson")).ShouldSucceed().Output.ShouldBe("");
    }
}
