using Interstice.EventStoreDb.Tests;
using Interstice.Kernel.Events;

namespace Interstice.Conformance.Tests.Places;

/// <summary>Our own endpoint of the protocol, over a journal that the scenario has for itself.</summary>
internal sealed class EndpointPlace(EndpointServer server) : IServer
{
    public string ConnectionString => server.ConnectionString;

    public static async Task<EndpointPlace> StartAsync() => new(await EndpointServer.StartAsync());

    public IEventStore Own(IEventStore connection) => connection;

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
