using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Archive;

/// <summary>A store in memory with an archive in memory.</summary>
internal sealed record ArchivedStore(MemoryFiles Store, MemoryFiles Archive, int Events)
{
    public static readonly ArchiveLimits NoLimits = new(new Position(ulong.MaxValue, ulong.MaxValue), []);

    /// <summary>The store with its archive.</summary>
    public StoreFiles Files => new(Store, Archive);

    /// <summary>The store where the archive is nowhere.</summary>
    public StoreFiles FilesAlone => new(Store, null);

    public IEnumerable<string> Texts => Stores.Numbers(Events);

    /// <summary>Makes a store of so many segments, nothing archived.</summary>
    public static async Task<ArchivedStore> FilledAsync(int segments)
    {
        (MemoryFiles files, int events) = await Stores.FilledAsync(segments);
        return new ArchivedStore(files, new MemoryFiles(), events);
    }

    /// <summary>Makes a store of so many segments of which all but the last two are archived, and closes it.</summary>
    public static async Task<ArchivedStore> MovedAsync(int segments)
    {
        ArchivedStore made = await FilledAsync(segments);
        await using JournalStore store = await Stores.OpenAsync(made.Files);
        (await ArchiveAsync(store)).Moved.Count.ShouldBe(segments - 2);
        return made;
    }

    public static ValueTask<ArchiveReport> ArchiveAsync(JournalStore store, ArchiveLimits? limits = null, bool isDryRun = false) =>
        store.ArchiveAsync(limits ?? NoLimits, isDryRun, TestContext.Current.CancellationToken);

    /// <summary>A copy as it is shown, durable and without faults.</summary>
    public ArchivedStore Copy() => this with { Store = Store.Copy(), Archive = Archive.Copy() };

    /// <summary>Opens what is left and finds every event; the store takes more, verifies, and archives what it did not.</summary>
    public async Task CheckAsync(string why)
    {
        Store.Faults = FaultPlan.None;
        Archive.Faults = FaultPlan.None;
        await using (JournalStore store = await Stores.OpenAsync(Files))
        {
            (await Stores.TextsAsync(store)).ShouldBe(Texts, why);
            await Stores.AppendAsync(store, "more");
            (await ArchiveAsync(store)).Stays.ShouldAllBe(stay => stay.Reason == SegmentStay.Newest, why);
            (await Stores.TextsAsync(store)).ShouldBe([.. Texts, "more"], why);
        }

        await using (JournalStore store = await Stores.OpenAsync(Files))
            (await Stores.TextsAsync(store)).ShouldBe([.. Texts, "more"], why);
        (await Stores.VerifyAsync(Files)).Errors.ShouldBeEmpty(why);
        Store.List().Concat(Archive.List()).ShouldNotContain(name => name.EndsWith(".new", StringComparison.Ordinal), why);
    }
}
