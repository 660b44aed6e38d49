using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.EventStores;

namespace Interstice.EventStoreDb.Tests;

/// <summary>A journal as <see cref="CanonicalStore"/> shows it: nothing of the store it wraps may be lost.</summary>
public sealed class CanonicalStoreContractTests : EventStoreContract
{
    private readonly TemporaryDirectory _directory = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_the_store_offers_beyond_the_least_is_offered_still()
    {
        await using JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = _directory.Path, ReadOnly = true });
        Store.CanAppendToSeveralStreams.ShouldBe(journal.CanAppendToSeveralStreams);
        ((IEventStore)journal).CanBeShared.ShouldBe(Store.CanBeShared);
        (Store.EventBytesMax, Store.AppendBytesMax, Store.GatheredBytesMax)
            .ShouldBe((journal.EventBytesMax, journal.AppendBytesMax, ((IEventStore)journal).GatheredBytesMax));
        Store.TryAppend(Stream(), ExpectedRevision.NoStream, new[] { Event() }, out AppendResult? result).ShouldBeTrue();
        result.ShouldBeOfType<AppendResult.Appended>();
    }

    protected override async ValueTask<IEventStore> OpenAsync() =>
        new CanonicalStore(await JournalStore.OpenAsync(new JournalOptions { Directory = _directory.Path }, cancellationToken: Cancel));
}
