using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

public sealed class ReexecutionCommandTests(BankStore bank) : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Every_call_of_a_store_is_run_again_and_equal()
    {
        JsonElement json = (await bank.RunAsync("replay-check", "--re-execute", "-o", "json")).ShouldSucceed().Json;
        json.GetProperty("deterministic").GetBoolean().ShouldBeTrue();
        json.GetProperty("divergence").ValueKind.ShouldBe(JsonValueKind.Null);
        JsonElement module = json.GetProperty("modules").EnumerateArray().ShouldHaveSingleItem();
        module.GetProperty("module").GetString().ShouldBe("bank");
        module.GetProperty("calls").GetInt64().ShouldBeGreaterThan(0);
        module.GetProperty("fuelCompared").GetInt64().ShouldBe(module.GetProperty("calls").GetInt64());
        (await bank.RunAsync("replay-check", "--re-execute", "-o", "yaml")).ShouldSucceed().Yaml["deterministic"].ToString().ShouldBe("true");
        (await bank.RunAsync("replay-check", "--re-execute", "--module", "bank", "--from", "1", "--to", "5")).ShouldSucceed().Output
            .ShouldContain("every effect as recorded");
    }

    [Fact]
    public async Task A_leaking_reducer_is_named_and_an_honest_one_is_not()
    {
        await PublishAsync("kept");
        (await _store.RunAsync("call", "kept.honest", "4")).ShouldSucceed();
        (await _store.RunAsync("leak-check", "kept")).ShouldSucceed().Output.ShouldContain("no leak in 1 call");

        // Each of these is a process of its own: nothing of an instance is left when the next one calls.
        (await _store.RunAsync("call", "kept.global")).ShouldSucceed();
        (await _store.RunAsync("call", "kept.global")).ShouldSucceed();
        ProgramResult text = await _store.RunAsync("leak-check", "kept");
        text.Code.ShouldBe(1);
        text.Output.ShouldContain("kept.global LEAKS");
        text.Output.ShouldNotContain("honest");
        JsonElement leak = (await _store.RunAsync("leak-check", "kept", "-o", "json")).Json
            .GetProperty("leaks").EnumerateArray().ShouldHaveSingleItem();
        leak.GetProperty("reducer").GetString().ShouldBe("global");
        leak.GetProperty("first").GetProperty("kind").GetString().ShouldBe("event");
        (await _store.RunAsync("replay-check", "--re-execute")).ShouldSucceed();
    }

    [Fact]
    public async Task Options_that_say_nothing_together_are_refused()
    {
        (await bank.RunAsync("replay-check", "--re-execute", "--runs", "3")).ShouldFail(2, "--runs and --re-execute");
        (await bank.RunAsync("replay-check", "--from", "3")).ShouldFail(2, "--re-execute");
        (await bank.RunAsync("replay-check", "--re-execute", "--from", "3", "--to", "2")).ShouldFail(2, "--to 2 is before --from 3");
        (await bank.RunAsync("leak-check", "bonk")).ShouldFail(2, "did you mean \"bank\"?");
    }

    private async Task PublishAsync(string binary) =>
        (await _store.RunAsync("publish", Path.Combine(AppContext.BaseDirectory, "modules", binary + ".wasm"))).ShouldSucceed();
}
