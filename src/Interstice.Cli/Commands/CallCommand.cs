using System.CommandLine;
using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Cli.Inspection;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Commands;
using Interstice.Host.Idempotency;
using Interstice.Kernel.Schema;

namespace Interstice.Cli.Commands;

/// <summary><c>call</c>: runs a reducer; its transaction is durable when the answer comes.</summary>
internal static class CallCommand
{
    private static readonly Argument<string> Name =
        new("module.reducer") { Description = "The reducer, such as bank.transfer" };
    private static readonly Argument<string[]> Arguments = new("arguments")
    {
        Description = "Its arguments as JSON; the quotes of a text may be left out",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Key = new("--idempotency-key")
    {
        Description = "A key of your own: however often the call is made with it, it takes effect once and has one answer",
        HelpName = "KEY",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command(
            "call",
            "Call a reducer; its transaction is durable when the answer comes") { Name, Arguments, Key }.Talks().Runs(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        QualifiedName name = QualifiedName.Parse(parsed.GetRequiredValue(Name), "reducer");
        string? key = parsed.GetValue(Key);
        if (key is not null && CallKey.Check(key) is { } wrong) throw new CliException(ExitCode.Usage, $"{Key.Name}: {wrong}");
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        if (server is not null)
        {
            (CallOutcome answer, DataType? result) = await new RemoteCalls(server)
                .CallAsync(name, parsed.GetValue(Arguments) ?? [], key)
                .ConfigureAwait(false);
            return Report(session, new CallReport(name, result, answer));
        }

        await using OpenStore store = await StoreAccess
            .OpenForWritingAsync(session, createIfMissing: false)
            .ConfigureAwait(false);
        await ModuleLookup.ExpectAsync(store.Events, name.Module, session.Stopping).ConfigureAwait(false);
        await using HostSession host = await HostSession.StartAsync(session, store).ConfigureAwait(false);
        ModuleSchema schema = await host.Modules.ViewAsync(name.Module, ModuleLookup.SchemaOf).ConfigureAwait(false);
        ReducerSchema reducer = schema.FindReducer(name.Member) ?? throw ModuleLookup.Unknown(
            $"module {name.Module} has no reducer",
            name.Member,
            schema.Reducers.Select(known => known.Name));
        byte[] arguments = ArgumentTexts.Encode(name.ToString(), parsed.GetValue(Arguments) ?? [], reducer.Arguments);

        // A call that was queued is waited for: fuel bounds it, and an answer is worth more than a quick end.
        CallOutcome outcome = await host.Mediator
            .Send(new CallReducer(name.Module, name.Member, arguments, LocalCaller.Identity, key), CancellationToken.None)
            .ConfigureAwait(false);
        return Report(session, new CallReport(name, reducer.Result, outcome));
    }

    private static ExitCode Report(Session session, CallReport report)
    {
        if (session.IsText) report.WriteText(session.Output);
        else session.Documents.WriteDocument(report.Write);
        return report.Code;
    }
}
