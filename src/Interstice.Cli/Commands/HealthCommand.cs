using System.CommandLine;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;

namespace Interstice.Cli.Commands;

/// <summary><c>health</c>: asks a running host whether it is ready; for containers, whose images hold nothing else that could.</summary>
internal static class HealthCommand
{
    /// <summary>The environment variable that says where the host is.</summary>
    public const string Variable = "INTERSTICE_HEALTH_URL";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("health", "Ask a running host whether it is ready; 0 when it is, 1 when not") { GlobalOptions.ServerUrl }.Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string url = parsed.GetValue(GlobalOptions.ServerUrl)
            ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? variable : HostAddresses.Default);
        if (!Uri.TryCreate(url.TrimEnd('/') + "/health/ready", UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            throw new CliException(ExitCode.Usage, $"\"{url}\" is no address of a host; write {HostAddresses.Default}");
        JsonElement answer = await AskAsync(address, session.Stopping).ConfigureAwait(false);
        bool isReady = answer.GetProperty("ready").GetBoolean();
        string reason = answer.TryGetProperty("reason", out JsonElement word) ? word.GetString() ?? "" : "";
        if (!session.IsText) session.Documents.WriteDocument(answer.WriteTo);
        else session.Output.WriteLine(isReady ? "ready" : $"not ready: {reason}");
        return isReady ? ExitCode.Success : ExitCode.Failed;
    }

    private static async Task<JsonElement> AskAsync(Uri address, CancellationToken stopping)
    {
        try
        {
            using var client = new HttpClient { Timeout = Patience };
            using HttpResponseMessage response = await client.GetAsync(address, stopping).ConfigureAwait(false);
            using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(stopping).ConfigureAwait(false));
            JsonElement answer = document.RootElement.Clone();
            if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("ready", out _)) return answer;
            throw new JsonException("it does not say whether it is ready");
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException
            || (fault is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            throw new CliException(ExitCode.Unopened, $"no host answers at {address} ({fault.Message.TrimEnd('.')}); check that it runs", fault);
        }
    }
}
