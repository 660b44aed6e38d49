using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Interstice.Server.EventStoreDb;
using Interstice.TestKit;

namespace Interstice.Server.Tests.EventStoreDb;

/// <summary>The vendor's own clients, in JavaScript, as witnesses of the protocol: tests/clients.</summary>
public sealed class VendorClientTests : EndpointFixture
{
    [Theory]
    [InlineData("eventstore")]
    [InlineData("kurrent")]
    public Task The_vendors_client_sees_a_server_of_its_own_kind(string client) =>
        RunAsync(client, $"esdb://{Endpoint.Address.Authority}?tls=false");

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
        await RunAsync(client, $"esdb://admin:changeit@localhost:{endpoint.Address.Port}?tls=true&tlsCaFile={authority}");
    }

    private static async Task RunAsync(string client, string connectionString)
    {
        string node = Requirement.Command("node");
        string folder = ClientsFolder();
        Requirement.Expect(
            Directory.Exists(Path.Combine(folder, "node_modules")), "vendor-clients", "run npm ci in tests/clients");
        var start = new ProcessStartInfo(node)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "--test", "--test-timeout=120000", $"tests/{client}.test.mjs" },
            Environment = { ["ESDB"] = connectionString },
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(Cancel);
        Task<string> errors = process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);

        process.ExitCode.ShouldBe(0, await output + await errors);
        (await output).ShouldContain("fail 0");
        (await output).ShouldNotContain("pass 0");
    }

    private static string ClientsFolder()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Interstice.sln"))) return Path.Combine(folder, "tests", "clients");
        throw new InvalidOperationException("the tests run outside of the repository");
    }
}
