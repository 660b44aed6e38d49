using System.CommandLine;
using System.Globalization;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Journal;
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
        new Command("modules", "The modules of a store; takes no lock and runs no code") { History }.Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        await using JournalStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        List<Publication> all = await Publication.ReadAllAsync(store, null, session.Stopping).ConfigureAwait(false);
        IEnumerable<Publication> shown = parsed.GetValue(History)
            ? all
            : all.GroupBy(publication => publication.Module).Select(group => group.Last());
        var text = new TextTable(
            "module",
            "version#",
            "declared",
            "events#",
            "tables#",
            "reducers#",
            "published at",
            "code");
        foreach (Publication publication in shown.OrderBy(publication => publication.Module, StringComparer.Ordinal))
        {
            Revision last = await store
                .GetLastRevisionAsync(StreamNames.Module(publication.Module), session.Stopping)
                .ConfigureAwait(false);
            if (session.IsText) Add(text, publication, last);
            else WriteItem(session, publication, last);
        }

        if (!session.IsText) session.Documents.EndItems();
        else if (text.Count > 0) text.Write(session.Output);
        else session.Output.WriteLine("the store holds no modules; publish one with interstice publish FILE");
        return ExitCode.Success;
    }

    private static void Add(TextTable text, Publication publication, Revision last) => text.Add(
        publication.Module,
        publication.Published.Version.ToString(CultureInfo.InvariantCulture),
        publication.Schema.Version,
        (last.Value + 1).ToString("N0", CultureInfo.InvariantCulture),
        publication.Schema.Tables.Length.ToString(CultureInfo.InvariantCulture),
        publication.Schema.Reducers.Length.ToString(CultureInfo.InvariantCulture),
        TimestampText.Format(publication.Published.TimeUs),
        publication.Published.Code.ToString()[..12]);

    private static void WriteItem(Session session, Publication publication, Revision last) =>
        session.Documents.WriteItem(json =>
        {
            json.WriteStartObject();
            json.WriteString("module", publication.Module);
            json.WriteNumber("version", publication.Published.Version);
            json.WriteString("declaredName", publication.Schema.Name);
            json.WriteString("declaredVersion", publication.Schema.Version);
            json.WriteNumber("abi", publication.Published.Abi);
            json.WriteNumber("events", last.Value + 1);
            json.WriteNumber("tables", publication.Schema.Tables.Length);
            json.WriteNumber("reducers", publication.Schema.Reducers.Length);
            json.WriteNumber("queries", publication.Schema.Queries.Length);
            json.WriteString("publishedAt", TimestampText.Format(publication.Published.TimeUs));
            json.WriteNumber("publishedRevision", publication.Revision.Value);
            json.WriteString("publisher", publication.Published.Publisher.ToString());
            json.WriteString("codeHash", publication.Published.Code.ToString());
            json.WriteNumber("codeBytes", publication.Published.CodeBytes);
            json.WriteEndObject();
        });
}
