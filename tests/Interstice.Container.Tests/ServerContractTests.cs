using Interstice.EventStoreDb;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.Container.Tests;

/// <summary>The adapter over a server of EventStoreDB's protocol that is known by its address alone.</summary>
public sealed class ServerContractTests(TestServer server) : EventStoreContract
{
    private string _address = null!;

    public override async ValueTask InitializeAsync()
    {
        _address = await server.AddressAsync();
        await base.InitializeAsync();
    }

    // A test that was skipped has no store.
    public override async ValueTask DisposeAsync()
    {
        if (Store is not null) await base.DisposeAsync();
    }

    protected override async ValueTask<IEventStore> OpenAsync() => await EventStoreDbStore.ConnectAsync(_address, cancellationToken: Cancel);
}
