using System.Globalization;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Reloading;
using MediatR;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>New code for modules that run.</summary>
internal sealed class ReloadEndpoints(ModuleLookup modules, IMediator mediator)
{
    private const string Canary = "canary";
    private const string AcceptChanges = "acceptChanges";
    private const string PauseEvents = "pauseEvents";
    private const string PauseMs = "pauseMs";
    private const long PauseMsMax = 60_000;

    /// <summary>Reloads a module with the binary of the body.</summary>
    public async Task<IResult> ReloadAsync(HttpContext context, string module)
    {
        modules.Schema(module);
        ReloadOptions options = Read(context.Request);
        byte[] binary = await RequestBody.ReadAsync(context.Request, CallEndpoints.Wasm, CodeStore.BinaryBytesMax).ConfigureAwait(false);
        return await SendAsync(new ReloadModule(module, binary, CallerIdentity.Of(context), options)).ConfigureAwait(false);
    }

    /// <summary>Goes back to the build before.</summary>
    public Task<IResult> RollBackAsync(HttpContext context, string module)
    {
        modules.Schema(module);
        return SendAsync(new ReloadModule(module, null, CallerIdentity.Of(context), Read(context.Request)));
    }

    private async Task<IResult> SendAsync(ReloadModule reload)
    {
        ReloadResult result;
        try
        {
            // What has begun is finished: a publication is short, and half of one would only have to be repeated.
            result = await mediator.Send(reload, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ModuleUnavailableException unavailable) when (unavailable.Kind == CallRefusal.NotOwner)
        {
            throw new ProblemException(OutcomeProblems.OfOwner(modules.Owner(reload.Module), unavailable.Message));
        }

        if (result.Published is not null) return new JsonAnswer(json => ReloadDocument.Write(json, result));
        return (IResult)new Problem(
            ProblemKind.ChangedEffects,
            $"{result.Canary!.DifferentCalls} of {result.Canary.Calls} recorded calls come out otherwise; look at canary, and send acceptChanges=true to take it",
            json => ReloadDocument.WriteMembers(json, result));
    }

    private static ReloadOptions Read(HttpRequest request)
    {
        var given = new QueryParameters(request.Query, Canary, AcceptChanges, PauseEvents, PauseMs);
        var options = new ReloadOptions();
        return options with
        {
            CanaryCalls = ReadCanary(given) ?? options.CanaryCalls,
            AcceptsChanges = given.Flag(AcceptChanges),
            PauseEventsMax = given.Number(PauseEvents, long.MaxValue) ?? options.PauseEventsMax,
            PauseTimeMax = given.Number(PauseMs, PauseMsMax) is { } ms ? TimeSpan.FromMilliseconds(Math.Max(1, ms)) : options.PauseTimeMax,
        };
    }

    private static long? ReadCanary(QueryParameters given) => given.Text(Canary) switch
    {
        null => null,
        "all" => long.MaxValue,
        "none" => 0,
        { } text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long calls) => calls,
        { } text => throw QueryParameters.Bad($"{Canary} takes a number of calls, all or none, not \"{text}\""),
    };
}
