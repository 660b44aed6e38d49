using Interstice.Kernel.Events;
using Interstice.TestKit;
using Interstice.TestKit.EventStores;

namespace Interstice.EventStoreDb.Tests;

/// <summary>The adapter over the server that INTERSTICE_ESDB names.</summary>
public sealed class ServerContractTests : EventStoreContract
{
    public override async ValueTask InitializeAsync()
    {
        Requirement.EventStoreDb();
        await base.InitializeAsync();
    }

    // A test that was skipped has no store.
    public override async ValueTask DisposeAsync()
    {
        if (Store is not null) await base.DisposeAsync();
    }

    protected override async ValueTask<IEventStore> OpenAsync() =>
        await EventStoreDbStore.ConnectAsync(Requirement.EventStoreDb(), cancellationToken: Cancel);
}
