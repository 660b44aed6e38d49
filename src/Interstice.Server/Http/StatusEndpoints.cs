using System.Text.Json;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Host.Replay;
using Interstice.Host.Subscriptions;
using Interstice.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>Health, readiness, and what the host does.</summary>
internal sealed class StatusEndpoints(
    HostState state, Readiness readiness, ModuleHost host, IModuleEngine engine, IntersticeOptions options, TimeProvider time)
{
    private static readonly string Version =
        typeof(StatusEndpoints).Assembly.GetName().Version?.ToString(3) ?? "";

    private readonly DateTimeOffset _started = time.GetUtcNow();

    /// <summary>That the process answers.</summary>
    public static IResult Live() => new JsonAnswer(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("live", true);
        json.WriteEndObject();
    });

    /// <summary>Whether the host should be given work. Details are for those who are let in; the reason is for everybody.</summary>
    public async Task<IResult> ReadyAsync(HttpContext context)
    {
        (string Word, string Sentence)? obstacle = await readiness.FindObstacleAsync(context.RequestAborted).ConfigureAwait(false);
        bool isLetIn = RequestAccess.Refusal(context, options) is null;
        return new JsonAnswer(
            json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("ready", obstacle is null);
                if (obstacle is var (word, sentence))
                {
                    json.WriteString("reason", word);
                    if (isLetIn) json.WriteString("detail", sentence);
                }

                if (isLetIn)
                {
                    WriteRoles(json);
                    WriteStates(json);
                }

                json.WriteEndObject();
            },
            obstacle is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>What the host does.</summary>
    public async Task<IResult> DescribeAsync(HttpContext context)
    {
        (string Word, string Sentence)? obstacle = await readiness.FindObstacleAsync(context.RequestAborted).ConfigureAwait(false);
        return new JsonAnswer(json =>
        {
            json.WriteStartObject();
            json.WriteString("phase", state.Phase.ToString().ToLowerInvariant());
            json.WriteBoolean("ready", obstacle is null);
            json.WriteString("reason", obstacle?.Word);
            json.WriteString("detail", obstacle?.Sentence);
            json.WriteString("version", Version);
            json.WriteString("engine", engine.Name);
            json.WriteString("store", options.StoreName);
            json.WriteString("startedAt", _started.UtcDateTime);
            if (state.Progress is { } progress) Write(json, progress);
            json.WriteStartArray("modules");
            foreach (ModuleStatus module in host.Status) Write(json, module);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    // A host that follows is ready: it answers queries. Who gives it work may have to know more.
    private void WriteRoles(Utf8JsonWriter json)
    {
        json.WriteStartObject("roles");
        foreach (ModuleStatus module in host.Status) json.WriteString(module.Module, WordOf(module.Role));
        json.WriteEndObject();
    }

    // A subscription that stands still makes no host unready: calls and queries are answered. Who watches wants to know all the same.
    private void WriteStates(Utf8JsonWriter json)
    {
        json.WriteStartObject("subscriptions");
        foreach (IGrouping<string, SubscriptionStatus> state in host.Subscriptions.GroupBy(status => status.Word).OrderBy(state => state.Key, StringComparer.Ordinal))
            json.WriteNumber(state.Key, state.Count());
        json.WriteEndObject();
    }

    /// <summary>What a host is to a module, in one word.</summary>
    public static string WordOf(ModuleRole role) => role.ToString().ToLowerInvariant();

    private static void Write(Utf8JsonWriter json, ReplayProgress progress)
    {
        json.WriteStartObject("replay");
        json.WriteString("module", progress.Module);
        json.WriteNumber("events", progress.Revision.Value + 1);
        json.WriteNumber("of", progress.Last.Value + 1);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, ModuleStatus module)
    {
        json.WriteStartObject();
        json.WriteString("module", module.Module);
        json.WriteString("codeHash", module.Code?.ToString());
        json.WriteNumber("waiting", module.Waiting);
        json.WriteString("stoppedBecause", module.StoppedBecause);
        json.WriteString("role", WordOf(module.Role));
        OwnerDocument.Write(json, module.Owner);
        Write(json, host.Subscriptions.Where(status => status.Module == module.Module));
        json.WriteEndObject();
    }

    /// <summary>Writes what subscriptions do, as a member.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<SubscriptionStatus> subscriptions)
    {
        json.WriteStartArray("subscriptions");
        foreach (SubscriptionStatus status in subscriptions) Write(json, status);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, SubscriptionStatus status)
    {
        json.WriteStartObject();
        json.WriteString("source", status.Subscription.Source);
        json.WriteString("operation", status.Subscription.Operation.ToString().ToLowerInvariant());
        json.WriteString("handler", status.Subscription.Handler);
        GraphDocument.WriteObserved(json, status);
        json.WriteEndObject();
    }
}
