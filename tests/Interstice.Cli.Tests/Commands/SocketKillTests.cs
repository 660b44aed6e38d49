using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit.Clients;

namespace Interstice.Cli.Tests.Commands;

/// <summary>A client of a host that is killed: whoever owns the module next lets it go.</summary>
public sealed class SocketKillTests
{
    [Fact]
    public async Task A_client_of_a_host_that_was_killed_is_disconnected_by_the_next_one()
    {
        using var store = new TestStore();
        string module = Path.Join(AppContext.BaseDirectory, "modules", "lifecycle.wasm");
        using (RunningHost host = await RunningHost.StartAsync(store.Directory, "--module", module))
        using (SocketClient client = await SocketClient.OpenAsync(host.Client.BaseAddress!))
        {
            await client.ConnectAsync("lifecycle");
            host.Kill();
        }

        (await store.RunAsync("rows", "lifecycle._clients", "-o", "ndjson")).ShouldSucceed().JsonLines.Length.ShouldBe(1);
        using RunningHost next = await RunningHost.StartAsync(store.Directory);
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
        {
            while ((await RowsAsync(next, "_clients")).GetArrayLength() > 0)
            {
                patience.IsCancellationRequested.ShouldBeFalse("the client is there still");
                await Task.Yield();
            }
        }

        (await RowsAsync(next, "calls")).EnumerateArray().Select(row => row.GetProperty("what").GetInt32()).ShouldBe([1, 3, 4], "init, connected and disconnected");
        using SocketClient again = await SocketClient.OpenAsync(next.Client.BaseAddress!);
        await again.ConnectAsync("lifecycle");
    }

    private static async Task<JsonElement> RowsAsync(RunningHost host, string table) =>
        (await host.GetAsync($"v1/modules/lifecycle/tables/{table}/rows")).GetProperty("rows");
}
