using System.Text;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Host.Tests.Snapshots;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.EventStoreDb.Tests.Payloads;

// Goal: events of modules are JSON on the server and, read back, byte for byte what the host wrote, whatever the types. Method: streams of
// random transactions over columns of every type, written through the store and read back, and replayed with every hash compared.
public sealed class PayloadTests : IAsyncLifetime
{
    private static readonly StreamName Stream = StreamNames.Module(LoggedModule.Name);

    private EndpointServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EndpointServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(EventPayloads.Json)]
    [InlineData(EventPayloads.Canonical)]
    public async Task What_was_written_is_read_back_byte_for_byte(EventPayloads payloads)
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        await using LoggedModule module = await LoggedModule.OfEveryTypeAsync(new Random(seed));
        await module.WorkAsync(200);
        await using EventStoreDbStore store = await ConnectAsync(payloads);
        List<RecordedEvent> written = await CopyAsync(module, store);

        List<RecordedEvent> read = await ReadAsync(store, ReadDirection.Forwards);
        read.Count.ShouldBe(written.Count);
        for (int i = 0; i < read.Count; i++) ShouldBeSame(read[i], written[i]);
        List<RecordedEvent> back = await ReadAsync(store, ReadDirection.Backwards);
        for (int i = 0; i < back.Count; i++) ShouldBeSame(back[i], written[^(i + 1)]);
        (await StoredAsync()).Count(stored => stored.IsJson).ShouldBe(payloads == EventPayloads.Json ? written.Count : 0);
    }

    [Fact]
    public async Task A_projection_of_JSON_has_the_hashes_of_the_canonical_events()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        await using LoggedModule module = await LoggedModule.OfRandomShapeAsync(new Random(seed));
        await module.WorkAsync(300);
        await using EventStoreDbStore store = await ConnectAsync(EventPayloads.Json);
        await CopyAsync(module, store);

        var projection = new ModuleProjection(LoggedModule.Name) { ComparesEveryHash = true };
        await ModuleReplay.RunAsync(store, projection, null, TimeProvider.System, null, Cancel);
        projection.StateHash.ShouldBe(module.Model.Hash);
        projection.Chain.ShouldBe((await module.ReplayAsync()).Chain);
    }

    [Fact]
    public async Task A_read_that_begins_in_the_middle_finds_the_publication_it_needs()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(1));
        await module.WorkAsync(60);
        List<RecordedEvent> written;
        await using (EventStoreDbStore writer = await ConnectAsync(EventPayloads.Json)) written = await CopyAsync(module, writer);
        for (int from = 0; from < written.Count; from += 7)
        {
            await using EventStoreDbStore fresh = await ConnectAsync(EventPayloads.Json);
            await foreach (ReadOnlyMemory<RecordedEvent> batch in
                           fresh.ReadStreamAsync(Stream, ReadDirection.Forwards, new Revision(from), 1, Cancel))
                ShouldBeSame(batch.Span[0], written[from]);
        }
    }

    [Fact]
    public async Task A_stream_may_change_its_encoding_and_be_written_by_another_host()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(2));
        await module.WorkAsync(40);
        List<RecordedEvent> written = await EventsOfAsync(module);
        for (int i = 0, part = 0; i < written.Count; part++)
        {
            // A store of its own for each part: it knows nothing of the publications before.
            await using EventStoreDbStore store = await ConnectAsync(part % 2 == 0 ? EventPayloads.Canonical : EventPayloads.Json);
            int end = EndOfTransaction(written, Math.Min(i + 9, written.Count));
            await AppendAsync(store, written[i..end], i);
            i = end;
        }

        await using EventStoreDbStore reader = await ConnectAsync(EventPayloads.Json);
        List<RecordedEvent> read = await ReadAsync(reader, ReadDirection.Forwards);
        for (int i = 0; i < written.Count; i++) ShouldBeSame(read[i], written[i]);
        List<RecordedEvent> stored = await StoredAsync();
        stored.ShouldContain(recorded => recorded.IsJson);
        stored.ShouldContain(recorded => !recorded.IsJson);
    }

    [Fact]
    public async Task A_subscription_gives_canonical_events_too()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(3));
        await module.WorkAsync(20);
        await using EventStoreDbStore store = await ConnectAsync(EventPayloads.Json);
        List<RecordedEvent> written = await CopyAsync(module, store);
        int next = 0;
        await foreach (SubscriptionMessage message in store.SubscribeToAllAsync(null, new EventFilter.StreamPrefix([Stream.Value]), Cancel))
        {
            if (message is SubscriptionMessage.CaughtUp) break;
            if (message is not SubscriptionMessage.Events { Batch: var batch }) continue;
            foreach (RecordedEvent recorded in batch.ToArray()) ShouldBeSame(recorded, written[next++]);
        }

        next.ShouldBe(written.Count);
    }

    [Theory]
    [InlineData("{\"table\":\"notes\",\"row\":{\"id\":1}}", "{\"publication\":\"0\"}", "missing")]
    [InlineData("{\"table\":\"nothing\",\"row\":{}}", "{\"publication\":\"0\"}", "unknown table")]
    [InlineData("{\"table\":\"notes\",\"row\":{\"id\":1,\"n\":2}}", "{\"publication\":\"9\"}", "revision 9")]
    [InlineData("{\"table\":\"notes\",\"row\":{\"id\":1,\"n\":2}}", "", "publication")]
    [InlineData("nothing of the kind", "{\"publication\":\"0\"}", "")]
    public async Task JSON_that_is_not_ours_is_reported_with_stream_and_revision(string data, string metadata, string what)
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(4));
        await using EventStoreDbStore store = await ConnectAsync(EventPayloads.Json);
        await CopyAsync(module, store);
        EventData[] foreign =
        [
            new(Guid.NewGuid(), EventTypes.RowInserted, IsJson: true, Encoding.UTF8.GetBytes(data), Encoding.UTF8.GetBytes(metadata)),
        ];
        await _server.Journal.AppendAsync(Stream, ExpectedRevision.Any, foreign, Cancel);

        EventStoreException refusal = await Should.ThrowAsync<EventStoreException>(() => ReadAsync(store, ReadDirection.Forwards));
        refusal.Kind.ShouldBe(EventStoreErrorKind.Damaged);
        refusal.Message.ShouldContain($"stream {Stream}, revision 1 (RowInserted)");
        refusal.Message.ShouldContain(what);
    }

    [Fact]
    public async Task An_append_too_large_for_one_write_is_several_of_whole_transactions()
    {
        await using LoggedModule module = await LoggedModule.SmallAsync(new Random(5));
        await module.WorkAsync(300);
        List<RecordedEvent> written = await EventsOfAsync(module);
        await using EventStoreDbStore store = await EventStoreDbStore.ConnectAsync(
            _server.ConnectionString, new EventStoreDbOptions { ServerAppendBytesMax = 16 * 1024 }, cancellationToken: Cancel);
        await AppendAsync(store, written, 0);

        List<RecordedEvent> read = await ReadAsync(store, ReadDirection.Forwards);
        for (int i = 0; i < written.Count; i++) ShouldBeSame(read[i], written[i]);

        // Sent again, as after an answer that was lost: recognised part by part.
        await AppendAsync(store, written, 0);
        (await store.GetLastRevisionAsync(Stream, Cancel)).ShouldBe(new Revision(written.Count - 1));
        EventData[] elsewhere = [.. written.Select(DataOf)];
        (await store.AppendAsync(Stream, ExpectedRevision.At(new Revision(3)), elsewhere, Cancel))
            .ShouldBeOfType<AppendResult.WrongExpectedRevision>();
    }

    private static int EndOfTransaction(List<RecordedEvent> events, int end)
    {
        while (end < events.Count && TransactionId.OfEvent(events[end].Id, out int index) is var _ && index > 0) end++;
        return end;
    }

    private static void ShouldBeSame(RecordedEvent read, RecordedEvent written)
    {
        string what = $"revision {written.Revision} ({written.Type})";
        (read.Id, read.Revision, read.Type, read.IsJson).ShouldBe((written.Id, written.Revision, written.Type, written.IsJson), what);
        Convert.ToHexString(read.Data.Span).ShouldBe(Convert.ToHexString(written.Data.Span), what);
        Convert.ToHexString(read.Metadata.Span).ShouldBe(Convert.ToHexString(written.Metadata.Span), what);
    }

    private static EventData DataOf(RecordedEvent recorded) =>
        new(recorded.Id, recorded.Type, recorded.IsJson, recorded.Data, recorded.Metadata);

    private async Task<EventStoreDbStore> ConnectAsync(EventPayloads payloads) => await EventStoreDbStore.ConnectAsync(
        _server.ConnectionString, new EventStoreDbOptions { Payloads = payloads }, cancellationToken: Cancel);

    private static async Task<List<RecordedEvent>> EventsOfAsync(LoggedModule module) => await ReadAsync(module.Store, ReadDirection.Forwards);

    private static async Task<List<RecordedEvent>> CopyAsync(LoggedModule module, EventStoreDbStore store)
    {
        List<RecordedEvent> events = await EventsOfAsync(module);
        List<Task> appends = [];
        for (int i = 0; i < events.Count;)
        {
            int end = EndOfTransaction(events, i + 1);
            appends.Add(AppendAsync(store, events[i..end], i)); // all in flight, chained
            i = end;
        }

        await Task.WhenAll(appends);
        return events;
    }

    private static async Task AppendAsync(EventStoreDbStore store, List<RecordedEvent> events, int from)
    {
        EventData[] data = [.. events.Select(DataOf)];
        AppendResult result = await store.AppendAsync(Stream, ExpectedRevision.At(new Revision(from - 1)), data, Cancel);
        result.ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(from + events.Count - 1));
    }

    private Task<List<RecordedEvent>> StoredAsync() => ReadAsync(_server.Journal, ReadDirection.Forwards);

    private static async Task<List<RecordedEvent>> ReadAsync(IEventStore store, ReadDirection direction)
    {
        List<RecordedEvent> events = [];
        Revision from = direction == ReadDirection.Forwards ? Revision.First : Revision.End;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(Stream, direction, from, cancellationToken: Cancel))
            foreach (RecordedEvent recorded in batch.ToArray())
                events.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
        return events;
    }
}
