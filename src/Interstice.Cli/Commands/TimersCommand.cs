using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Inspection;
using Interstice.Host.Projections;

namespace Interstice.Cli.Commands;

/// <summary><c>timers</c>: what a module will do by itself, and when. Takes no lock, runs no code.</summary>
internal static class TimersCommand
{
    private const long TextTimersMax = 100;
    private const long DocumentTimersMax = 100_000;

    private static readonly Argument<string> Module = new("module") { Description = "The module" };
    private static readonly Option<long?> Limit = NumberOptions.Count(
        "--limit", "Most timers (default: 100 in text, else 100000)", max: DocumentTimersMax);

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("timers", "Durable timers of a module, in the order in which they are tried; takes no lock and runs no code") { Module, Limit }
            .Talks().Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string module = parsed.GetRequiredValue(Module);
        long limit = parsed.GetValue(Limit) ?? (session.IsText ? TextTimersMax : DocumentTimersMax);
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        (JsonElement[] timers, bool hasMore) = server is not null
            ? await AskAsync(server, module, limit).ConfigureAwait(false)
            : await ReadAsync(session, module, (int)limit).ConfigureAwait(false);
        if (hasMore && timers.Length < limit)
            ErrorReport.WriteSentence($"warning: module {module} has more timers; the host shows at most {timers.Length} (its setting RowsMax)");
        if (session.IsText) WriteText(session, module, timers, hasMore && timers.Length == limit && parsed.GetValue(Limit) is null);
        else WriteDocuments(session, timers);
        return ExitCode.Success;
    }

    private static async Task<(JsonElement[], bool)> AskAsync(ServerClient server, string module, long limit)
    {
        string query = QueryText.Of(("limit", limit.ToString(CultureInfo.InvariantCulture)));
        JsonElement page = await server.GetAsync($"v1/modules/{Uri.EscapeDataString(module)}/timers{query}").ConfigureAwait(false);
        return ([.. page.GetProperty("timers").EnumerateArray()], page.GetProperty("more").GetBoolean());
    }

    private static async Task<(JsonElement[], bool)> ReadAsync(Session session, string module, int limit)
    {
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        ModuleProjection projection = await ModuleLookup.ProjectAsync(session, store, module, null).ConfigureAwait(false);
        (IReadOnlyList<TimerItem> timers, bool hasMore) = TimerItem.List(projection, limit);
        return ([.. timers.Select(Parse)], hasMore);
    }

    private static JsonElement Parse(TimerItem timer)
    {
        using JsonDocument document = JsonDocument.Parse(JsonBuffer.OfThread.Build(timer.Write));
        return document.RootElement.Clone();
    }

    private static void WriteDocuments(Session session, JsonElement[] timers)
    {
        foreach (JsonElement timer in timers) session.Documents.WriteItem(timer.WriteTo);
        session.Documents.EndItems();
    }

    private static void WriteText(Session session, string module, JsonElement[] timers, bool saysMore)
    {
        var text = new TextTable("timer#", "next", "reducer", "arguments", "every", "missed", "attempts#", "error");
        foreach (JsonElement timer in timers)
        {
            text.Add(
                Text(timer, "id"),
                Text(timer, "next"),
                Text(timer, "reducer"),
                Text(timer, "arguments"),
                Interval(Text(timer, "interval")),
                Text(timer, "missed"),
                Text(timer, "attempts"),
                Text(timer, "error"));
        }

        if (text.Count > 0) text.Write(session.Output);
        else session.Output.WriteLine($"module {module} has no timers");
        if (saysMore) session.Output.WriteLine("there are more timers; --limit N shows more");
    }

    private static string Interval(string microseconds) => microseconds == "0"
        ? "once"
        : (long.Parse(microseconds, CultureInfo.InvariantCulture) / 1e6).ToString("0.######", CultureInfo.InvariantCulture) + " s";

    private static string Text(JsonElement timer, string name) => ValueText.Text(timer.GetProperty(name));
}
