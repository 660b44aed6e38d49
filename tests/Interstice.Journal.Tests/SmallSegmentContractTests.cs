using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.EventStores;

namespace Interstice.Journal.Tests;

/// <summary>The journal in segments so small that every test fills several.</summary>
public sealed class SmallSegmentContractTests : EventStoreContract
{
    private readonly TemporaryDirectory _directory = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }

    protected override async ValueTask<IEventStore> OpenAsync() => await JournalStore.OpenAsync(
        new JournalOptions { Directory = _directory.Path, SegmentBytes = JournalOptions.SegmentBytesMin },
        cancellationToken: Cancel);
}
