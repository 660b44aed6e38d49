using Interstice.EventStoreDb;
using Interstice.Kernel.Events;

namespace Interstice.Conformance.Tests.Places;

/// <summary>A server of EventStoreDB's protocol, which does not notice that a host is killed but by its connection.</summary>
/// <param name="server">The server.</param>
/// <param name="payloads">How events are written.</param>
internal sealed class ServerPlace(IServer server, EventPayloads payloads) : ScenarioPlace
{
    private IEventStore? _connection;

    public override async Task<IEventStore> ConnectAsync() => _connection = server.Own(
        await EventStoreDbStore.ConnectAsync(server.ConnectionString, new EventStoreDbOptions { Payloads = payloads }));

    public override async Task KillAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        _connection = null;
    }

    public override async ValueTask DisposeAsync()
    {
        await KillAsync();
        await server.DisposeAsync();
    }
}
