using System.Text;
using System.Text.Json;
using Interstice.Host.Subscriptions;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Inspection;

/// <summary>Which module may cause changes in which, as an object and as a diagram.</summary>
/// <param name="graph">What is declared.</param>
/// <param name="observed">What a host observed of the subscriptions; empty where no host was asked.</param>
public sealed class GraphDocument(SubscriptionGraph graph, IReadOnlyList<SubscriptionStatus> observed)
{
    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteStartArray("modules");
        foreach (string module in graph.Modules) json.WriteStringValue(module);
        json.WriteEndArray();
        json.WriteStartArray("edges");
        foreach (GraphEdge edge in graph.Edges) Write(json, edge);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The diagram that an object describes, in Mermaid's language.</summary>
    /// <param name="document">What <see cref="Write(Utf8JsonWriter)"/> wrote.</param>
    public static string ToMermaid(JsonElement document)
    {
        var text = new StringBuilder("flowchart LR\n");
        foreach (JsonElement module in document.GetProperty("modules").EnumerateArray()) text.Append("    ").Append(module.GetString()).Append('\n');
        foreach (JsonElement edge in document.GetProperty("edges").EnumerateArray())
        {
            bool isCall = edge.GetProperty("kind").GetString() == "call";
            string label = isCall
                ? $"{Text(edge, "caller")} calls {Text(edge, "callee")}"
                : $"{Text(edge, "source")} {Text(edge, "operation")} to {Text(edge, "handler")}";
            if (!isCall && edge.GetProperty("depth").ValueKind == JsonValueKind.Number) label += $", depth {edge.GetProperty("depth")}";
            text.Append("    ").Append(Text(edge, "from")).Append(isCall ? " -. \"" : " -- \"").Append(label)
                .Append(isCall ? "\" .-> " : "\" --> ").Append(Text(edge, "to")).Append('\n');
        }

        return text.ToString();
    }

    private static string? Text(JsonElement edge, string name) => edge.GetProperty(name).GetString();

    private void Write(Utf8JsonWriter json, GraphEdge edge)
    {
        json.WriteStartObject();
        json.WriteString("from", edge.From);
        json.WriteString("to", edge.To);
        json.WriteString("kind", edge.Subscription is null ? "call" : "subscription");
        if (edge.Subscription is not { } subscription)
        {
            json.WriteString("caller", edge.Caller);
            json.WriteString("callee", edge.Callee);
            json.WriteEndObject();
            return;
        }

        json.WriteString("source", subscription.Source);
        json.WriteString("operation", Word(subscription.Operation));
        json.WriteString("handler", subscription.Handler);
        json.WriteString("start", Word(subscription.Start));
        if (subscription.Depth is { } depth) json.WriteNumber("depth", depth);
        else json.WriteNull("depth");
        SubscriptionStatus? status = observed.FirstOrDefault(known => known.Module == edge.To
            && (known.Subscription.Source, known.Subscription.Operation, known.Subscription.Handler)
                == (subscription.Source, subscription.Operation, subscription.Handler));
        if (status is not null) WriteObserved(json, status);
        json.WriteEndObject();
    }

    /// <summary>Writes what was observed of a subscription, as members of an object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="status">What was observed.</param>
    public static void WriteObserved(Utf8JsonWriter json, SubscriptionStatus status)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(status);
        json.WriteString("state", status.Word);
        json.WriteString("reason", status.Reason);
        if (status.Through > Revision.None) json.WriteNumber("through", status.Through.Value);
        else json.WriteNull("through");
        json.WriteNumber("delivered", status.Delivered);
        json.WriteNumber("failed", status.Failed);
        json.WriteNumber("parked", status.Parked);
        if (status.LastAt is { } last) json.WriteString("lastAt", last.UtcDateTime);
        else json.WriteNull("lastAt");
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
