using System.Net;
using System.Security.Cryptography.X509Certificates;
using Interstice.Server.EventStoreDb;
using Interstice.TestKit;
using Interstice.TestKit.Clients;

namespace Interstice.Server.Tests.EventStoreDb;

/// <summary>The vendor's own clients, in JavaScript, as witnesses of the protocol: tests/clients.</summary>
public sealed class VendorClientTests : EndpointFixture
{
    [Theory]
    [InlineData("eventstore")]
    [InlineData("kurrent")]
    public Task The_vendors_client_sees_a_server_of_its_own_kind(string client) =>
        VendorClient.RunAsync(client, $"esdb://{Endpoint.Address.Authority}?tls=false");

    [Theory]
    [InlineData("eventstore")]
    [InlineData("kurrent")]
    public async Task The_vendors_client_does_so_by_TLS_and_with_credentials(string client)
    {
        using var directory = new TemporaryDirectory();
        string authority = Path.Join(directory.Path, "ca.pem");
        using X509Certificate2 certificate = ServerCertificate.Make(authority);
        await using EventStoreDbEndpoint endpoint = await EventStoreDbEndpoint.StartAsync(
            Store,
            new EndpointBinding(new IPEndPoint(IPAddress.Loopback, 0), certificate),
            new EndpointOptions { Credentials = EndpointCredentials.Of("admin", "changeit") },
            cancellationToken: Cancel);
        await VendorClient.RunAsync(client, $"esdb://admin:changeit@localhost:{endpoint.Address.Port}?tls=true&tlsCaFile={authority}");
    }
}
