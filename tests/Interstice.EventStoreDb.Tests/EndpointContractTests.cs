using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.EventStoreDb.Tests;

/// <summary>The adapter over the protocol endpoint over a journal.</summary>
public sealed class EndpointContractTests : EventStoreContract
{
    private EndpointServer _server = null!;

    public override async ValueTask InitializeAsync()
    {
        _server = await EndpointServer.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }

    protected override async ValueTask<IEventStore> OpenAsync() =>
        await EventStoreDbStore.ConnectAsync(_server.ConnectionString, cancellationToken: Cancel);
}
