using System.Text;
using System.Text.RegularExpressions;
using System.Threading.RateLimiting;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Interstice.Server.Http;

/// <summary>The events of the log, filtered, one a line; with <c>follow</c> also those that come.</summary>
internal sealed class LogEndpoint(ModuleLookup modules, IEventStore store, RequestBounds bounds, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(250);

    /// <summary>Answers with the events.</summary>
    public async Task<IResult> ReadAsync(HttpContext context)
    {
        modules.ExpectRunning();
        var given = new QueryParameters(
            context.Request.Query,
            "module", "table", "op", "reducer", "caller", "from", "to", "since", "until", "match", "skip", "limit", "follow");
        using LogFilter filter = FilterOf(given);
        bool isFollowing = given.Flag("follow");
        var page = new LogPage(given.Number("skip", long.MaxValue) ?? 0, given.Number("limit", long.MaxValue) ?? long.MaxValue);
        if (!isFollowing && filter.Module is { } module) modules.ExpectModule(module);
        using RateLimitLease place = RequestBounds.Enter(bounds.Readers, "as many readers of the log");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        bool isText = ModuleEndpoints.Accepts(context.Request, LogStream.Text);
        using var stream = new LogStream(context, store, filter, page, isText);
        try
        {
            await stream.ReadAsync(ended.Token).ConfigureAwait(false);
            if (isFollowing) await stream.FollowAsync(ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (isFollowing && lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // A follower that is told to go has all that was appended before; it ends as a whole answer.
        }

        await stream.EndAsync().ConfigureAwait(false);
        return Results.Empty;
    }

    private static LogFilter FilterOf(QueryParameters given)
    {
        string? operation = given.Text("op");
        if (operation is not null && !EventDecoder.Operations.Contains(operation, StringComparer.Ordinal))
            throw QueryParameters.Bad(UnknownName.Describe("op has no word", operation, EventDecoder.Operations));
        string? caller = given.Text("caller")?.ToLowerInvariant();
        if (caller is not null && !(caller.Length is > 0 and <= 64 && caller.All(char.IsAsciiHexDigit)))
            throw QueryParameters.Bad($"caller takes up to 64 hexadecimal digits of an identity, not \"{caller}\"");
        return new LogFilter
        {
            Module = given.Text("module"),
            Table = given.Text("table"),
            Operation = operation,
            Reducer = given.Text("reducer"),
            Caller = caller,
            From = (ulong?)given.Number("from", long.MaxValue),
            To = (ulong?)given.Number("to", long.MaxValue),
            SinceUs = given.Time("since"),
            UntilUs = given.Time("until"),
            Match = given.Text("match") is { } expression ? Compile(expression) : null,
        };
    }

    // Matched without backtracking where it can be: a stranger's expression then takes time in proportion to the text.
    private static Regex Compile(string expression)
    {
        try
        {
            return new Regex(expression, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, MatchTimeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(expression, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (RegexParseException fault)
        {
            throw QueryParameters.Bad($"match takes a regular expression: {fault.Message}");
        }
    }
}
