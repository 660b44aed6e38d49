using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Network;

namespace Interstice.EventStoreDb.Tests.Faults;

// R14 of docs/reliability.md. Goal: whatever breaks between client and server, and wherever, a caller that resolves unknown outcomes has every
// append exactly once, in order, and a reader or subscriber has every event once. Method: a proxy that knows where the messages of HTTP/2
// end breaks the connection at every border in turn, in every way; then at random, several times in a run; the server's journal is the truth.
public sealed class MessageBorderTests : IAsyncLifetime
{
    private const int Batches = 12;
    private const int InFlight = 4;

    private static readonly ProxyFault[] Faults =
        [ProxyFault.CutBefore, ProxyFault.CutAfter, ProxyFault.Silence, ProxyFault.ResetStream, ProxyFault.Delay];

    private static readonly EventStoreDbOptions Options = new()
    {
        AppendTimeout = TimeSpan.FromSeconds(2),
        ReadTimeout = TimeSpan.FromSeconds(2),
        RetriesMax = 50,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        RetryDelayMax = TimeSpan.FromMilliseconds(20),
        BreakerCallsMin = 1_000_000,
    };

    private EndpointServer _server = null!;
    private int _streams;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EndpointServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Appends_are_written_exactly_once_whatever_breaks_at_whichever_border()
    {
        var share = new TimeShare("faults", 1000, 45);
        int borders = await FaultAsync(-1, ProxyFault.None, []);
        HashSet<EventStoreErrorKind> kinds = [];
        (int Border, ProxyFault Fault)[] all = [.. Enumerable.Range(0, borders).SelectMany(border => Faults.Select(fault => (border, fault)))];
        share.Random.Shuffle(all);
        int swept = 0;
        for (; swept < all.Length && share.HasMore; swept++)
        {
            await FaultAsync(all[swept].Border, all[swept].Fault, kinds);
            share.Add(1);
        }

        while (share.HasMore) share.Add(await RandomAsync(share.Random, kinds));
        share.End($"{borders} borders, {swept} of {all.Length} faults one by one, the rest at random; failures seen: {string.Join(", ", kinds.Order())}");
        kinds.ShouldContain(EventStoreErrorKind.Unknown);
    }

    [Fact]
    public async Task A_read_that_is_broken_gives_every_event_once()
    {
        var share = new TimeShare("broken reads", 200, 8);
        StreamName stream = await FilledAsync(3000);
        EventFilter filter = new EventFilter.StreamPrefix([stream.Value]);
        for (int i = 0; share.HasMore; i++, share.Add(1))
        {
            int period = share.Random.Next(40, 400);
            await using FrameProxy proxy = Breaking(share.Random, period);
            await using EventStoreDbStore store = Connect(proxy);
            ReadDirection direction = i % 2 == 0 ? ReadDirection.Forwards : ReadDirection.Backwards;
            long count = share.Random.Next(1, 4000);
            IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> read = i % 4 < 2
                ? store.ReadStreamAsync(stream, direction, direction == ReadDirection.Forwards ? Revision.First : Revision.End, count, Cancel)
                : store.ReadAllAsync(direction, direction == ReadDirection.Forwards ? Position.Start : Position.End, filter, count, Cancel);
            List<long> revisions = [];
            await foreach (ReadOnlyMemory<RecordedEvent> batch in read)
                foreach (RecordedEvent recorded in batch.ToArray()) revisions.Add(recorded.Revision.Value);
            IEnumerable<long> expected = Enumerable.Range(0, 3000).Select(revision => (long)revision);
            if (direction == ReadDirection.Backwards) expected = expected.Reverse();
            revisions.ShouldBe(expected.Take((int)count), $"seed {share.Seed}, read {i}");
        }

        share.End("streams and the whole store, both ways");
    }

    [Fact]
    public async Task A_subscription_that_is_broken_gives_every_event_once()
    {
        var share = new TimeShare("broken subscriptions", 100, 8);
        StreamName stream = await FilledAsync(2000);
        for (int i = 0; share.HasMore; i++, share.Add(1))
        {
            await using FrameProxy proxy = Breaking(share.Random, share.Random.Next(60, 600));
            await using EventStoreDbStore store = Connect(proxy);
            int from = share.Random.Next(-1, 1999);
            await using Follower follower = new(i % 2 == 0
                ? store.SubscribeToStreamAsync(stream, new Revision(from), Cancel)
                : store.SubscribeToAllAsync(null, new EventFilter.StreamPrefix([stream.Value]), Cancel));
            int first = i % 2 == 0 ? from + 1 : 0;
            (await follower.TakeAsync(2000 - first)).ShouldBe(Enumerable.Range(first, 2000 - first).Select(number => $"{number}"));
        }

        share.End("of a stream and of the whole store");
    }

    // One fault at one border; the number of frames that went by.
    private async Task<int> FaultAsync(int border, ProxyFault fault, HashSet<EventStoreErrorKind> kinds)
    {
        await using var proxy = new FrameProxy(_server.Port, frame => frame.Index == border ? fault : ProxyFault.None);
        await RunAsync(proxy, kinds, $"{fault} at border {border}");
        return proxy.FrameCount;
    }

    // Faults of all kinds, now and then; how many there were.
    private async Task<int> RandomAsync(Random random, HashSet<EventStoreErrorKind> kinds)
    {
        int faults = 0;
        int period = random.Next(15, 60);
        await using var proxy = new FrameProxy(_server.Port, _ =>
        {
            if (faults >= 20 || random.Next(period) > 0) return ProxyFault.None;
            faults++;
            return Faults[random.Next(Faults.Length)];
        });
        await RunAsync(proxy, kinds, "faults at random");
        return Math.Max(1, faults);
    }

    private async Task RunAsync(FrameProxy proxy, HashSet<EventStoreErrorKind> kinds, string what)
    {
        await using EventStoreDbStore store = Connect(proxy);
        var stream = new StreamName($"chain-{_streams++}");
        var chain = new ChainOfAppends(store, stream, Batches, InFlight);
        try
        {
            await chain.RunAsync(Cancel);
            await chain.VerifyAsync(_server.Journal, Cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{what}: {fault.Message}", fault);
        }

        kinds.UnionWith(chain.Kinds);
    }

    private FrameProxy Breaking(Random random, int period)
    {
        int frames = 0;
        return new FrameProxy(
            _server.Port, frame => frame.FromServer && ++frames % period == 0 ? Faults[random.Next(Faults.Length)] : ProxyFault.None);
    }

    private static EventStoreDbStore Connect(FrameProxy proxy) => EventStoreDbStore.Connect($"esdb://127.0.0.1:{proxy.Port}?tls=false", Options);

    private async Task<StreamName> FilledAsync(int count)
    {
        var stream = new StreamName($"filled-{_streams++}");
        EventData[] events = [.. Enumerable.Range(0, count).Select(
            i => new EventData(Guid.NewGuid(), "Numbered", IsJson: false, System.Text.Encoding.UTF8.GetBytes($"{i}"), new byte[200]))];
        for (int i = 0; i < count; i += 500)
            await _server.Journal.AppendAsync(stream, ExpectedRevision.At(new Revision(i - 1)), events.AsMemory(i, 500), Cancel);
        return stream;
    }
}
