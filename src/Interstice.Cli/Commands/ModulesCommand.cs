using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Inspection;
using Interstice.Kernel.Events;
using Interstice.Kernel.Values;

namespace Interstice.Cli.Commands;

/// <summary><c>modules</c>: the modules of a store. Takes no lock, runs no code.</summary>
internal static class ModulesCommand
{
    private static readonly Option<bool> History =
        new("--history") { Description = "Every publication, not only the last one" };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("modules", "The modules of a store; takes no lock and runs no code") { History }.Talks().Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        var text = new TextTable(
            "module",
            "version#",
            "declared",
            "events#",
            "tables#",
            "reducers#",
            "published at",
            "code");
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        if (server is not null)
        {
            JsonElement known = await server
                .GetAsync("v1/modules" + QueryText.Of(("history", parsed.GetValue(History) ? "true" : null)))
                .ConfigureAwait(false);
            foreach (JsonElement module in known.EnumerateArray())
            {
                if (session.IsText) Add(text, module);
                else session.Documents.WriteItem(module.WriteTo);
            }

            ExitCode code = End(session, text);
            if (session.IsText) WriteStanding(session, known);
            return code;
        }

        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        List<Publication> all = await Publication.ReadAllAsync(store.Events, null, session.Stopping).ConfigureAwait(false);
        IEnumerable<Publication> shown = parsed.GetValue(History)
            ? all
            : all.GroupBy(publication => publication.Module).Select(group => group.Last());
        foreach (Publication publication in shown.OrderBy(publication => publication.Module, StringComparer.Ordinal))
        {
            Revision last = await store.Events
                .GetLastRevisionAsync(StreamNames.Module(publication.Module), session.Stopping)
                .ConfigureAwait(false);
            if (session.IsText) Add(text, publication, last);
            else session.Documents.WriteItem(json => PublicationDocument.Write(json, publication, last));
        }

        return End(session, text);
    }

    // What is as it should be takes no line.
    private static void WriteStanding(Session session, JsonElement modules)
    {
        foreach (JsonElement module in modules.EnumerateArray())
        {
            if (!module.TryGetProperty("subscriptions", out JsonElement subscriptions)) continue;
            foreach (JsonElement subscription in subscriptions.EnumerateArray())
            {
                string state = subscription.GetProperty("state").GetString()!;
                if (state is "running" or "elsewhere") continue;
                session.Output.WriteLine(
                    $"{module.GetProperty("module").GetString()}: the subscription {subscription.GetProperty("source").GetString()} " +
                    $"{subscription.GetProperty("operation").GetString()} -> {subscription.GetProperty("handler").GetString()} is {state}: " +
                    $"{subscription.GetProperty("reason").GetString()}");
            }
        }
    }

    private static ExitCode End(Session session, TextTable text)
    {
        if (!session.IsText) session.Documents.EndItems();
        else if (text.Count > 0) text.Write(session.Output);
        else session.Output.WriteLine("the store holds no modules; publish one with interstice publish FILE");
        return ExitCode.Success;
    }

    private static void Add(TextTable text, JsonElement module) => text.Add(
        module.GetProperty("module").GetString()!,
        module.GetProperty("version").GetRawText(),
        module.GetProperty("declaredVersion").GetString()!,
        module.GetProperty("events").GetInt64().ToString("N0", CultureInfo.InvariantCulture),
        module.GetProperty("tables").GetRawText(),
        module.GetProperty("reducers").GetRawText(),
        module.GetProperty("publishedAt").GetString()!,
        module.GetProperty("codeHash").GetString()![..12]);

    private static void Add(TextTable text, Publication publication, Revision last) => text.Add(
        publication.Module,
        publication.Published.Version.ToString(CultureInfo.InvariantCulture),
        publication.Schema.Version,
        (last.Value + 1).ToString("N0", CultureInfo.InvariantCulture),
        publication.Schema.Tables.Length.ToString(CultureInfo.InvariantCulture),
        publication.Schema.Reducers.Length.ToString(CultureInfo.InvariantCulture),
        TimestampText.Format(publication.Published.TimeUs),
        publication.Published.Code.ToString()[..12]);
}
