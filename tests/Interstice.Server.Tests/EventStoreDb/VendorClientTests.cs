using System.Diagnostics;
using Interstice.TestKit;

namespace Interstice.Server.Tests.EventStoreDb;

/// <summary>The vendor's own clients, in JavaScript, as witnesses of the protocol: tests/clients.</summary>
public sealed class VendorClientTests : EndpointFixture
{
    [Theory]
    [InlineData("eventstore")]
    [InlineData("kurrent")]
    public async Task The_vendors_client_sees_a_server_of_its_own_kind(string client)
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
            Environment = { ["ESDB"] = $"esdb://{Endpoint.Address.Authority}?tls=false" },
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
