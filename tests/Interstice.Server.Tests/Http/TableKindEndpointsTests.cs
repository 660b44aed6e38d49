using System.Text.Json;
using Interstice.TestKit.Engines;

namespace Interstice.Server.Tests.Http;

public sealed class TableKindEndpointsTests
{
    private static readonly byte[] Module = Declarations.Append(
        File.ReadAllBytes(Path.Join(AppContext.BaseDirectory, "script.wasm")),
        """{"table":{"name":"presence","columns":[{"name":"id","type":"u64","primaryKey":true}],"kind":"ephemeral"}}""",
        """{"table":{"name":"secrets","columns":[{"name":"id","type":"u64","primaryKey":true}],"visibility":"private"}}""",
        """{"table":{"name":"pings","columns":[{"name":"at","type":"u64"}],"kind":"event"}}""");

    [Fact]
    public async Task What_is_private_is_refused_on_every_route_and_marked_in_the_schema()
    {
        await using RunningHost host = await StartAsync();
        (await PostAsync(host, "reducers/hidden", "[\"\"]")).ShouldBeProblem(403, "private", "reducer script.hidden is private");
        (await PostAsync(host, "queries/whisper", "[\"\"]")).ShouldBeProblem(403, "private", "query script.whisper is private");
        (await host.GetAsync("/v1/modules/script/tables/secrets/rows")).ShouldBeProblem(403, "private", "table script.secrets is private");
        JsonElement schema = (await host.GetAsync("/v1/modules/script/schema")).ShouldSucceed().Json;
        foreach (string list in new[] { "tables", "reducers", "queries" })
        {
            schema.GetProperty(list).EnumerateArray().Select(item => item.GetProperty("visibility").GetString())
                .ShouldContain("private", list);
        }
    }

    [Fact]
    public async Task Ephemeral_rows_are_read_now_and_have_no_past()
    {
        await using RunningHost host = await StartAsync();
        (await PostAsync(host, "reducers/run", Insert("presence", 7))).ShouldSucceed();
        JsonElement page = (await host.GetAsync("/v1/modules/script/tables/presence/rows")).ShouldSucceed().Json;
        page.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("id").GetString()).ShouldBe(["7"]);
        (await host.GetAsync("/v1/modules/script/tables/presence/rows?at=0")).ShouldBeProblem(400, "bad-request", "ephemeral", "no past");
    }

    [Fact]
    public async Task An_event_table_keeps_no_rows_and_its_events_are_in_the_log()
    {
        await using RunningHost host = await StartAsync();
        (await PostAsync(host, "reducers/run", Insert("pings", 9))).ShouldSucceed();
        (await host.GetAsync("/v1/modules/script/tables/pings/rows")).ShouldBeProblem(400, "bad-request", "event table");
        JsonElement line = (await host.GetAsync("/v1/log?module=script&table=pings")).ShouldSucceed().Lines.ShouldHaveSingleItem();
        (line.GetProperty("type").GetString(), line.GetProperty("row").GetRawText()).ShouldBe(("EventEmitted", """{"at":"9"}"""));
    }

    [Fact]
    public async Task A_flow_from_ephemeral_to_logged_tables_is_a_trap_that_says_so()
    {
        await using RunningHost host = await StartAsync();
        string both = Script(Step(6, "presence", []), Step(1, "pings", [1, 0, 0, 0, 0, 0, 0, 0]));
        (await PostAsync(host, "reducers/run", both)).ShouldBeProblem(500, "trapped", "has read ephemeral table \"presence\"");
    }

    private static async Task<RunningHost> StartAsync()
    {
        RunningHost host = await RunningHost.StartAsync();
        using var content = new ByteArrayContent(Module);
        content.Headers.ContentType = new("application/wasm");
        (await host.SendAsync(HttpMethod.Post, "/v1/modules", content)).ShouldSucceed();
        return host;
    }

    private static Task<Answer> PostAsync(RunningHost host, string member, string arguments) => host.SendAsync(
        HttpMethod.Post,
        $"/v1/modules/script/{member}",
        new StringContent(arguments, System.Text.Encoding.UTF8, "application/json"));

    private static string Insert(string table, byte id) => Script(Step(1, table, [id, 0, 0, 0, 0, 0, 0, 0]));

    private static string Script(params IEnumerable<byte[]> steps) => $"[\"{Convert.ToBase64String([.. steps.SelectMany(step => step)])}\"]";

    // As tests/modules/plain/script.wat reads it: operation, two numbers, then name, index and two operands with their lengths.
    private static byte[] Step(byte operation, string table, byte[] operand) =>
    [
        operation, .. new byte[8],
        .. BitConverter.GetBytes(table.Length), .. System.Text.Encoding.UTF8.GetBytes(table),
        .. new byte[4],
        .. BitConverter.GetBytes(operand.Length), .. operand,
        .. new byte[4],
    ];
}
