using System.CommandLine;
using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Cli.Inspection;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Cli.Commands;

/// <summary><c>query</c>: runs a query of a module. Takes no lock.</summary>
internal static class QueryCommand
{
    private static readonly Argument<string> Name =
        new("module.query") { Description = "The query, such as bank.balance" };
    private static readonly Argument<string[]> Arguments = new("arguments")
    {
        Description = "Its arguments as JSON; the quotes of a text may be left out",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("query", "Run a query of a module; takes no lock") { Name, Arguments }.Talks().Runs(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        QualifiedName name = QualifiedName.Parse(parsed.GetRequiredValue(Name), "query");
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        if (server is not null)
        {
            (QueryOutcome answer, QuerySchema asked) = await new RemoteCalls(server)
                .QueryAsync(name, parsed.GetValue(Arguments) ?? [])
                .ConfigureAwait(false);
            return Report(session, name, asked, answer);
        }

        await using OpenStore store = await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false);
        await ModuleLookup.ExpectAsync(store.Events, name.Module, session.Stopping).ConfigureAwait(false);
        await using HostSession host = await HostSession
            .StartAsync(session, store, isReader: true)
            .ConfigureAwait(false);
        ModuleSchema schema = await host.Modules.ViewAsync(name.Module, ModuleLookup.SchemaOf).ConfigureAwait(false);
        QuerySchema query = schema.FindQuery(name.Member) ?? throw ModuleLookup.Unknown(
            $"module {name.Module} has no query",
            name.Member,
            schema.Queries.Select(known => known.Name));
        byte[] arguments = ArgumentTexts.Encode(name.ToString(), parsed.GetValue(Arguments) ?? [], query.Arguments);
        QueryOutcome outcome = await host.Mediator
            .Send(new RunQuery(name.Module, name.Member, arguments, LocalCaller.Identity), session.Stopping)
            .ConfigureAwait(false);
        return Report(session, name, query, outcome);
    }

    private static ExitCode Report(Session session, QualifiedName name, QuerySchema query, QueryOutcome outcome)
    {
        var answered = outcome as QueryOutcome.Answered;
        if (!session.IsText) session.Documents.WriteDocument(json => QueryDocument.Write(json, outcome, query.Result));
        else if (answered is not null) session.Output.WriteLine(ValueText.Of(query.Result, answered.Value.Span));
        else ErrorReport.WriteSentence($"{name} was {QueryDocument.WordOf(outcome)}: {QueryDocument.ErrorOf(outcome)}");
        return answered is null ? ExitCode.Failed : ExitCode.Success;
    }
}
