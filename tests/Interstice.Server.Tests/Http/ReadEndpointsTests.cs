using System.Text.Json;
using Interstice.Server.Hosting;

namespace Interstice.Server.Tests.Http;

public sealed class ReadEndpointsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_are_bounded_ordered_and_filtered_as_asked()
    {
        await using RunningHost host = await StartAsync("ann", "bob", "cid", "dan");
        (await NamesAsync(host, "")).ShouldBe("ann bob cid dan");
        (await NamesAsync(host, "?limit=2")).ShouldBe("ann bob ...");
        (await NamesAsync(host, "?limit=4")).ShouldBe("ann bob cid dan");
        (await NamesAsync(host, "?from=2&to=3")).ShouldBe("bob cid");
        (await NamesAsync(host, "?index=owner&from=bob&to=\"cid\"")).ShouldBe("bob cid");
        (await NamesAsync(host, "?where=" + Uri.EscapeDataString("owner like '%a%' and balance = 0 and id = 4"))).ShouldBe("dan");
        (await NamesAsync(host, "?limit=0")).ShouldBe("...");
    }

    [Fact]
    public async Task Rows_as_of_a_revision_are_those_that_stood_there_then()
    {
        await using RunningHost host = await StartAsync("ann", "bob");
        (await NamesAsync(host, "?at=2")).ShouldBe("ann");
        (await host.GetAsync("/v1/modules/bank/tables/accounts/rows?at=99")).ShouldBeProblem(400, "bad-request", "no revision 99");
    }

    [Theory]
    [InlineData("?where=balance+%3E", "where:")]
    [InlineData("?index=ower", "did you mean \"owner\"?")]
    [InlineData("?from=x", "from:")]
    [InlineData("?limit=x", "limit takes a whole number")]
    [InlineData("?limit=100001", "limit takes a whole number, 0 to 100000")]
    [InlineData("?wher=1", "there is no parameter \"wher\"; did you mean \"where\"?")]
    [InlineData("?limit=1&limit=2", "stands there 2 times")]
    public async Task Parameters_of_rows_that_do_not_fit_are_refused(string parameters, string part)
    {
        await using RunningHost host = await StartAsync("ann");
        (await host.GetAsync("/v1/modules/bank/tables/accounts/rows" + parameters)).ShouldBeProblem(400, "bad-request", part);
    }

    [Theory]
    [InlineData("?historry=true", "there is no parameter \"historry\"; did you mean \"history\"?")]
    [InlineData("?history=maybe", "history takes true or false")]
    [InlineData("?history=true&history=true", "stands there 2 times")]
    public async Task Parameters_of_the_modules_that_do_not_fit_are_refused(string parameters, string part)
    {
        await using RunningHost host = await StartAsync("ann");
        (await host.GetAsync("/v1/modules" + parameters)).ShouldBeProblem(400, "bad-request", part);
    }

    [Fact]
    public async Task A_scan_that_would_hold_calls_up_is_refused()
    {
        await using RunningHost host = await RunningHost.StartAsync(new IntersticeOptions { RowsScannedMax = 2 });
        foreach (string name in (string[])["ann", "bob", "cid"]) (await host.CallAsync("open_account", $"[\"{name}\", 0]")).ShouldSucceed();
        (await host.GetAsync("/v1/modules/bank/tables/accounts/rows?where=false")).ShouldBeProblem(422, "scan-too-large", "2 rows", "narrow");
        (await NamesAsync(host, "?from=2")).ShouldBe("bob cid");
    }

    [Fact]
    public async Task The_log_gives_the_same_events_that_the_filters_of_the_command_line_would()
    {
        await using RunningHost host = await StartAsync("ann", "bob");
        JsonElement[] all = (await host.GetAsync("/v1/log")).Lines;
        all.Length.ShouldBe(6); // listed, code, published, owned, and an account for each
        (await host.GetAsync("/v1/log?table=accounts")).Lines.Select(line => line.GetProperty("row").GetProperty("owner").GetString()).ShouldBe(["ann", "bob"]);
        (await host.GetAsync("/v1/log?op=publish")).Lines.Length.ShouldBe(1);
        (await host.GetAsync("/v1/log?match=%22owner%22:%22b")).Lines.Length.ShouldBe(1);
        (await host.GetAsync("/v1/log?skip=1&limit=2")).Lines.Select(Position).ShouldBe(all[1..3].Select(Position));
        (await host.GetAsync($"/v1/log?from={Position(all[4])}")).Lines.Select(Position).ShouldBe(all[4..].Select(Position));
        Answer text = await host.GetAsync("/v1/log?reducer=open_account&limit=1", ("Accept", "text/plain"));
        text.MediaType.ShouldBe("text/plain");
        text.Body.ShouldContain("open_account(owner: ann, initial: 0)");
    }

    [Theory]
    [InlineData("?op=insrt", "did you mean \"insert\"?")]
    [InlineData("?since=yesterday-ish", "since takes a time")]
    [InlineData("?match=(", "match takes a regular expression")]
    [InlineData("?caller=xyz", "hexadecimal")]
    [InlineData("?follow=perhaps", "follow takes true or false")]
    [InlineData("?from=-1", "from takes a whole number")]
    public async Task Filters_of_the_log_that_do_not_fit_are_refused(string parameters, string part)
    {
        await using RunningHost host = await StartAsync("ann");
        (await host.GetAsync("/v1/log" + parameters)).ShouldBeProblem(400, "bad-request", part);
    }

    [Fact]
    public async Task A_follower_gets_what_is_appended_and_ends_with_the_host()
    {
        await using RunningHost host = await StartAsync("ann");
        using HttpResponseMessage response = await host.Client.GetAsync(
            "/v1/log?table=accounts&follow=true", HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        Owner(await reader.ReadLineAsync(Cancel)).ShouldBe("ann");
        (await host.CallAsync("open_account", "[\"bob\", 0]")).ShouldSucceed();
        Owner(await reader.ReadLineAsync(Cancel)).ShouldBe("bob");
        await host.StopAsync();
        (await reader.ReadLineAsync(Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task A_schema_is_an_object_or_where_asked_for_the_canonical_lines()
    {
        await using RunningHost host = await StartAsync();
        JsonElement schema = (await host.GetAsync("/v1/modules/bank/schema")).ShouldSucceed().Json;
        schema.GetProperty("tables").EnumerateArray().Select(table => table.GetProperty("name").GetString()).ShouldBe(["accounts", "transfers"]);
        Answer lines = await host.GetAsync("/v1/modules/bank/schema", ("Accept", "application/x-ndjson"));
        Kernel.Schema.ModuleSchema.Parse(System.Text.Encoding.UTF8.GetBytes(lines.Body)).FindReducer("transfer").ShouldNotBeNull();
        (await host.GetAsync("/v1/modules/bnk/schema")).ShouldBeProblem(404, "unknown-module");
    }

    [Fact]
    public async Task The_description_names_every_route()
    {
        await using RunningHost host = await StartAsync();
        JsonElement paths = (await host.GetAsync("/openapi/v1.json")).ShouldSucceed().Json.GetProperty("paths");
        paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(verb => $"{verb.Name} {path.Name}")).ShouldBe(
            [
                "get /health/live", "get /health/ready", "get /v1/status", "post /v1/modules/{module}/reducers/{reducer}",
                "post /v1/modules/{module}/queries/{query}", "post /v1/modules", "get /v1/modules", "get /v1/modules/{module}/schema",
                "get /v1/modules/{module}/tables/{table}/rows", "get /v1/log", "get /v1/graph", "get /v1/modules/{module}/deliveries",
                "post /v1/modules/{module}/reload", "post /v1/modules/{module}/rollback", "get /v1/modules/{module}/tables/{table}/aggregate",
                "get /v1/modules/{module}/timers", "get /v1/modules/{module}/parked", "get /v1/modules/{module}/parked/{id}",
                "post /v1/modules/{module}/parked/{id}/replay", "post /v1/modules/{module}/parked/{id}/drop", "get /v1/connect",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task The_graph_and_the_deliveries_of_a_module_can_be_asked_for()
    {
        await using RunningHost host = await StartAsync();
        JsonElement graph = (await host.GetAsync("/v1/graph")).ShouldSucceed().Json;
        graph.GetProperty("modules").EnumerateArray().Select(module => module.GetString()).ShouldContain("bank");
        graph.GetProperty("edges").GetArrayLength().ShouldBe(0);
        (await host.GetAsync("/v1/modules/bank/deliveries")).ShouldSucceed().Json.GetArrayLength().ShouldBe(0);
        (await host.GetAsync("/v1/modules/bnk/deliveries")).ShouldBeProblem(404, "unknown-module");
        (await host.GetAsync("/v1/status")).Json.GetProperty("modules")[0].GetProperty("subscriptions").GetArrayLength().ShouldBe(0);
    }

    private static async Task<RunningHost> StartAsync(params string[] accounts)
    {
        RunningHost host = await RunningHost.StartAsync();
        for (int i = 0; i < accounts.Length; i++) (await host.CallAsync("open_account", $"[\"{accounts[i]}\", 0]")).ShouldSucceed();
        return host;
    }

    // The owners, and three dots where there are more.
    private static async Task<string> NamesAsync(RunningHost host, string parameters)
    {
        JsonElement page = (await host.GetAsync("/v1/modules/bank/tables/accounts/rows" + parameters)).ShouldSucceed().Json;
        IEnumerable<string?> owners = page.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("owner").GetString());
        return string.Join(' ', page.GetProperty("more").GetBoolean() ? owners.Append("...") : owners);
    }

    private static long Position(JsonElement line) => line.GetProperty("position").GetInt64();

    private static string? Owner(string? line) =>
        JsonDocument.Parse(line.ShouldNotBeNull()).RootElement.GetProperty("row").GetProperty("owner").GetString();
}
