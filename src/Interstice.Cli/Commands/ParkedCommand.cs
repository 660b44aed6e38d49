using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;

namespace Interstice.Cli.Commands;

/// <summary><c>parked</c>: ticks of timers and deliveries that were given up after failing too often. Looking takes no lock and runs no code;
/// running again and dropping are transactions.</summary>
internal static class ParkedCommand
{
    // A terminal is for looking; the stable formats are complete unless a limit is given.
    private const long TextItemsMax = 100;

    private static readonly Argument<string> Module = new("module") { Description = "The module" };
    private static readonly Argument<string?> SomeModule = new("module")
    {
        Description = "The module (default: all)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Argument<ulong> Id = new("number") { Description = "Its number", CustomParser = result => ReadNumber(result, result.Tokens[0].Value) };
    private static readonly Argument<ulong[]> Ids = new("numbers")
    {
        Description = "Numbers of what is parked",
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = result => [.. result.Tokens.Select(token => ReadNumber(result, token.Value))],
    };

    private static readonly Option<bool> All = new("--all") { Description = "All that is parked in the module when the command begins" };
    private static readonly Option<long?> Limit = NumberOptions.Count("--limit", "Most items of a module (default: 100 in text, else all)");

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new("parked", "Timers' ticks and deliveries that were given up after failing too often")
        {
            new Command("list", "What is parked; takes no lock and runs no code") { SomeModule, Limit }.Talks().Does(ListAsync),
            new Command("show", "One, with its arguments and why it failed; takes no lock and runs no code") { Module, Id }.Talks().Does(ShowAsync),
            new Command("replay", "Runs some again, each once, in one transaction with taking it out; what fails stays") { Module, Ids, All }
                .Talks().Runs((parsed, session) => DecideAsync(parsed, session, drops: false)),
            new Command("drop", "Takes some out for good") { Module, Ids, All }
                .Talks().Runs((parsed, session) => DecideAsync(parsed, session, drops: true)),
        };

    private static async Task<ExitCode> ListAsync(ParseResult parsed, Session session)
    {
        long limit = parsed.GetValue(Limit) ?? (session.IsText ? TextItemsMax : long.MaxValue);
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        await using OpenStore? store = server is null ? await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false) : null;
        ParkedItems items = server is not null ? new RemoteParkedItems(server) : new StoredParkedItems(session, store!);
        var list = new ParkedList(session, isLimitGiven: parsed.GetValue(Limit) is not null);
        IReadOnlyList<string> names = parsed.GetValue(SomeModule) is { } one ? [one] : await items.ModulesAsync().ConfigureAwait(false);
        foreach (string module in names) await list.AddAsync(module, items, limit).ConfigureAwait(false);
        list.End();
        return ExitCode.Success;
    }

    private static async Task<ExitCode> ShowAsync(ParseResult parsed, Session session)
    {
        string module = parsed.GetRequiredValue(Module);
        ulong id = parsed.GetValue(Id);
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        await using OpenStore? store = server is null ? await StoreAccess.OpenForReadingAsync(session).ConfigureAwait(false) : null;
        ParkedItems items = server is not null ? new RemoteParkedItems(server) : new StoredParkedItems(session, store!);
        JsonElement item = await items.FindAsync(module, id).ConfigureAwait(false) ?? throw NothingParked(module, id);
        if (session.IsText) ParkedList.WriteText(session.Output, item);
        else session.Documents.WriteDocument(item.WriteTo);
        return ExitCode.Success;
    }

    private static async Task<ExitCode> DecideAsync(ParseResult parsed, Session session, bool drops)
    {
        string module = parsed.GetRequiredValue(Module);
        ulong[] ids = parsed.GetValue(Ids) ?? [];
        bool isAll = parsed.GetValue(All);
        if (isAll == ids.Length > 0)
            throw new CliException(ExitCode.Usage, $"{CommandLine.Path(parsed)} takes numbers, as interstice parked list {module} shows them, or --all, not {(isAll ? "both" : "neither")}");
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        if (server is not null)
        {
            var remote = new RemoteParkedItems(server);
            return await new ParkedDecision(session, module, drops)
                .RunAsync(isAll ? await remote.NumbersAsync(module).ConfigureAwait(false) : ids, id => remote.DecideAsync(module, id, drops))
                .ConfigureAwait(false);
        }

        await using OpenStore store = await StoreAccess.OpenForWritingAsync(session, createIfMissing: false).ConfigureAwait(false);
        await ModuleLookup.ExpectAsync(store.Events, module, session.Stopping).ConfigureAwait(false);
        await using HostSession host = await HostSession.StartAsync(session, store).ConfigureAwait(false);
        if (isAll)
        {
            (IReadOnlyList<ParkedItem> all, _) = await host.Modules
                .ViewAsync(module, projection => ParkedItem.List(projection, 0, int.MaxValue)).ConfigureAwait(false);
            ids = [.. all.Select(item => item.Id)];
        }

        return await new ParkedDecision(session, module, drops)
            .RunAsync(ids, async id =>
            {
                if (await host.Modules.ViewAsync(module, projection => ParkedItem.Find(projection, id)).ConfigureAwait(false) is null)
                    throw NothingParked(module, id);
                return drops
                    ? await host.Modules.DropParkedAsync(module, id).ConfigureAwait(false)
                    : await host.Modules.ReplayParkedAsync(module, id).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    private static CliException NothingParked(string module, ulong id) => new(
        ExitCode.Usage, $"module {module} has nothing parked under number {id}; interstice parked list {module} shows what there is");

    private static ulong ReadNumber(ArgumentResult result, string text)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)) return number;
        result.AddError($"what is parked has a number, as parked list shows it, not \"{text}\"");
        return 0;
    }
}
