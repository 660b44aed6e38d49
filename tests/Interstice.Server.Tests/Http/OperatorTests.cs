using System.Security.Claims;
using Interstice.ManagedEngine;
using Interstice.Server.Hosting;
using Interstice.TestKit;
using Interstice.TestKit.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Tests.Http;

/// <summary>What is for operators, and what is parked, over HTTP.</summary>
public sealed class OperatorTests : IAsyncLifetime
{
    private static readonly string[] ForOperators =
    [
        "GET /v1/modules/timers/tables/_timers/rows", "GET /v1/modules/timers/tables/_parked/rows?at=3", "GET /v1/modules/timers/tables/_clients/aggregate",
        "GET /v1/modules/timers/timers", "GET /v1/modules/timers/parked", "GET /v1/modules/timers/parked/1", "POST /v1/modules/timers/parked/1/replay",
        "POST /v1/modules/timers/parked/2/drop", "GET /v1/modules/timers/deliveries", "GET /v1/log", "POST /v1/modules",
        "POST /v1/modules/timers/reload", "POST /v1/modules/timers/rollback",
    ];

    private readonly TemporaryDirectory _directory = new();

    public async ValueTask InitializeAsync() => await ParkedTimers.CreateAsync(
        _directory.Path, await File.ReadAllBytesAsync(Path.Join(AppContext.BaseDirectory, "timers.wasm")), new ManagedModuleEngine());

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_user_of_the_application_reads_tables_and_not_what_the_host_keeps()
    {
        await using RunningHost host = await StartAsync(null);
        (await host.GetAsync("/v1/modules/timers/tables/fired/rows")).ShouldSucceed();
        (await host.GetAsync("/v1/modules/timers/tables/fired/aggregate")).ShouldSucceed();
        foreach (string line in ForOperators)
            (await SendAsync(host, line)).ShouldBeProblem(403, "denied", "is for operators", IntersticeOptions.OperatorRole);
        (await host.Modules.ViewAsync("timers", projection => projection.State!.FindTable("_parked")!.Count)).ShouldBe(3);
    }

    [Fact]
    public async Task A_user_in_the_role_of_operators_does_what_a_key_does()
    {
        await using RunningHost host = await StartAsync(IntersticeOptions.OperatorRole);
        foreach (string line in ForOperators) ((int)(await SendAsync(host, line)).Status).ShouldNotBe(403, line);
        (await host.Modules.ViewAsync("timers", projection => projection.State!.FindTable("_parked")!.Count)).ShouldBe(1);
    }

    [Fact]
    public async Task The_application_says_who_is_an_operator()
    {
        await using RunningHost host = await StartAsync(null, new IntersticeOptions { IsOperator = user => user.Identity?.Name == "ann" });
        foreach (string line in ForOperators) ((int)(await SendAsync(host, line)).Status).ShouldNotBe(403, line);
    }

    [Fact]
    public async Task What_is_parked_is_listed_by_pages_shown_run_again_and_dropped()
    {
        await using RunningHost host = await RunningHost.StartAsync(directory: _directory.Path);
        (await host.GetAsync("/v1/modules/timers/parked?limit=2")).ShouldSucceed().Body.ShouldContain("\"more\":true");
        Answer rest = (await host.GetAsync("/v1/modules/timers/parked?limit=2&after=2")).ShouldSucceed();
        rest.Json.GetProperty("more").GetBoolean().ShouldBeFalse();
        rest.Json.GetProperty("parked")[0].GetProperty("id").GetString().ShouldBe("3");
        (await host.GetAsync("/v1/modules/timers/parked/3")).ShouldSucceed().Json.GetRawText()
            .ShouldBe(rest.Json.GetProperty("parked")[0].GetRawText());
        (await SendAsync(host, "POST /v1/modules/timers/parked/1/replay")).ShouldSucceed().Json.GetProperty("outcome").GetString().ShouldBe("committed");
        (await SendAsync(host, "POST /v1/modules/timers/parked/1/replay")).ShouldBeProblem(404, "not-parked", "nothing parked under number 1");
        (await SendAsync(host, "POST /v1/modules/timers/parked/2/replay")).ShouldBeProblem(422, "rejected", "not yet");
        (await SendAsync(host, "POST /v1/modules/timers/parked/3/replay")).ShouldBeProblem(500, "trapped", "unreachable");
        (await SendAsync(host, "POST /v1/modules/timers/parked/3/drop")).ShouldSucceed();
        (await host.GetAsync("/v1/modules/timers/parked/x")).ShouldBeProblem(400, "bad-request", "has a number, not \"x\"");
        foreach (string line in new[] { "GET /parked", "GET /parked/2", "POST /parked/2/replay", "POST /parked/2/drop", "GET /deliveries", "GET /schema" })
            (await SendAsync(host, line.Replace(" ", " /v1/modules/timers", StringComparison.Ordinal) + "?first=1")).ShouldBeProblem(400, "bad-request", "there is no parameter \"first\"");
        (await host.GetAsync("/v1/graph?first=1")).ShouldBeProblem(400, "bad-request", "there is no parameter \"first\"");
        (await host.GetAsync("/v1/modules/timer/parked")).ShouldBeProblem(404, "unknown-module", "timers");
        (await host.GetAsync("/v1/modules/timers/parked")).ShouldSucceed().Json.GetProperty("parked").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Who_asks_for_more_than_an_answer_may_hold_gets_what_it_may_hold_and_is_told_of_the_rest()
    {
        await using RunningHost host = await RunningHost.StartAsync(new IntersticeOptions { RowsMax = 2 }, directory: _directory.Path);
        foreach (string limit in new[] { "", "?limit=1000" })
        {
            Answer parked = (await host.GetAsync("/v1/modules/timers/parked" + limit)).ShouldSucceed();
            (parked.Json.GetProperty("parked").GetArrayLength(), parked.Json.GetProperty("more").GetBoolean()).ShouldBe((2, true));
        }

        (await host.GetAsync("/v1/modules/timers/timers?limit=100000")).ShouldSucceed().Json.GetProperty("more").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Of_two_operators_who_decide_at_once_the_second_is_told_that_nothing_is_parked()
    {
        await using RunningHost host = await RunningHost.StartAsync(directory: _directory.Path);
        host.Store.CloseGate();
        Task<Answer> first = SendAsync(host, "POST /v1/modules/timers/parked/1/drop");
        Task<Answer> second = SendAsync(host, "POST /v1/modules/timers/parked/1/drop");
        host.Store.OpenGate();
        Answer[] answers = await Task.WhenAll(first, second);
        answers.Single(answer => (int)answer.Status != 200).ShouldBeProblem(404, "not-parked", "nothing parked under number 1");
    }

    private Task<RunningHost> StartAsync(string? role, IntersticeOptions? options = null) => RunningHost.StartAsync(
        options,
        directory: _directory.Path,
        surround: application => application.Use((context, next) =>
        {
            Claim[] claims = role is null ? [new("name", "ann")] : [new("name", "ann"), new("role", role)];
            context.User = new ClaimsPrincipal(new ClaimsIdentity(claims, "test", "name", "role"));
            return next(context);
        }));

    private static Task<Answer> SendAsync(RunningHost host, string line)
    {
        string[] words = line.Split(' ');
        return host.SendAsync(new HttpMethod(words[0]), words[1], null);
    }
}
