using System.Globalization;
using System.Text.Json;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Interstice.Server.Http;

/// <summary>Timers, and what was given up after failing too often.</summary>
internal sealed partial class ParkedEndpoints(
    ModuleLookup modules, ModuleHost host, IntersticeOptions options, TimeProvider time, ILogger<ParkedEndpoints> logger)
{
    private const int ItemsDefault = 1_000;

    /// <summary>Lists the timers of a module.</summary>
    public async Task<IResult> TimersAsync(HttpContext context, string module)
    {
        modules.Schema(module);
        int limit = Limit(new QueryParameters(context.Request.Query, "limit"));
        (IReadOnlyList<TimerItem> timers, bool hasMore) = await host
            .ViewAsync(module, projection => TimerItem.List(projection, limit)).ConfigureAwait(false);
        return List(module, "timers", hasMore, json =>
        {
            foreach (TimerItem timer in timers) timer.Write(json);
        });
    }

    /// <summary>Lists what is parked in a module.</summary>
    public async Task<IResult> ListAsync(HttpContext context, string module)
    {
        modules.Schema(module);
        var parameters = new QueryParameters(context.Request.Query, "after", "limit");
        ulong after = (ulong)(parameters.Number("after", long.MaxValue) ?? 0);
        int limit = Limit(parameters);
        (IReadOnlyList<ParkedItem> items, bool hasMore) = await host
            .ViewAsync(module, projection => ParkedItem.List(projection, after, limit)).ConfigureAwait(false);
        return List(module, "parked", hasMore, json =>
        {
            foreach (ParkedItem item in items) item.Write(json);
        });
    }

    /// <summary>Shows one.</summary>
    public async Task<IResult> ShowAsync(string module, string id)
    {
        ParkedItem item = await FindAsync(module, id).ConfigureAwait(false);
        return new JsonAnswer(item.Write);
    }

    /// <summary>Runs one again.</summary>
    public async Task<IResult> ReplayAsync(HttpContext context, string module, string id)
    {
        ParkedItem item = await FindAsync(module, id).ConfigureAwait(false);
        return await DecideAsync(context, module, item.Id, "replay", host.ReplayParkedAsync).ConfigureAwait(false);
    }

    /// <summary>Takes one out.</summary>
    public async Task<IResult> DropAsync(HttpContext context, string module, string id)
    {
        ParkedItem item = await FindAsync(module, id).ConfigureAwait(false);
        return await DecideAsync(context, module, item.Id, "drop", host.DropParkedAsync).ConfigureAwait(false);
    }

    private int Limit(QueryParameters parameters) =>
        (int)(parameters.Number("limit", options.RowsMax) ?? Math.Min(ItemsDefault, options.RowsMax));

    private static JsonAnswer List(string module, string name, bool hasMore, Action<Utf8JsonWriter> write) => new(json =>
    {
        json.WriteStartObject();
        json.WriteString("module", module);
        json.WriteBoolean("more", hasMore);
        json.WriteStartArray(name);
        write(json);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private async Task<ParkedItem> FindAsync(string module, string id)
    {
        modules.Schema(module);
        if (!ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            throw QueryParameters.Bad($"what is parked has a number, not \"{id}\"; GET /v1/modules/{module}/parked lists them");
        return await host.ViewAsync(module, projection => ParkedItem.Find(projection, number)).ConfigureAwait(false)
            ?? throw new ProblemException(
                ProblemKind.NotParked,
                $"module {module} has nothing parked under number {id}; list what is parked there");
    }

    private async Task<IResult> DecideAsync(
        HttpContext context, string module, ulong id, string decision, Func<string, ulong, Task<CallOutcome>> decide)
    {
        Identity caller = CallerIdentity.Of(context);
        CallOutcome outcome;
        try
        {
            // A decision is not withdrawn when who made it goes away.
            outcome = await decide(module, id).WaitAsync(options.CallTimeout, time, context.RequestAborted).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            outcome = new CallOutcome.Unknown(
                $"the {decision} of number {id} of {module} was not answered within {options.CallTimeout.TotalMilliseconds} ms; look whether it is still parked");
        }

        string word = CallDocument.WordOf(outcome);
        LogDecided(module, id, decision, caller, word);
        return (IResult?)OutcomeProblems.Of(outcome, modules.Owner(module))
            ?? new JsonAnswer(json => CallDocument.Write(json, outcome, null));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation} of number {Id} parked in {Module}, decided by {Caller}: {Outcome}")]
    private partial void LogDecided(string module, ulong id, string operation, Identity caller, string outcome);
}
