using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

/// <summary>Appends that a caller writes itself if that is quick, and otherwise does not.</summary>
public sealed class AppendHereTests
{
    private const int TriesMax = 20_000;
    private const long SegmentBytes = 64 << 20;

    [Fact]
    public async Task A_store_that_knows_nothing_of_its_device_appends_nothing_here()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files, SegmentBytes);

        store.TryAppend(Stores.Stream, ExpectedRevision.Any, new[] { Stores.Event("0") }, out AppendResult? result).ShouldBeFalse();

        result.ShouldBeNull();
        (await Stores.TextsAsync(store)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_quick_append_is_written_and_synced_on_the_calling_thread()
    {
        if (Environment.ProcessorCount == 1) return;
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files, SegmentBytes);
        int count = await AppendUntilQuickAsync(store);
        int? syncedBy = null;
        files.BeforeSync = () => syncedBy = Environment.CurrentManagedThreadId;

        store.TryAppend(
            Stores.Stream, ExpectedRevision.At(new Revision(count - 1)), new[] { Stores.Event($"{count}") }, out AppendResult? result)
            .ShouldBeTrue();

        result.ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(count));
        syncedBy.ShouldBe(Environment.CurrentManagedThreadId);
        (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(count + 1));
        store.TryAppend(Stores.Stream, ExpectedRevision.NoStream, new[] { Stores.Event("x") }, out result).ShouldBeTrue();
        result.ShouldBeOfType<AppendResult.WrongExpectedRevision>().Actual.ShouldBe(new Revision(count));
    }

    [Fact]
    public async Task A_quick_append_to_several_streams_is_written_here_whole_or_not_at_all()
    {
        if (Environment.ProcessorCount == 1) return;
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files, SegmentBytes);
        int count = await AppendUntilQuickAsync(store);
        int? syncedBy = null;
        files.BeforeSync = () => syncedBy = Environment.CurrentManagedThreadId;
        var other = new StreamName("other");
        StreamAppend[] both =
        [
            new(Stores.Stream, ExpectedRevision.At(new Revision(count - 1)), new[] { Stores.Event($"{count}") }),
            new(other, ExpectedRevision.NoStream, new[] { Stores.Event("0") }),
        ];

        store.TryAppend(both, out IReadOnlyList<AppendResult>? results).ShouldBeTrue();

        results!.ShouldAllBe(result => result is AppendResult.Appended);
        syncedBy.ShouldBe(Environment.CurrentManagedThreadId);
        (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(count + 1));
        both = [new(Stores.Stream, ExpectedRevision.At(new Revision(count)), new[] { Stores.Event("x") }), both[1] with { Events = new[] { Stores.Event("y") } }];
        store.TryAppend(both, out results).ShouldBeTrue();
        results![1].ShouldBeOfType<AppendResult.WrongExpectedRevision>().Actual.ShouldBe(new Revision(0));
        (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(count + 1));
    }

    [Fact]
    public async Task Nothing_is_appended_here_while_another_append_is_being_written()
    {
        if (Environment.ProcessorCount == 1) return;
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files, SegmentBytes);
        int count = await AppendUntilQuickAsync(store);
        using ManualResetEventSlim isHeld = new();
        using ManualResetEventSlim go = new();
        files.BeforeSync = () =>
        {
            isHeld.Set();
            go.Wait();
        };
        Task other = Stores.AppendAsync(store, $"{count}");
        isHeld.Wait(TestContext.Current.CancellationToken);

        bool isAppended = store.TryAppend(Stores.Stream, ExpectedRevision.Any, new[] { Stores.Event("here") }, out _);

        go.Set();
        await other;
        files.BeforeSync = () => { };
        isAppended.ShouldBeFalse();
        (await Stores.TextsAsync(store)).ShouldBe(Stores.Numbers(count + 1));
    }

    [Fact]
    public async Task A_sync_that_fails_here_is_thrown_and_poisons_the_journal()
    {
        if (Environment.ProcessorCount == 1) return;
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files, SegmentBytes);
        await AppendUntilQuickAsync(store);
        files.BeforeSync = () => throw new IOException("planted");

        Should.Throw<EventStoreException>(
            () => store.TryAppend(Stores.Stream, ExpectedRevision.Any, new[] { Stores.Event("x") }, out _))
            .Kind.ShouldBe(EventStoreErrorKind.Unknown);

        (await Should.ThrowAsync<EventStoreException>(() => Stores.AppendAsync(store, "after")))
            .Kind.ShouldBe(EventStoreErrorKind.Unavailable);
    }

    // Commits in memory are quick, but a machine that is busy may stop one in the middle.
    private static async Task<int> AppendUntilQuickAsync(JournalStore store)
    {
        int count = 0;
        do
        {
            count.ShouldBeLessThan(TriesMax);
            await Stores.AppendAsync(store, $"{count++}");
        }
        while (!store.TryAppend(Stores.Stream, ExpectedRevision.Any, new[] { Stores.Event($"{count}") }, out _));
        return count + 1;
    }
}
