using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.ManagedEngine;
using Interstice.TestKit.Stores;

namespace Interstice.Cli.Tests.Commands;

/// <summary><c>parked</c> and <c>timers</c>, on a store and on a running host.</summary>
public sealed class ParkedCommandTests : IAsyncLifetime
{
    private readonly TestStore _store = new();

    public async ValueTask InitializeAsync() => await ParkedTimers.CreateAsync(
        _store.Path, await File.ReadAllBytesAsync(Path.Join(AppContext.BaseDirectory, "modules", "timers.wasm")), new ManagedModuleEngine());

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_is_parked_is_listed_and_shown_with_arguments_and_reason()
    {
        ProgramResult text = (await _store.RunAsync("parked", "list")).ShouldSucceed();
        text.Lines.Length.ShouldBe(4);
        text.Lines[0].ShouldMatch("^module +number +reducer +of +attempts +parked at +reason$");
        text.Lines[1].ShouldMatch("^timers +1 +not_yet +timer 1, due 2026-.*Z +5 +2026-.*Z +not yet$");
        JsonElement[] items = (await _store.RunAsync("parked", "list", "timers", "-o", "ndjson")).ShouldSucceed().JsonLines;
        items.Select(item => item.GetProperty("id").GetString()).ShouldBe(["1", "2", "3"]);
        items[0].EnumerateObject().Select(member => member.Name).ShouldBe(
            ["module", "id", "kind", "reducer", "arguments", "attempts", "reason", "parkedAt", "due", "timer", "ticks", "obstacle"]);
        items[0].GetProperty("arguments").GetRawText().ShouldBe("""{"payload":"6"}""");
        items[2].GetProperty("reason").GetString().ShouldNotBeNull().ShouldContain("unreachable");
        (await _store.RunAsync("parked", "list", "--limit", "1", "-o", "json")).ShouldSucceed().Json.GetArrayLength().ShouldBe(1);
        JsonElement.DeepEquals((await _store.RunAsync("parked", "show", "timers", "3", "-o", "json")).ShouldSucceed().Json, items[2]).ShouldBeTrue();
        (await _store.RunAsync("parked", "show", "timers", "2")).ShouldSucceed().Output.ShouldContain("not yet");
    }

    [Fact]
    public async Task What_is_run_again_and_succeeds_is_parked_no_more_and_what_fails_stays()
    {
        ProgramResult all = await _store.RunAsync("parked", "replay", "timers", "--all", "-o", "ndjson");
        all.Code.ShouldBe(1);
        all.JsonLines.Select(item => (item.GetProperty("id").GetString(), item.GetProperty("outcome").GetString()))
            .ShouldBe([("1", "committed"), ("2", "rejected"), ("3", "trapped")]);
        (await IdsAsync()).ShouldBe(["2", "3"]);
        (await _store.RunAsync("parked", "replay", "timers", "2")).ShouldFail(1, "number 2 of timers was rejected: not yet; it stays parked");
        (await _store.RunAsync("parked", "drop", "timers", "3")).ShouldSucceed().Output.ShouldStartWith("number 3 was dropped: committed at revision");
        (await IdsAsync()).ShouldBe(["2"]);
        (await _store.RunAsync("parked", "drop", "timers", "2", "-o", "json")).ShouldSucceed().Json[0].GetProperty("outcome").GetString().ShouldBe("committed");
        (await _store.RunAsync("parked", "list")).ShouldSucceed().Output.ShouldBe("nothing is parked\n");
        (await _store.RunAsync("rows", "timers.fired", "-o", "ndjson")).ShouldSucceed().JsonLines.ShouldHaveSingleItem()
            .GetProperty("attempt").GetInt32().ShouldBe(6);
    }

    [Fact]
    public async Task A_running_host_says_and_does_the_same()
    {
        string[][] lines = [["parked", "list"], ["parked", "list", "timers", "-o", "yaml"], ["parked", "show", "timers", "2"], ["timers", "timers"], ["timers", "timers", "-o", "json"]];
        List<string> read = [];
        foreach (string[] line in lines) read.Add((await _store.RunAsync(line)).ShouldSucceed().Output);
        using RunningHost host = await RunningHost.StartAsync(_store.Directory);
        for (int i = 0; i < lines.Length; i++)
            (await _store.RunAsync([.. lines[i], "--server", host.Url])).ShouldSucceed().Output.ShouldBe(read[i]);
        ProgramResult some = await _store.RunAsync("parked", "replay", "timers", "1", "2", "9", "--server", host.Url);
        some.Code.ShouldBe(1);
        some.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "interstice: number 2 of timers was rejected: not yet; it stays parked",
            "interstice: module timers has nothing parked under number 9; list what is parked there",
        ]);
        some.Lines.ShouldBe(["number 1 was run again: committed at revision " + some.Lines[0].Split(' ')[^1], "1 item run again, 2 items left"]);
        (await _store.RunAsync("parked", "drop", "timers", "--all", "--server", host.Url)).ShouldSucceed().Lines[^1].ShouldBe("2 items dropped, 0 items left");
        (await _store.RunAsync("parked", "list", "--server", host.Url)).ShouldSucceed().Output.ShouldBe("nothing is parked\n");
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_outcome_unknown_and_the_rest_is_decided_all_the_same()
    {
        await using var server = new AnsweringServer(502, "bad gateway");
        ProgramResult result = await _store.RunAsync("parked", "drop", "timers", "1", "2", "--server", server.Url);
        result.Code.ShouldBe(1);
        string[] errors = result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        errors.Length.ShouldBe(2);
        for (int i = 0; i < errors.Length; i++)
        {
            errors[i].ShouldStartWith($"interstice: number {i + 1} of timers was unknown: the answer to the decision was lost: ");
            errors[i].ShouldEndWith("look whether it is still parked");
        }

        server.Requests.Select(request => request.Path).ShouldBe(["/v1/modules/timers/parked/1/drop", "/v1/modules/timers/parked/2/drop"]);
    }

    [Fact]
    public async Task A_host_that_shows_fewer_than_wanted_is_asked_again()
    {
        using RunningHost host = await RunningHost.StartAsync(_store.Directory, "--rows-max", "1");
        (await _store.RunAsync("parked", "list", "timers", "-o", "ndjson", "--server", host.Url)).ShouldSucceed().JsonLines.Length.ShouldBe(3);
        (await _store.RunAsync("timers", "timers", "-o", "ndjson", "--server", host.Url)).ShouldSucceed().JsonLines.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Timers_are_listed_in_the_order_in_which_they_are_tried()
    {
        ProgramResult text = (await _store.RunAsync("timers", "timers")).ShouldSucceed();
        text.Lines[1].ShouldMatch("""^ +4 +2100-01-01T00:00:00.000000Z +fire +\{"payload":"1"\} +once +once +0$""");
        JsonElement timer = (await _store.RunAsync("timers", "timers", "-o", "ndjson")).ShouldSucceed().JsonLines.ShouldHaveSingleItem();
        timer.EnumerateObject().Select(member => member.Name).ShouldBe(
            ["module", "id", "reducer", "arguments", "next", "due", "interval", "missed", "attempts", "error"]);
    }

    [Theory]
    [InlineData("parked", 2, "parked wants to know what to do: list, show, replay, drop; see interstice parked --help")]
    [InlineData("parked lst", 2, "parked has no command \"lst\"; did you mean \"list\"?")]
    [InlineData("parked timers", 2, "parked has no command \"timers\"; it has list, show, replay, drop")]
    [InlineData("parked list timer", 2, "there is no module \"timer\"; did you mean \"timers\"?")]
    [InlineData("parked list --limt 1", 2, "parked list takes no option \"--limt\"; did you mean \"--limit\"?")]
    [InlineData("parked list --al", 2, "parked list takes no option \"--al\"")]
    [InlineData("parked show timers", 2, "parked show: Required argument 'number' missing", "see interstice parked show --help")]
    [InlineData("parked show timers nine", 2, "what is parked has a number, as parked list shows it, not \"nine\"")]
    [InlineData("parked show timers 9", 2, "module timers has nothing parked under number 9; interstice parked list timers shows what there is")]
    [InlineData("parked replay timers", 2, "interstice parked replay takes numbers, as interstice parked list timers shows them, or --all, not neither")]
    [InlineData("parked drop timers 1 --all", 2, "or --all, not both")]
    [InlineData("parked drop timers 9", 2, "module timers has nothing parked under number 9")]
    [InlineData("parked drop timers -1", 2, "what is parked has a number, as parked list shows it, not \"-1\"")]
    [InlineData("parked replay nobody 1", 2, "there is no module \"nobody\"")]
    [InlineData("timers", 2, "timers: Required argument 'module' missing")]
    [InlineData("timers timer", 2, "there is no module \"timer\"; did you mean \"timers\"?")]
    [InlineData("timers timers --limit x", 2, "--limit takes a whole number")]
    public async Task What_is_wrong_is_said(string line, int code, params string[] sentences) =>
        (await _store.RunAsync(line.Split(' '))).ShouldFail(code, sentences);

    private async Task<string?[]> IdsAsync() =>
        [.. (await _store.RunAsync("parked", "list", "-o", "ndjson")).ShouldSucceed().JsonLines.Select(item => item.GetProperty("id").GetString())];
}
