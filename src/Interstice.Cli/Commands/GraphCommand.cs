using System.CommandLine;
using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Inspection;
using Interstice.Host.Subscriptions;

namespace Interstice.Cli.Commands;

/// <summary><c>graph</c>: which module may cause changes in which. Takes no lock, runs no code.</summary>
internal static class GraphCommand
{
    private static readonly Option<bool> Mermaid = new("--mermaid") { Description = "A diagram in Mermaid's language" };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("graph", "Subscriptions and calls between modules; of a running host with what it observed") { Mermaid }.Talks().Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        JsonElement graph = server is not null
            ? await server.GetAsync("v1/graph").ConfigureAwait(false)
            : await ReadAsync(session).ConfigureAwait(false);
        if (parsed.GetValue(Mermaid)) session.Output.Write(GraphDocument.ToMermaid(graph));
        else if (!session.IsText) session.Documents.WriteDocument(graph.WriteTo);
        else WriteText(session, graph);
        return ExitCode.Success;
    }

    private static async Task<JsonElement> ReadAsync(Session session)
    {
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        List<Publication> all = await Publication.ReadAllAsync(store.Events, null, session.Stopping).ConfigureAwait(false);
        var graph = new SubscriptionGraph(all
            .GroupBy(publication => publication.Module)
            .ToDictionary(group => group.Key, group => group.Last().Schema, StringComparer.Ordinal));
        using var buffer = new JsonBuffer(isIndented: false);
        using JsonDocument document = JsonDocument.Parse(buffer.Build(new GraphDocument(graph, []).Write));
        return document.RootElement.Clone();
    }

    private static void WriteText(Session session, JsonElement graph)
    {
        var text = new TextTable("from", "to", "by", "depth#", "state", "through#", "delivered#", "failed#", "parked#");
        foreach (JsonElement edge in graph.GetProperty("edges").EnumerateArray())
        {
            bool isCall = Text(edge, "kind") == "call";
            text.Add(
                Text(edge, "from"),
                Text(edge, "to"),
                isCall
                    ? $"{Text(edge, "caller")} calls {Text(edge, "callee")}"
                    : $"{Text(edge, "source")} {Text(edge, "operation")} -> {Text(edge, "handler")}",
                Text(edge, "depth"),
                Text(edge, "reason") is { Length: > 0 } reason ? $"{Text(edge, "state")}: {reason}" : Text(edge, "state"),
                Text(edge, "through"),
                Text(edge, "delivered"),
                Text(edge, "failed"),
                Text(edge, "parked"));
        }

        if (text.Count > 0) text.Write(session.Output);
        else session.Output.WriteLine("no module declares a subscription or a call of another one");
    }

    private static string Text(JsonElement edge, string name) => edge.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";
}
