using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Interstice.Cli.Errors;
using Interstice.Cli.Inspection;
using Interstice.Cli.Stores;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Schema.Diff;

namespace Interstice.Cli.Commands;

/// <summary><c>schema-diff</c>: what changes between two versions of a module's declarations, and for whom.</summary>
internal static partial class SchemaDiffCommand
{
    private const string What = "A module binary, or MODULE or MODULE@PUBLICATION in the store; ./name for a file without an extension";

    private static readonly Argument<string> Old = new("old") { Description = What };
    private static readonly Argument<string> New = new("new") { Description = What };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("schema-diff", "What changes between two versions of a module, for rows and callers; nothing is executed") { Old, New }
            .Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        ModuleSchema before = await ReadAsync(session, parsed.GetRequiredValue(Old)).ConfigureAwait(false);
        ModuleSchema after = await ReadAsync(session, parsed.GetRequiredValue(New)).ConfigureAwait(false);
        IReadOnlyList<SchemaChange> changes = SchemaDiff.Compare(before, after);
        if (session.IsText)
        {
            foreach (SchemaChange change in changes) session.Output.WriteLine($"{PlanDocument.WordOf(change.Effect),-15}  {change}");
            if (changes.Count == 0) session.Output.WriteLine("the declarations are the same");
        }
        else
        {
            session.Documents.WriteDocument(json =>
            {
                json.WriteStartObject();
                PlanDocument.WriteChanges(json, changes);
                json.WriteEndObject();
            });
        }

        return changes.All(change => change.Effect == ChangeEffect.Compatible) ? ExitCode.Success : ExitCode.Failed;
    }

    private static async Task<ModuleSchema> ReadAsync(Session session, string subject)
    {
        Match match = Stored().Match(subject);
        if (!match.Success)
        {
            byte[] binary = await InputFile.ReadAsync(subject, CodeStore.BinaryBytesMax, session.Stopping).ConfigureAwait(false);
            return ModuleFile.ReadSchema(subject, binary);
        }

        string module = match.Groups["module"].Value;
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        await ModuleLookup.ExpectAsync(store.Events, module, session.Stopping).ConfigureAwait(false);
        List<Publication> all = await Publication.ReadAllAsync(store.Events, null, session.Stopping).ConfigureAwait(false);
        Publication[] own = [.. all.Where(publication => publication.Module == module)];
        if (!match.Groups["version"].Success) return own[^1].Schema;
        string version = match.Groups["version"].Value;
        return own.FirstOrDefault(known => known.Published.Version.ToString(CultureInfo.InvariantCulture) == version)?.Schema
            ?? throw new CliException(ExitCode.Usage, $"module {module} has no publication {version}; it has 1 to {own[^1].Published.Version}");
    }

    [GeneratedRegex(@"\A(?<module>[a-z][a-z0-9_]{0,62})(@(?<version>[0-9]{1,9}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Stored();
}
