using System.Collections.Concurrent;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>Appends that the writer's thread, pool threads and callers write in turn.</summary>
public sealed class TurnTests
{
    // Whether a pool thread writes depends on what else the pool does, so that is tried until it happens. So many appends do not
    // fill half of the first segment, so no pool thread prepares the second one meanwhile.
    private const int TriesMax = 20_000;
    private const long SegmentBytes = 64 << 20;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lone_append_is_written_by_a_pool_thread_where_there_are_several_processors()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files, SegmentBytes);
        ConcurrentDictionary<bool, int> ofPool = Watch(files);

        await AppendUntilAsync(store, () => ofPool.ContainsKey(true) || Environment.ProcessorCount == 1);

        ofPool.ContainsKey(true).ShouldBe(Environment.ProcessorCount > 1);
        ofPool.ContainsKey(false).ShouldBeTrue("nothing was known of the device before the first append");
    }

    [Fact]
    public async Task Appends_keep_the_order_of_the_calls_whoever_writes_them()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files, 64 * 1024);
        int count = 0;
        for (int burst = 0; burst < 2000; burst++)
        {
            List<Task<AppendResult>> queued = [];
            for (int i = random.Next(5); i >= 0; i--) queued.Add(AppendNext().AsTask());
            if (random.Next(4) == 0)
                store.Append(Stores.Stream, ExpectedRevision.At(new Revision(count - 1)), new[] { Stores.Event($"{count++}") })
                    .ShouldBeOfType<AppendResult.Appended>();
            (await Task.WhenAll(queued)).ShouldAllBe(result => result is AppendResult.Appended);
        }

        (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(count), $"seed {seed}");

        ValueTask<AppendResult> AppendNext()
        {
            ExpectedRevision expected = ExpectedRevision.At(new Revision(count - 1));
            return store.AppendAsync(Stores.Stream, expected, new[] { Stores.Event($"{count++}", random.Next(90)) }, Cancelled);
        }
    }

    [Fact]
    public async Task What_is_queued_behind_a_pool_thread_is_written_before_the_journal_closes()
    {
        if (Environment.ProcessorCount == 1) return;
        MemoryFiles files = new();
        using ManualResetEventSlim go = new();
        TaskCompletionSource isHeld = new(TaskCreationOptions.RunContinuationsAsynchronously);
        JournalStore store = await Stores.OpenAsync(files, SegmentBytes);
        files.BeforeSync = () =>
        {
            if (!Thread.CurrentThread.IsThreadPoolThread || !isHeld.TrySetResult()) return;
            go.Wait();
        };
        Task last = Task.CompletedTask;
        int count = 0;
        while (!isHeld.Task.IsCompleted)
        {
            count.ShouldBeLessThan(TriesMax);
            last = Stores.AppendAsync(store, $"{count++}");
            await Task.WhenAny(last, isHeld.Task);
        }

        Task[] behind = [.. Enumerable.Range(count, 50).Select(i => Stores.AppendAsync(store, $"{i}"))];
        Task closing = store.DisposeAsync().AsTask();
        go.Set();
        await Task.WhenAll([last, .. behind, closing]);

        await using JournalStore reopened = await Stores.OpenAsync(files);
        reopened.Recovery.WasClosedInOrder.ShouldBeTrue();
        (await Stores.TextsAsync(reopened)).ShouldBe(Stores.Numbers(count + 50));
    }

    [Fact]
    public async Task A_sync_that_fails_on_a_pool_thread_poisons_the_journal()
    {
        if (Environment.ProcessorCount == 1) return;
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files, SegmentBytes);
        files.BeforeSync = () =>
        {
            if (Thread.CurrentThread.IsThreadPoolThread) throw new IOException("planted");
        };

        EventStoreException failure =
            await Should.ThrowAsync<EventStoreException>(() => AppendUntilAsync(store, () => false));

        failure.Kind.ShouldBe(EventStoreErrorKind.Unknown);
        (await Should.ThrowAsync<EventStoreException>(() => Stores.AppendAsync(store, "after")))
            .Kind.ShouldBe(EventStoreErrorKind.Unavailable);
    }

    [Fact]
    public async Task Callers_that_fill_the_queue_and_the_pool_cannot_keep_it_from_being_written()
    {
        MemoryFiles files = new();
        JournalOptions options = Stores.Options(1 << 20) with { QueueAppendsMax = 1 };
        await using JournalStore store = await JournalStore.OpenAsync(options, null, files, Cancelled);
        Task[] callers = [.. Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => Task.Run(
            () =>
            {
                for (int i = 0; i < 50; i++) Stores.AppendAsync(store, $"{i}").GetAwaiter().GetResult();
            },
            Cancelled))];

        await Task.WhenAll(callers);

        (await Stores.TextsAsync(store)).Count.ShouldBe(50 * callers.Length);
    }

    private static async Task AppendUntilAsync(JournalStore store, Func<bool> isEnough)
    {
        for (int i = 0; i == 0 || !isEnough(); i++)
        {
            i.ShouldBeLessThan(TriesMax);
            await Stores.AppendAsync(store, $"{i}");
        }
    }

    // Which kinds of thread have synced.
    private static ConcurrentDictionary<bool, int> Watch(MemoryFiles files)
    {
        ConcurrentDictionary<bool, int> ofPool = [];
        files.BeforeSync = () => ofPool.AddOrUpdate(Thread.CurrentThread.IsThreadPoolThread, 1, (_, count) => count + 1);
        return ofPool;
    }
}
