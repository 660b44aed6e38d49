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
    public async Task<IResult> ShowAsync(HttpContext context, string module, string id)
    {
        _ = new QueryParameters(context.Request.Query);
        modules.Schema(module);
        ulong number = Number(module, id);
        ParkedItem item = await FindAsync(module, number).ConfigureAwait(false) ?? throw NothingParked(module, number);
        return new JsonAnswer(item.Write);
    }

    /// <summary>Runs one again.</summary>
    public Task<IResult> ReplayAsync(HttpContext context, string module, string id) =>
        DecideAsync(context, module, id, "replay", host.ReplayParkedAsync);

    /// <summary>Takes one out.</summary>
    public Task<IResult> DropAsync(HttpContext context, string module, string id) =>
        DecideAsync(context, module, id, "drop", host.DropParkedAsync);

    // Who asks for more than an answer may hold gets what it may hold: `more` says that there is more.
    private int Limit(QueryParameters parameters) =>
        (int)Math.Min(parameters.Number("limit", long.MaxValue) ?? ItemsDefault, options.RowsMax);

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

    private Task<ParkedItem?> FindAsync(string module, ulong id) => host.ViewAsync(module, projection => ParkedItem.Find(projection, id));

    private static ulong Number(string module, string id) =>
        ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw QueryParameters.Bad($"what is parked has a number, not \"{id}\"; GET /v1/modules/{module}/parked lists them");

    private static ProblemException NothingParked(string module, ulong id) => new(
        ProblemKind.NotParked, $"module {module} has nothing parked under number {id}; list what is parked there");

    private async Task<IResult> DecideAsync(
        HttpContext context, string module, string number, string decision, Func<string, ulong, Task<CallOutcome>> decide)
    {
        _ = new QueryParameters(context.Request.Query);
        modules.Schema(module);
        ulong id = Number(module, number);
        Identity caller = CallerIdentity.Of(context);
        CallOutcome outcome;
        try
        {
            // A decision is not withdrawn when who made it goes away, and what came of it is logged all the same.
            outcome = await decide(module, id).WaitAsync(options.CallTimeout, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            outcome = new CallOutcome.Unknown(
                $"the {decision} of number {id} of {module} was not answered within {options.CallTimeout.TotalMilliseconds} ms; look whether it is still parked");
        }

        string word = CallDocument.WordOf(outcome);
        LogDecided(module, id, decision, caller, word);

        // Whether it is parked is for the owner to say, in the order of its work: a host that lags behind does not know, and somebody else may
        // have decided before.
        if (outcome is CallOutcome.Refused { Kind: CallRefusal.BadArguments } && await FindAsync(module, id).ConfigureAwait(false) is null)
            throw NothingParked(module, id);
        return (IResult?)OutcomeProblems.Of(outcome, modules.Owner(module))
            ?? new JsonAnswer(json => CallDocument.Write(json, outcome, null));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation} of number {Id} parked in {Module}, decided by {Caller}: {Outcome}")]
    private partial void LogDecided(string module, ulong id, string operation, Identity caller, string outcome);
}
