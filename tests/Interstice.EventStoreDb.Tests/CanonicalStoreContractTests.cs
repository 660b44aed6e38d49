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

    // The port has defaults for what not every store offers: one that is not forwarded would hide what this one does.
    [Fact]
    public async Task No_member_of_the_port_is_left_to_its_default()
    {
        typeof(CanonicalStore).GetInterfaceMap(typeof(IEventStore)).TargetMethods.ShouldAllBe(method => method.DeclaringType == typeof(CanonicalStore));
        await using JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = _directory.Path, ReadOnly = true });
        (Store.CanAppendToSeveralStreams, Store.CanBeShared).ShouldBe((journal.CanAppendToSeveralStreams, ((IEventStore)journal).CanBeShared));
        (Store.EventBytesMax, Store.AppendBytesMax, Store.GatheredBytesMax)
            .ShouldBe((journal.EventBytesMax, journal.AppendBytesMax, ((IEventStore)journal).GatheredBytesMax));
    }

    protected override async ValueTask<IEventStore> OpenAsync() =>
        new CanonicalStore(await JournalStore.OpenAsync(new JournalOptions { Directory = _directory.Path }, cancellationToken: Cancel));
}
