using System.Diagnostics;

namespace Interstice.TestKit.Clients;

/// <summary>The vendor's own clients, in JavaScript, as witnesses of the protocol: tests/clients.</summary>
public static class VendorClient
{
    /// <summary>Runs what a client must see at a server, in a process of its own; all of it must be so.</summary>
    /// <param name="client"><c>eventstore</c> or <c>kurrent</c>.</param>
    /// <param name="connectionString">Where the server is.</param>
    public static async Task RunAsync(string client, string connectionString)
    {
        string node = Requirement.Command("node");
        string folder = Folder();
        Requirement.Expect(Directory.Exists(Path.Combine(folder, "node_modules")), "vendor-clients", "run npm ci in tests/clients");
        var start = new ProcessStartInfo(node)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "--test", "--test-timeout=120000", $"tests/{client}.test.mjs" },
            Environment = { ["ESDB"] = connectionString },
        };
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancel);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);

        process.ExitCode.ShouldBe(0, await output + await errors);
        (await output).ShouldContain("fail 0");
        (await output).ShouldNotContain("pass 0");
    }

    private static string Folder()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Interstice.sln"))) return Path.Combine(folder, "tests", "clients");
        throw new InvalidOperationException("the tests run outside of the repository");
    }
}
