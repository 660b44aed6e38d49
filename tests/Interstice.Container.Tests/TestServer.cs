using Interstice.Container.Tests;
using Interstice.TestKit;

[assembly: AssemblyFixture(typeof(TestServer))]

namespace Interstice.Container.Tests;

/// <summary>The server that the tests are about: the one that INTERSTICE_ESDB names, or else a container of EventStoreDB, started for the first
/// test that asks and removed after the last one. All that a test needs of it is its address; it uses names that nobody else has and leaves
/// what it wrote.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly Lazy<Task<Source>> _source;
#if TESTCONTAINERS
    private EventStoreDbContainer? _container;
#endif

    public TestServer() => _source = new Lazy<Task<Source>>(FindAsync);

    /// <summary>The connection string; the test is skipped where there is no server, with the reason.</summary>
    public async Task<string> AddressAsync()
    {
        Source source = await _source.Value;
        Requirement.Expect(
            source.Address is not null,
            "esdb",
            $"{source.Absent}; set INTERSTICE_ESDB to a connection string such as esdb://localhost:2113?tls=false");
        return source.Address!;
    }

#if TESTCONTAINERS
    private async Task<Source> FindAsync()
    {
        if (Requirement.EventStoreDbAddress is { } address) return new Source(address, null);
        (_container, string? absent) = await EventStoreDbContainer.StartAsync();
        return new Source(_container?.Address, $"start a Docker engine ({absent})");
    }

    public async ValueTask DisposeAsync()
    {
        if (_container is not null) await _container.DisposeAsync();
    }
#else
    private static Task<Source> FindAsync() =>
        Task.FromResult(new Source(Requirement.EventStoreDbAddress, "build where the package feed serves Testcontainers (docs/feeds.md)"));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
#endif

    private sealed record Source(string? Address, string? Absent);
}
