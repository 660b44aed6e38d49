using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.Network;

namespace Interstice.EventStoreDb.Tests.Faults;

// R14 of docs/reliability.md, through the host. Goal: whatever breaks between a host and its store, and wherever, a client that tries again when
// it is told to has every call exactly once, and the host's state is that of its stream. Method: clients transfer money at once, a proxy
// breaks the connection at every border of a message in turn, in every way, the host is restarted between; then the stream is replayed
// from its first event with every hash compared, and held against what each client was told. Mistakes of an adapter are planted to see
// that this catches them.
public sealed class HostBorderTests
{
    private const int Clients = 6;
    private const int CallsPerClient = 2;
    private const int RoundsPerServer = 25;
    private const int BordersMax = 48;

    // Most of a round is waiting, for a connection that is broken to be given up and for the next one.
    private const int ServersAtOnce = 4;

    private static readonly ProxyFault[] Faults =
        [ProxyFault.CutBefore, ProxyFault.CutAfter, ProxyFault.Silence, ProxyFault.ResetStream, ProxyFault.Delay];

    private static readonly EventStoreDbOptions Options = new()
    {
        AppendTimeout = TimeSpan.FromSeconds(1),
        ReadTimeout = TimeSpan.FromSeconds(1),
        RetriesMax = 50,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        RetryDelayMax = TimeSpan.FromMilliseconds(20),
        BreakerCallsMin = 1_000_000,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_are_committed_exactly_once_whatever_breaks_at_whichever_border()
    {
        var share = new TimeShare("faults", 1000, 60);
        (int Border, ProxyFault Fault)[] all =
            [.. Enumerable.Range(0, BordersMax).SelectMany(border => Faults.Select(fault => (border, fault)))];
        share.Random.Shuffle(all);
        Lock gate = new();
        int next = 0, refused = 0, unknown = 0;
        await Task.WhenAll(Enumerable.Range(0, ServersAtOnce).Select(_ => Task.Run(ServeAsync, Cancel)));
        share.End($"{refused} calls were told to try again, {unknown} that they may be committed");
        refused.ShouldBeGreaterThan(0);

        async Task ServeAsync()
        {
            while (true)
            {
                (int, ProxyFault)[] faults;
                lock (gate)
                {
                    if (!share.HasMore) return;
                    faults = [.. Enumerable.Range(next, RoundsPerServer).Select(i => all[i % all.Length])];
                    next += RoundsPerServer;
                }

                (int met, TransferLedger ledger) = await RunAsync(faults, AdapterMistake.None, share.Seed);
                lock (gate)
                {
                    share.Add(met);
                    refused += ledger.TimesRefused;
                    unknown += ledger.TimesUnknown;
                }
            }
        }
    }

    [Theory]
    [InlineData(AdapterMistake.SaysRefused)]
    [InlineData(AdapterMistake.SaysAppended)]
    [InlineData(AdapterMistake.SendsAgainAnywhere)]
    [InlineData(AdapterMistake.SendsAgainUnderNewIds)]
    public async Task A_mistake_of_the_adapter_is_caught(AdapterMistake mistake)
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int servers = 0; servers < 20; servers++)
        {
            (int, ProxyFault)[] faults =
                [.. Enumerable.Range(0, RoundsPerServer).Select(_ => (random.Next(BordersMax), Faults[random.Next(Faults.Length)]))];
            try
            {
                await RunAsync(faults, mistake, seed);
            }
            catch (Exception caught) when (caught is not OperationCanceledException)
            {
                TestContext.Current.TestOutputHelper!.WriteLine($"server {servers}: {caught.Message}");
                return;
            }
        }

        Assert.Fail($"{mistake} was not noticed; seed {seed}");
    }

    // Rounds of calls with one fault each, a host that is restarted in the middle, and the audit; how many faults were met.
    private static async Task<(int Met, TransferLedger Ledger)> RunAsync((int Border, ProxyFault Fault)[] faults, AdapterMistake mistake, int seed)
    {
        await using EndpointServer server = await EndpointServer.StartAsync();
        var plan = new BorderPlan();
        await using var proxy = new FrameProxy(server.Port, plan.Decide);
        var ledger = new TransferLedger();
        HostedBank bank = await StartAsync(proxy, mistake);
        try
        {
            await bank.PublishAsync();
            await bank.OpenAsync("ann", 1_000_000_000);
            await bank.OpenAsync("bob", 1_000_000_000);
            for (int round = 0; round < faults.Length; round++)
            {
                (int border, ProxyFault fault) = faults[round];
                plan.Arm(border, fault);
                if (round == faults.Length / 2)
                {
                    await bank.DisposeAsync();
                    bank = await StartAsync(proxy, mistake);
                }

                await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => CallAsync(ledger, () => bank)));
            }

            // With nothing in the way the host finds out what it did not know.
            plan.Disarm();
            await ledger.TransferAsync(() => bank, Cancel);
            await using EventStoreDbStore truth = EventStoreDbStore.Connect(server.ConnectionString);
            await ledger.AuditAsync(truth, await bank.HashAsync(), Cancel);
            return (plan.Met, ledger);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new InvalidOperationException($"seed {seed}, faults {string.Join(", ", faults)}: {fault.Message}", fault);
        }
        finally
        {
            plan.Disarm();
            await bank.DisposeAsync();
        }
    }

    private static async Task CallAsync(TransferLedger ledger, Func<HostedBank> bank)
    {
        for (int i = 0; i < CallsPerClient; i++) await ledger.TransferAsync(bank, Cancel);
    }

    private static Task<HostedBank> StartAsync(FrameProxy proxy, AdapterMistake mistake)
    {
        IEventStore store = EventStoreDbStore.Connect($"esdb://127.0.0.1:{proxy.Port}?tls=false", Options);
        return HostedBank.StartAsync(mistake == AdapterMistake.None ? store : new MistakenStore(store, mistake));
    }

    /// <summary>One fault at a time, at a border counted from when it was planned.</summary>
    private sealed class BorderPlan
    {
        private readonly Lock _lock = new();
        private int _left = -1;
        private ProxyFault _fault;

        internal int Met { get; private set; }

        internal void Arm(int border, ProxyFault fault)
        {
            lock (_lock) (_left, _fault) = (border, fault);
        }

        internal void Disarm() => Arm(-1, ProxyFault.None);

        internal ProxyFault Decide(ProxyFrame frame)
        {
            lock (_lock)
            {
                if (_left < 0 || _left-- > 0) return ProxyFault.None;
                Met++;
                return _fault;
            }
        }
    }
}
