using System.CommandLine;
using System.Text.RegularExpressions;
using Interstice.Cli.Inspection;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Kernel.Schema;

namespace Interstice.Cli.Commands;

/// <summary><c>schema</c>: what a module declares. Nothing is executed.</summary>
internal static partial class SchemaCommand
{
    private static readonly Argument<string> Subject = new("file|module")
    {
        Description = "A module binary, or the name of a module in the store; ./name for a file without an extension",
    };

    private static readonly Option<bool> System = new("--system")
    {
        Description = "List the host's tables too, those that every module has",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("schema", "What a module declares; nothing is executed") { Subject, System }.Talks().Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string subject = parsed.GetRequiredValue(Subject);
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        ModuleSchema schema = ModuleName().IsMatch(subject)
            ? await (server?.GetSchemaAsync(subject) ?? ReadFromStoreAsync(session, subject)).ConfigureAwait(false)
            : await ReadFromFileAsync(session, subject).ConfigureAwait(false);
        bool withHostTables = parsed.GetValue(System);
        if (session.IsText) new SchemaText(schema, withHostTables).Write(session.Output);
        else session.Documents.WriteDocument(new SchemaDocument(schema, withHostTables).Write);
        return ExitCode.Success;
    }

    private static async Task<ModuleSchema> ReadFromFileAsync(Session session, string path)
    {
        byte[] binary = await InputFile
            .ReadAsync(path, CodeStore.BinaryBytesMax, session.Stopping)
            .ConfigureAwait(false);
        return ModuleFile.ReadSchema(path, binary);
    }

    private static async Task<ModuleSchema> ReadFromStoreAsync(Session session, string module)
    {
        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        await ModuleLookup.ExpectAsync(store.Events, module, session.Stopping).ConfigureAwait(false);
        List<Publication> all = await Publication.ReadAllAsync(store.Events, null, session.Stopping).ConfigureAwait(false);
        return all.Last(publication => publication.Module == module).Schema;
    }

    // Whatever could be the name of a module is one: a module then never hides behind a file that happens to lie
    // around.
    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ModuleName();
}
