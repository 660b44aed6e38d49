using System.Net.Http.Headers;
using System.Text.Json;

namespace Interstice.Server.Tests.Http;

public sealed class ReloadEndpointsTests
{
    [Fact]
    public async Task Changed_effects_are_a_problem_with_the_list_until_they_are_accepted()
    {
        await using RunningHost host = await StartAsync();
        (await CallAsync(host, "13")).ShouldSucceed();

        Answer refused = await PostAsync(host, "/v1/modules/counter/reload", "counter_next");
        JsonElement canary = refused.ShouldBeProblem(422, "changed-effects", "1 of 1 recorded calls").Json.GetProperty("canary");
        canary.GetProperty("differences")[0].GetProperty("found").GetString().ShouldBe("""insert counters {"id":"1","value":"14"}""");
        refused.Json.GetProperty("outcome").GetString().ShouldBe("refused");

        JsonElement taken = (await PostAsync(host, "/v1/modules/counter/reload?acceptChanges=true&canary=all", "counter_next")).ShouldSucceed().Json;
        taken.GetProperty("published").GetProperty("version").GetInt32().ShouldBe(2);
        (await CallAsync(host, "99")).ShouldBeProblem(500, "trapped");

        JsonElement back = (await PostAsync(host, "/v1/modules/counter/rollback?canary=none", null)).ShouldSucceed().Json;
        back.GetProperty("outcome").GetString().ShouldBe("reloaded");
        back.GetProperty("canary").ValueKind.ShouldBe(JsonValueKind.Null);
        (await CallAsync(host, "99")).ShouldSucceed();
    }

    [Fact]
    public async Task What_cannot_be_meant_is_a_problem()
    {
        await using RunningHost host = await StartAsync();
        (await PostAsync(host, "/v1/modules/countre/reload", "counter")).ShouldBeProblem(404, "unknown-module", "counter");
        (await PostAsync(host, "/v1/modules/counter/reload?canary=some", "counter")).ShouldBeProblem(400, "bad-request", "all or none");
        (await PostAsync(host, "/v1/modules/counter/rollback", null)).ShouldBeProblem(422, "module-refused", "none to go back to");
    }

    private static async Task<RunningHost> StartAsync()
    {
        RunningHost host = await RunningHost.StartAsync();
        (await PostAsync(host, "/v1/modules", "counter")).ShouldSucceed();
        return host;
    }

    private static async Task<Answer> PostAsync(RunningHost host, string path, string? binary)
    {
        using var content = new ByteArrayContent(
            binary is null ? [] : await File.ReadAllBytesAsync(Path.Join(AppContext.BaseDirectory, binary + ".wasm")));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/wasm");
        return await host.SendAsync(HttpMethod.Post, path, content);
    }

    private static async Task<Answer> CallAsync(RunningHost host, string value)
    {
        using var content = new StringContent($"[\"{value}\"]", new MediaTypeHeaderValue("application/json"));
        return await host.SendAsync(HttpMethod.Post, "/v1/modules/counter/reducers/add", content);
    }
}
