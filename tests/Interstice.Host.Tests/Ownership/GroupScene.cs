using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Tests.Reducers;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Host.Tests.Ownership;

/// <summary>Hosts of the relay over one store in memory that they share and that appends to one stream at a time. Every transaction of a test puts
/// the same key into three modules: it is in all of them or in none.</summary>
internal sealed class GroupScene : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<SharedHost> _hosts = [];
    private readonly TimeSpan _beat;

    private GroupScene(JournalStore store, TimeSpan beat) => (Store, _beat) = (store, beat);

    public JournalStore Store { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="beatMs">Milliseconds between heartbeats. Three that are missing make another host take over, and a machine under load may
    /// be silent for long: as few as a test can do without.</param>
    public static async Task<GroupScene> OpenAsync(int beatMs = 1_000)
    {
        JournalOptions options = new() { Directory = "/memory", SegmentBytes = 8 << 20 };
        return new(await JournalStore.OpenAsync(options, null, new MemoryFiles(), Cancel), TimeSpan.FromMilliseconds(beatMs));
    }

    /// <summary>Starts a host.</summary>
    /// <param name="through">What it has between itself and the store; null for nothing.</param>
    public async Task<SharedHost> StartAsync(Func<IEventStore, IEventStore>? through = null)
    {
        ModuleHostOptions options = new()
        {
            Loop = new() { ResolveTimeout = TimeSpan.FromMilliseconds(500), StopTimeout = TimeSpan.FromMilliseconds(500) },
            Replicas = new() { Name = $"host {_hosts.Count}", HeartbeatInterval = _beat },
        };
        SharedHost host = SharedHost.Make(through is null ? Store : through(Store), options, isShared: true);
        host.Store.TakesOneStreamOnly = true;
        _hosts.Add(host);
        await host.Host.StartAsync(cancellationToken: Cancel).WaitAsync(Patience, Cancel);
        return host;
    }

    /// <summary>Publishes the modules.</summary>
    public static async Task PublishAsync(SharedHost host)
    {
        foreach (char module in RelayHost.Modules)
            await host.Mediator.Send(new PublishModule(HostFixture.Binary("relay"), HostFixture.Tester, $"{module}"), Cancel).WaitAsync(Patience, Cancel);
    }

    /// <summary>Puts a key into three modules, beginning with one.</summary>
    public static Task<CallOutcome> PutAsync(SharedHost host, byte key, char first = 'a')
    {
        char[] order = [first, .. RelayHost.Modules[..3].Where(module => module != first)];
        Script script = new Script().Put(key, key).Call(order[1], new Script().Put(key, key)).Call(order[2], new Script().Put(key, key));
        return host.Mediator.Send(new CallReducer($"{first}", "run", script.Arguments, HostFixture.Tester), Cancel).WaitAsync(Patience, Cancel);
    }

    /// <summary>Puts a key as soon as a host owns the modules, however often it has to be tried.</summary>
    public static async Task PutUntilCommittedAsync(SharedHost host, byte key, char first = 'a')
    {
        for (int tries = 0; ; tries++)
        {
            await UntilOwnerAsync(host);
            CallOutcome outcome = await PutAsync(host, key, first);
            if (outcome is CallOutcome.Committed) return;
            tries.ShouldBeLessThan(50, outcome.ToString());
            outcome.ShouldBeOfType<CallOutcome.Refused>(outcome.ToString());
        }
    }

    public static async Task UntilOwnerAsync(SharedHost host)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!IsOwner(host))
        {
            if (patience.IsCancellationRequested)
                throw new TimeoutException(string.Join("; ", RelayHost.Modules.Select(module => host.Host.StandingOf($"{module}"))));
            await Task.Delay(1, Cancel); // leaves the pool to the hosts
        }
    }

    /// <summary>Whether a host owns every module.</summary>
    public static bool IsOwner(SharedHost host) => RelayHost.Modules.All(
        module => host.Host.StandingOf($"{module}")?.Role == ModuleRole.Owner && host.Host.FindSchema($"{module}") is not null);

    /// <summary>The keys that a module has by its stream, every hash and link of which is compared.</summary>
    public async Task<HashSet<byte>> KeysAsync(char module)
    {
        var rebuilt = new ModuleProjection($"{module}") { ComparesEveryHash = true };
        await ModuleReplay.RunAsync(Store, rebuilt, null, TimeProvider.System, null, Cancel);
        HashSet<byte> keys = [];
        foreach (ReadOnlySpan<byte> row in rebuilt.State!.GetTable(0).Scan(0, default, descending: false)) keys.Add(row[0]);
        return keys;
    }

    /// <summary>Compares the streams of the modules with each other, with what callers were told, and with a host that owns them.</summary>
    public async Task ExpectAllOrNothingAsync(SharedHost? host, IReadOnlyDictionary<byte, CallOutcome> told, string why)
    {
        HashSet<byte> keys = await KeysAsync('a');
        (await KeysAsync('b')).ShouldBe(keys, ignoreOrder: true, why);
        (await KeysAsync('c')).ShouldBe(keys, ignoreOrder: true, why);
        foreach ((byte key, CallOutcome outcome) in told)
        {
            if (outcome is CallOutcome.Committed) keys.ShouldContain(key, $"{outcome}; {why}");
            else if (outcome is not CallOutcome.Unknown) keys.ShouldNotContain(key, $"{outcome}; {why}");
        }

        foreach (char module in RelayHost.Modules) await ExpectOnceAsync(module, why);
        if (host is null) return;
        foreach (char module in RelayHost.Modules)
        {
            var rebuilt = new ModuleProjection($"{module}") { ComparesEveryHash = true };
            await ModuleReplay.RunAsync(Store, rebuilt, null, TimeProvider.System, null, Cancel);
            var seen = await host.Host.ViewAsync($"{module}", projection => (projection.StateHash, projection.Chain, projection.Revision));
            seen.ShouldBe((rebuilt.StateHash, rebuilt.Chain, rebuilt.Revision), $"module {module}; {why}");
        }
    }

    // No event stands in a stream twice, not even a void one.
    private async Task ExpectOnceAsync(char module, string why)
    {
        List<RecordedEvent> events = await Store.ReadAsync(module);
        events.Select(recorded => recorded.Id).ShouldBeUnique($"module {module}; {why}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SharedHost host in _hosts) await host.DisposeAsync().AsTask().WaitAsync(Patience, CancellationToken.None);
        await Store.DisposeAsync().AsTask().WaitAsync(Patience, CancellationToken.None);
    }
}
