using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Hosting;

/// <summary>What a host's log says of a store elsewhere.</summary>
public sealed class StoreLogTests : IDisposable
{
    private readonly TestStore _store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    // The list of modules is followed by a subscription: what is published after the restart is seen only when it goes on.
    [Fact]
    public async Task A_host_logs_that_a_subscription_to_its_store_was_interrupted()
    {
        Requirement.Unix();
        using RunningProgram before = _store.Start("store", "--esdb-endpoint", "localhost:0", "-o", "ndjson");
        string address = await AddressOfAsync(before);
        using RunningHost host = await RunningHost.StartAsync(_store.Directory, "--store", address, "--module", TestStore.BankFile);
        before.Terminate();
        (await before.WaitAsync()).ShouldBe(0);
        using RunningProgram after = _store.Start("store", "--esdb-endpoint", $"localhost:{new Uri(address).Port}", "-o", "ndjson");
        (await AddressOfAsync(after)).ShouldBe(address);

        (await _store.RunAsync("publish", TestStore.BankFile, "--name", "second", "--store", address)).ShouldSucceed();
        while (!(await host.GetAsync("v1/modules")).ToString().Contains("\"second\"", StringComparison.Ordinal)) Cancel.ThrowIfCancellationRequested();

        (int code, string errors) = await host.TerminateAsync();
        code.ShouldBe(0, errors);
        errors.ShouldContain($"Subscription to {new Uri(address).Authority} was interrupted and goes on behind");
    }

    private static async Task<string> AddressOfAsync(RunningProgram server) => JsonDocument
        .Parse((await server.Output.ReadLineAsync(Cancel)).ShouldNotBeNull()).RootElement.GetProperty("connectionString").GetString()!;
}
