using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

public sealed class GroupCommitTests
{
    [Fact]
    public async Task Appends_that_wait_together_share_one_write_and_one_sync()
    {
        using Brake brake = new();
        await using JournalStore store = await Stores.OpenAsync(brake.Files, 1 << 20);
        Task first = await brake.HoldAsync(store);
        Task[] waiting = [.. Enumerable.Range(0, 200).Select(i => Stores.AppendAsync(store, $"{i}"))];
        int before = brake.Files.Faults.Operations;

        brake.Release();
        await first;
        await Task.WhenAll(waiting);

        (brake.Files.Faults.Operations - before).ShouldBe(3, "the sync that was held, one write, one sync");
        (await Stores.TextsAsync(store)).ShouldBe(["held", .. Stores.Numbers(200)]);
    }

    [Fact]
    public async Task A_cancelled_append_that_still_waits_is_withdrawn_and_others_are_written()
    {
        using Brake brake = new();
        await using JournalStore store = await Stores.OpenAsync(brake.Files, 1 << 20);
        Task first = await brake.HoldAsync(store);
        using CancellationTokenSource cancel = new();
        ValueTask<AppendResult> withdrawn =
            store.AppendAsync(Stores.Stream, ExpectedRevision.Any, new[] { Stores.Event("withdrawn") }, cancel.Token);
        Task other = Stores.AppendAsync(store, "other");

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await withdrawn);
        brake.Release();
        await first;
        await other;

        (await Stores.TextsAsync(store)).ShouldBe(["held", "other"]);
    }

    [Fact]
    public async Task A_full_queue_holds_callers_up_and_loses_none()
    {
        MemoryFiles files = new();
        JournalOptions options = Stores.Options(1 << 20) with { QueueAppendsMax = 2, QueueBytesMax = 100 };
        await using JournalStore store =
            await JournalStore.OpenAsync(options, null, files, TestContext.Current.CancellationToken);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            Task[] inFlight = [.. Enumerable.Range(0, 50).Select(i => Stores.AppendAsync(store, $"{i}", padding: i * 3))];
            await Task.WhenAll(inFlight);
        })));

        (await Stores.TextsAsync(store)).Count.ShouldBe(300);
    }

    [Fact]
    public async Task A_caller_held_up_by_a_full_queue_can_be_cancelled()
    {
        using Brake brake = new();
        JournalOptions options = Stores.Options(1 << 20) with { QueueAppendsMax = 1 };
        await using JournalStore store =
            await JournalStore.OpenAsync(options, null, brake.Files, TestContext.Current.CancellationToken);
        Task first = await brake.HoldAsync(store);
        using CancellationTokenSource cancel = new();
        Task blocked = Task.Run(async () =>
            await store.AppendAsync(Stores.Stream, ExpectedRevision.Any, new[] { Stores.Event("blocked") }, cancel.Token));

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => blocked);
        brake.Release();
        await first;
        (await Stores.TextsAsync(store)).ShouldBe(["held"]);
    }

    [Fact]
    public async Task Appends_on_the_calling_thread_and_queued_ones_keep_the_order_of_the_calls()
    {
        MemoryFiles files = new();
        await using (JournalStore store = await Stores.OpenAsync(files))
        {
            List<Task<AppendResult>> queued = [];
            for (int i = 0; i < 600; i++)
            {
                EventData[] events = [Stores.Event($"{i}", padding: i % 90)];
                ExpectedRevision expected = ExpectedRevision.At(new Revision(i - 1));
                if (i % 7 < 3)
                    queued.Add(store.AppendAsync(Stores.Stream, expected, events, TestContext.Current.CancellationToken).AsTask());
                else
                    store.Append(Stores.Stream, expected, events).ShouldBeOfType<AppendResult.Appended>().Revision
                        .ShouldBe(new Revision(i));
            }

            (await Task.WhenAll(queued)).ShouldAllBe(result => result is AppendResult.Appended);
        }

        await using JournalStore reopened = await Stores.OpenAsync(files);
        (await Stores.TextsAsync(reopened)).ShouldBe(Stores.Numbers(600));
        reopened.Recovery.WasClosedInOrder.ShouldBeTrue();
    }

    [Fact]
    public async Task Threads_that_append_on_their_own_share_the_journal_with_queued_appends()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files, 64 * 1024);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                EventData[] events = [Stores.Event($"{writer}:{i}")];
                if (writer < 3) store.Append(Stores.Stream, ExpectedRevision.Any, events);
                else await store.AppendAsync(Stores.Stream, ExpectedRevision.Any, events, TestContext.Current.CancellationToken);
            }
        }, TestContext.Current.CancellationToken)));

        List<string> texts = await Stores.TextsAsync(store);
        for (int writer = 0; writer < 6; writer++)
            texts.Where(text => text[0] == (char)('0' + writer)).ShouldBe(Enumerable.Range(0, 200).Select(i => $"{writer}:{i}"));
        store.Append(Stores.Stream, ExpectedRevision.NoStream, new[] { Stores.Event("no") })
            .ShouldBeOfType<AppendResult.WrongExpectedRevision>();
    }

    [Fact]
    public async Task A_failed_write_on_the_calling_thread_throws_there_and_poisons_the_journal()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        files.Faults = new FaultPlan(2, FaultPlan.Device, IsSticky: false, IsShort: false);
        EventData[] events = [Stores.Event("0")];

        Should.Throw<EventStoreException>(() => store.Append(Stores.Stream, ExpectedRevision.Any, events))
            .Kind.ShouldBe(EventStoreErrorKind.Unknown);
        Should.Throw<EventStoreException>(() => store.Append(Stores.Stream, ExpectedRevision.Any, events))
            .Kind.ShouldBe(EventStoreErrorKind.Unavailable);
    }

    [Fact]
    public async Task Nothing_is_visible_before_it_is_synced()
    {
        using Brake brake = new();
        await using JournalStore store = await Stores.OpenAsync(brake.Files, 1 << 20);
        Task first = await brake.HoldAsync(store);

        (await Stores.TextsAsync(store)).ShouldBeEmpty();
        (await store.GetLastRevisionAsync(Stores.Stream, TestContext.Current.CancellationToken)).ShouldBe(Revision.None);
        brake.Release();
        await first;
        (await Stores.TextsAsync(store)).ShouldBe(["held"]);
    }

    [Fact]
    public async Task Readers_beside_a_writer_see_whole_appends_in_order()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files, 64 * 1024);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 2000; i += 2)
                await store.AppendAsync(Stores.Stream, ExpectedRevision.At(new Revision(i - 1)),
                    new[] { Stores.Event($"{i}", i % 50), Stores.Event($"{i + 1}") }, TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);
        Task[] reading =
        [
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
            {
                while (true)
                {
                    bool wasDone = writing.IsCompleted;
                    List<string> texts = await Stores.TextsAsync(store);
                    (texts.Count % 2).ShouldBe(0);
                    texts.ShouldBe(Stores.Numbers(texts.Count));
                    if (wasDone) break;
                }
            })),
        ];

        await Task.WhenAll([writing, .. reading]);
        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
    }

    // Holds the writer in the sync of one append, so that others pile up behind it.
    private sealed class Brake : IDisposable
    {
        private readonly ManualResetEventSlim _go = new(initialState: true);
        private readonly TaskCompletionSource _isHeld = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public MemoryFiles Files { get; } = new();

        public async Task<Task> HoldAsync(JournalStore store)
        {
            _go.Reset();
            Files.BeforeSync = () =>
            {
                _isHeld.TrySetResult();
                _go.Wait();
            };
            Task held = Stores.AppendAsync(store, "held");
            await _isHeld.Task;
            return held;
        }

        public void Release() => _go.Set();

        public void Dispose() => _go.Set();
    }
}
