using Interstice.Kernel.Events;
using Interstice.TestKit;

namespace Interstice.Conformance.Tests.Places;

/// <summary>The server that INTERSTICE_ESDB names, whatever it is and whoever else uses it.</summary>
internal sealed class NamedPlace(string connectionString) : IServer
{
    private readonly string _prefix = $"conformance-{Guid.NewGuid():n}-";

    public string ConnectionString => connectionString;

    /// <summary>Finds it; the test is skipped where there is none.</summary>
    public static NamedPlace Find()
    {
        string? address = Requirement.EventStoreDbAddress;
        Requirement.Expect(
            address is not null, "esdb-address", "set INTERSTICE_ESDB to a connection string such as esdb://localhost:2113?tls=false");
        return new NamedPlace(address!);
    }

    public IEventStore Own(IEventStore connection) => new PrefixedStore(connection, _prefix);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
