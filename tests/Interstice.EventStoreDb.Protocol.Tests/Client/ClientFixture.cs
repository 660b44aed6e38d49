using System.Net;
using EventStore.Client;
using Interstice.Journal;
using Interstice.Server.EventStoreDb;
using Interstice.TestKit;
using EventData = EventStore.Client.EventData;

namespace Interstice.EventStoreDb.Protocol.Tests.Client;

/// <summary>A client of an endpoint over a journal.</summary>
public abstract class ClientFixture : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private JournalStore _store = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected EventStoreDbEndpoint Endpoint { get; private set; } = null!;

    protected EventStoreClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await JournalStore.OpenAsync(new JournalOptions { Directory = _directory.Path }, cancellationToken: Cancel);
        Endpoint = await StartAsync(0);
        Client = Connect();
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Endpoint.DisposeAsync();
        await _store.DisposeAsync();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    protected EventStoreClient Connect(string scheme = "esdb", string options = "") =>
        new(EventStoreClientSettings.Create($"{scheme}://{Endpoint.Address.Authority}?tls=false{options}"));

    /// <summary>Stops the endpoint and starts another at the same address.</summary>
    protected async Task RestartAsync()
    {
        int port = Endpoint.Address.Port;
        await Endpoint.DisposeAsync();
        Endpoint = await StartAsync(port);
    }

    protected static EventData Event(string text, string type = "Happened") =>
        new(Uuid.NewUuid(), type, System.Text.Encoding.UTF8.GetBytes(text), contentType: "application/octet-stream");

    protected static EventData[] Events(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(i => Event($"{i}"))];

    protected static string TextOf(ResolvedEvent resolved) => System.Text.Encoding.UTF8.GetString(resolved.Event.Data.Span);

    protected static async Task<List<string>> TextsAsync(IAsyncEnumerable<ResolvedEvent> read)
    {
        List<string> texts = [];
        await foreach (ResolvedEvent resolved in read) texts.Add(TextOf(resolved));
        return texts;
    }

    protected Task<List<string>> TextsAsync(string stream) =>
        TextsAsync(Client.ReadStreamAsync(Direction.Forwards, stream, StreamPosition.Start, cancellationToken: Cancel));

    private Task<EventStoreDbEndpoint> StartAsync(int port) => EventStoreDbEndpoint.StartAsync(
        _store, new IPEndPoint(IPAddress.Loopback, port), new EndpointOptions(), cancellationToken: Cancel);
}
