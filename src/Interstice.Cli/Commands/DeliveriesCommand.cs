using System.CommandLine;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Output;
using Interstice.Cli.Remote;
using Interstice.Host.Inspection;

namespace Interstice.Cli.Commands;

/// <summary><c>deliveries</c>: the last attempts at deliveries to a module, as its running host observed them.</summary>
internal static class DeliveriesCommand
{
    private static readonly Argument<string> Module = new("module") { Description = "The subscribing module" };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("deliveries", "The last deliveries to a module, each attempt with its outcome, of a running host") { Module }.Talks().Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string module = parsed.GetRequiredValue(Module);
        using ServerClient server = ServerClient.TryCreate(parsed, session) ?? throw new CliException(
            ExitCode.Usage,
            $"attempts are observed by a running host; give --server URL. The log keeps every delivery as a transaction: interstice log-inspect --module {module} --reducer HANDLER");
        JsonElement deliveries = await server.GetAsync($"v1/modules/{Uri.EscapeDataString(module)}/deliveries").ConfigureAwait(false);
        if (session.IsText)
        {
            WriteText(session, module, deliveries);
            return ExitCode.Success;
        }

        foreach (JsonElement delivery in deliveries.EnumerateArray()) session.Documents.WriteItem(delivery.WriteTo);
        session.Documents.EndItems();
        return ExitCode.Success;
    }

    private static void WriteText(Session session, string module, JsonElement deliveries)
    {
        string[] columns = ["at", "source", "sourceRevision", "handler", "attempt", "depth", "outcome", "revision", "fuel", "microseconds", "error"];
        var text = new TextTable(columns.Select(column => column is "at" or "source" or "handler" or "outcome" or "error" ? column : column + "#"));
        foreach (JsonElement delivery in deliveries.EnumerateArray())
            text.Add([.. columns.Select(column => delivery.GetProperty(column) is { ValueKind: not JsonValueKind.Null } value ? ValueText.Text(value) : "")]);
        if (text.Count > 0) text.Write(session.Output);
        else session.Output.WriteLine($"the host has delivered nothing to module {module} since it started");
    }
}
