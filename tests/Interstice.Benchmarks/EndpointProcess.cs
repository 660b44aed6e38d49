using System.Diagnostics;
using System.Globalization;
using System.Net;
using Interstice.Journal;
using Interstice.Server.EventStoreDb;

namespace Interstice.Benchmarks;

/// <summary>The protocol endpoint over a durable journal, in a process of its own, so that it shares neither threads nor memory with the
/// client that is measured.</summary>
/// <remarks>The process is this program again. It ends when its input does, which is when this process ends it or is gone.</remarks>
internal sealed class EndpointProcess : IAsyncDisposable
{
    /// <summary>The word by which the program is told to be the server.</summary>
    public const string Word = "serve-endpoint";

    private readonly Process _process;
    private readonly string _directory;

    private EndpointProcess(Process process, string directory, string authority) =>
        (_process, _directory, ConnectionString) = (process, directory, $"esdb://{authority}?tls=false");

    public string ConnectionString { get; }

    /// <summary>The process's number, as text.</summary>
    public string Id => _process.Id.ToString(CultureInfo.InvariantCulture);

    public static async Task<EndpointProcess> StartAsync()
    {
        string directory = Directory.CreateTempSubdirectory("interstice-bench-").FullName;
        string program = typeof(EndpointProcess).Assembly.Location;
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ArgumentsOf(program, directory))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string? authority = await process.StandardOutput.ReadLineAsync();
        return authority is null
            ? throw new InvalidOperationException("the server ended before it listened")
            : new EndpointProcess(process, directory, authority);
    }

    /// <summary>What the server's process does.</summary>
    public static async Task<int> ServeAsync(string directory)
    {
        await using JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = directory });
        await using EventStoreDbEndpoint endpoint = await EventStoreDbEndpoint.StartAsync(
            journal, new IPEndPoint(IPAddress.Loopback, 0), new EndpointOptions());
        await Console.Out.WriteLineAsync(endpoint.Address.Authority);
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Nothing is asked of it.
        }

        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    // Started as "dotnet program.dll" the program is an argument of its own.
    private static string[] ArgumentsOf(string program, string directory) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [program, Word, directory] : [Word, directory];
}
