using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.EventStoreDb.Tests;

/// <summary>Modules that call each other, in hosts whose store is a server of EventStoreDB's protocol: a transaction over three of them is in all or
/// in none, wherever the host that makes it is cut off.</summary>
public sealed class GroupsOnEventStoreDbTests : IAsyncLifetime
{
    private static readonly string[] Modules = ["a", "b", "c"];

    private EndpointServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EndpointServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(EventPayloads.Json, 0)]
    [InlineData(EventPayloads.Json, 1)]
    [InlineData(EventPayloads.Json, 2)]
    [InlineData(EventPayloads.Json, 3)]
    [InlineData(EventPayloads.Canonical, 1)]
    public async Task Another_host_completes_what_one_committed_before_it_was_cut_off(EventPayloads payloads, int appends)
    {
        var faults = new FaultInjectingStore(await ConnectAsync(payloads)) { CanBeShared = true };
        await using HostedBank first = await HostedBank.StartAsync(faults, Options("first"));
        foreach (string module in Modules) await first.PublishAsAsync("relay", module);
        (await PutAsync(first, 1)).ShouldBeOfType<CallOutcome.Committed>();
        await using HostedBank second = await HostedBank.StartAsync(await ConnectAsync(payloads), Options("second"));
        faults.DiesAt = faults.OperationCount + appends + 1;

        CallOutcome outcome = await PutAsync(first, 2);
        faults.IsUnreachable = true;
        faults.BreakSubscriptions();
        CallOutcome onwards = await PutWhenOwnedAsync(second, 3);

        onwards.ShouldBeOfType<CallOutcome.Committed>(onwards.ToString());
        byte[] keys = appends == 0 ? [1, 3] : [1, 2, 3];
        if (appends == 0) outcome.ShouldNotBeOfType<CallOutcome.Committed>();
        foreach (string module in Modules)
        {
            ModuleProjection rebuilt = await RebuildAsync(payloads, module);
            KeysOf(rebuilt).ShouldBe(keys, ignoreOrder: true, $"module {module}, told {outcome}");
            (await second.Host.ViewAsync(module, projection => (projection.StateHash, projection.Chain, projection.Revision)))
                .ShouldBe((rebuilt.StateHash, rebuilt.Chain, rebuilt.Revision), $"module {module}");
        }

        await using EventStoreDbStore store = await ConnectAsync(payloads);
        CommitPointReport points = await CommitPointCheck.RunAsync(store, new CommitPointScope(), Cancel);
        (points.Checked, points.Open.Count, points.Faults.Count).ShouldBe((keys.Length, 0, 0), $"told {outcome}");
    }

    private static ModuleHostOptions Options(string name) => new()
    {
        Loop = new() { ResolveTimeout = TimeSpan.FromMilliseconds(500), StopTimeout = TimeSpan.FromSeconds(1) },
        Replicas = new() { Name = name, HeartbeatInterval = TimeSpan.FromMilliseconds(200) },
    };

    // A machine that is slow lets hosts take over from living ones: what was refused then is safe to try again.
    private static async Task<CallOutcome> PutWhenOwnedAsync(HostedBank host, byte key)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            bool isOwner = Array.TrueForAll(Modules, module => host.Host.StandingOf(module)?.Role == ModuleRole.Owner);
            CallOutcome? outcome = isOwner ? await PutAsync(host, key) : null;
            if (outcome is not null and not CallOutcome.Refused) return outcome;
            patience.IsCancellationRequested.ShouldBeFalse($"{outcome}: {string.Join("; ", Modules.Select(host.Host.StandingOf))}");
            await Task.Yield();
        }
    }

    // Puts a key in b, which has c and a do the same.
    private static Task<CallOutcome> PutAsync(HostedBank host, byte key)
    {
        byte[] put = Script([1, key, key]);
        byte[] script = Script([1, key, key, 3, 2, .. put, 3, 0, .. put]);
        return host.CallAsync("b", "run", script);
    }

    private static byte[] Script(byte[] steps) => [.. BitConverter.GetBytes(steps.Length), .. steps];

    private static List<byte> KeysOf(ModuleProjection projection)
    {
        List<byte> keys = [];
        foreach (ReadOnlySpan<byte> row in projection.State!.GetTable(0).Scan(0, default, descending: false)) keys.Add(row[0]);
        return keys;
    }

    private async Task<ModuleProjection> RebuildAsync(EventPayloads payloads, string module)
    {
        await using EventStoreDbStore store = await ConnectAsync(payloads);
        var rebuilt = new ModuleProjection(module) { ComparesEveryHash = true };
        await ModuleReplay.RunAsync(store, rebuilt, null, TimeProvider.System, null, Cancel);
        return rebuilt;
    }

    private async Task<EventStoreDbStore> ConnectAsync(EventPayloads payloads) => await EventStoreDbStore.ConnectAsync(
        _server.ConnectionString, new EventStoreDbOptions { Payloads = payloads }, cancellationToken: Cancel);
}
