using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

public sealed class ReloadCommandTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task The_binary_of_another_module_is_refused_with_both_names()
    {
        await CountAsync("1");
        (await _store.RunAsync("reload", "counter", TestStore.BankFile)).ShouldFail(1, "table \"counters\" is gone", "declares module bank, and was to run as counter");
    }

    [Fact]
    public async Task Changed_effects_are_listed_and_taken_only_when_that_is_said()
    {
        await CountAsync("1", "13");

        ProgramResult refused = await _store.RunAsync("reload", "counter", Binary("counter_next"));
        refused.Code.ShouldBe(1);
        refused.Output.ShouldContain("""add({"value":"13"})""");
        refused.Output.ShouldContain("""found    insert counters {"id":"2","value":"14"}""");
        refused.Output.ShouldContain("was NOT reloaded");
        (await _store.RunAsync("modules", "-o", "json")).ShouldSucceed().Json[0].GetProperty("version").GetInt32().ShouldBe(1);

        JsonElement taken = (await _store.RunAsync("reload", "counter", Binary("counter_next"), "--accept-changes", "--canary", "all", "-o", "json"))
            .ShouldSucceed().Json;
        taken.GetProperty("outcome").GetString().ShouldBe("reloaded");
        taken.GetProperty("canary").GetProperty("differentCalls").GetInt64().ShouldBe(1);
        (await _store.RunAsync("call", "counter.add", "99")).Code.ShouldBe(1);

        ProgramResult back = (await _store.RunAsync("reload", "counter", "--roll-back", "--canary", "none")).ShouldSucceed();
        back.Output.ShouldContain("reloaded counter, version 3");
        (await _store.RunAsync("call", "counter.add", "99")).ShouldSucceed();
        (await _store.RunAsync("modules", "--history", "-o", "json")).ShouldSucceed().Json.GetArrayLength().ShouldBe(3);
        (await _store.RunAsync("replay-check", "--re-execute")).ShouldSucceed();
    }

    [Fact]
    public async Task The_same_code_changes_nothing()
    {
        await CountAsync("1");
        (await _store.RunAsync("reload", "counter", Binary("counter"))).ShouldSucceed().Output.ShouldContain("runs this code already");
    }

    [Fact]
    public async Task What_cannot_be_meant_is_refused()
    {
        await CountAsync("1");
        (await _store.RunAsync("reload", "counter")).ShouldFail(2, "--roll-back");
        (await _store.RunAsync("reload", "counter", Binary("counter"), "--roll-back")).ShouldFail(2, "--roll-back without one");
        (await _store.RunAsync("reload", "counter", Binary("counter"), "--canary", "some")).ShouldFail(2, "all or none");
        (await _store.RunAsync("reload", "countre", Binary("counter"))).ShouldFail(2, "did you mean \"counter\"?");
        (await _store.RunAsync("reload", "counter", "--roll-back")).ShouldFail(1, "none to go back to");
    }

    private async Task CountAsync(params string[] values)
    {
        (await _store.RunAsync("publish", Binary("counter"))).ShouldSucceed();
        foreach (string value in values) (await _store.RunAsync("call", "counter.add", value)).ShouldSucceed();
    }

    private static string Binary(string name) => Path.Combine(AppContext.BaseDirectory, "modules", name + ".wasm");
}
