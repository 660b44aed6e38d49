using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.EventStores;

namespace Interstice.Journal.Tests;

/// <summary>The journal in a directory of the file system, in segments of the usual size.</summary>
public sealed class JournalContractTests : EventStoreContract
{
    private readonly TemporaryDirectory _directory = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }

    protected override async ValueTask<IEventStore> OpenAsync() =>
        await JournalStore.OpenAsync(new JournalOptions { Directory = _directory.Path }, cancellationToken: Cancel);
}
