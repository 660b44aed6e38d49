using System.Net;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.Server.EventStoreDb;
using Interstice.TestKit;

namespace Interstice.EventStoreDb.Tests;

/// <summary>The protocol endpoint over a journal of its own, on loopback.</summary>
internal sealed class EndpointServer : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;
    private EventStoreDbEndpoint? _endpoint;

    private EndpointServer(JournalStore journal, TemporaryDirectory directory) => (Journal, _directory) = (journal, directory);

    /// <summary>The journal behind it.</summary>
    internal JournalStore Journal { get; }

    /// <summary>Where it listens, also while it is stopped.</summary>
    internal int Port { get; private set; }

    internal string ConnectionString => $"esdb://127.0.0.1:{Port}?tls=false";

    internal static async Task<EndpointServer> StartAsync()
    {
        var directory = new TemporaryDirectory();
        var server = new EndpointServer(await JournalStore.OpenAsync(new JournalOptions { Directory = directory.Path }), directory);
        await server.ListenAsync();
        return server;
    }

    /// <summary>Listens, where it did before if it did.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="store">What it serves; null for its journal.</param>
    internal async Task ListenAsync(EndpointOptions? options = null, IEventStore? store = null)
    {
        _endpoint = await EventStoreDbEndpoint.StartAsync(
            store ?? Journal, new IPEndPoint(IPAddress.Loopback, Port), options ?? new EndpointOptions());
        Port = _endpoint.Address.Port;
    }

    /// <summary>Ends every call and listens no more.</summary>
    internal async Task StopAsync()
    {
        if (_endpoint is not null) await _endpoint.DisposeAsync();
        _endpoint = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Journal.DisposeAsync();
        _directory.Dispose();
    }
}
