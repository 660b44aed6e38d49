using System.Collections.Concurrent;
using Interstice.Host.Commands;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Server.Hosting;
using Interstice.Server.Http;
using Interstice.Server.Sockets;
using Interstice.Server.Tests.Http;
using Interstice.TestKit.Engines;

namespace Interstice.Server.Tests.Sockets;

/// <summary>Goal: who may not call what the host calls for a client may not connect either, whichever of the two reducers a module declares.</summary>
public sealed class SocketPolicyTests
{
    private const string Connected = """{"reducer":{"name":"come","lifecycle":"connected"}}""";
    private const string Disconnected = """{"reducer":{"name":"go","lifecycle":"disconnected","visibility":"private"}}""";

    private static readonly Identity Ann = Identity.Of("tests", "ann");

    private static readonly byte[] Lifecycle = File.ReadAllBytes(Path.Join(AppContext.BaseDirectory, "lifecycle.wasm"));

    [Theory]
    [InlineData("come", Connected)]
    [InlineData("come", Connected, Disconnected)]
    [InlineData("go", Disconnected)]
    public async Task The_policies_are_asked_for_the_reducer_that_the_module_has(string asked, params string[] declared)
    {
        await using RunningHost host = await StartAsync(declared);
        using var watch = new StoreWatch(host.Store, TimeProvider.System);
        var policy = new Deny(asked);
        SocketClients clients = Make(host, watch, policy);

        ProblemException denied = await Should.ThrowAsync<ProblemException>(() => clients.ConnectAsync("lifecycle"));

        denied.Problem.Kind.ShouldBe(ProblemKind.Denied);
        denied.Problem.Detail.ShouldContain($"not lifecycle.{asked}");
        policy.Asked.ShouldBe([asked]);
        (await ClientsAsync(host)).ShouldBe(0);
        SocketClients others = Make(host, watch, new Deny("another"));
        (await others.ConnectAsync("lifecycle")).ShouldNotBe(Guid.Empty, "the place was given back, and this one may");
        (await ClientsAsync(host)).ShouldBe(1);
        await others.CloseAsync();
        (await ClientsAsync(host)).ShouldBe(0);
    }

    private static async Task<RunningHost> StartAsync(IEnumerable<string> declared)
    {
        RunningHost host = await RunningHost.StartAsync();
        byte[] binary = Declarations.Replace(
            Lifecycle,
            [
                """{"module":{"name":"lifecycle","version":"1.0.0","abi":1}}""",
                """{"table":{"name":"calls","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"what","type":"u8"},{"name":"caller","type":"identity"}]}}""",
                """{"table":{"name":"locks","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true}]}}""",
                .. declared,
            ]);
        using var content = new ByteArrayContent(binary);
        content.Headers.ContentType = new("application/wasm");
        (await host.SendAsync(HttpMethod.Post, "/v1/modules", content)).ShouldSucceed();
        return host;
    }

    private static SocketClients Make(RunningHost host, StoreWatch watch, ICallPolicy policy) =>
        new(new ModuleLookup(host.Modules, new Readiness(host.State, host.Modules, watch)), host.Modules, [policy], Ann);

    private static Task<long> ClientsAsync(RunningHost host) =>
        host.Modules.ViewAsync("lifecycle", projection => (long)projection.State!.FindTable(SystemTables.Clients)!.Count);

    private sealed class Deny(string denied) : ICallPolicy
    {
        public ConcurrentQueue<string> Asked { get; } = [];

        public ValueTask<string?> JudgeAsync(Identity caller, string module, string function, bool isQuery, CancellationToken cancellationToken)
        {
            Asked.Enqueue(function);
            return ValueTask.FromResult(function == denied ? $"not {module}.{function}" : null);
        }
    }
}
