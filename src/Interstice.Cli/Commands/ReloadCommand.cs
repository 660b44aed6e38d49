using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Reloading;

namespace Interstice.Cli.Commands;

/// <summary><c>reload</c>: new code for a module, run over recorded calls first; or the code before the present one again.</summary>
internal static class ReloadCommand
{
    private const string Wasm = "application/wasm";

    private static readonly Argument<string> Module = new("module") { Description = "The module" };
    private static readonly Argument<string?> File = new("file")
    {
        Description = "The module binary (.wasm)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Canary = new("--canary")
    {
        Description = "How many of the last recorded calls the new code is run over first (default: 10000)",
        HelpName = "N|all|none",
    };

    private static readonly Option<bool> AcceptChanges = new("--accept-changes")
    {
        Description = "Take the new code although recorded calls come out otherwise",
    };

    private static readonly Option<bool> RollBack = new("--roll-back") { Description = "Publish the code before the present one again" };

    private static readonly Option<long?> PauseEvents = NumberOptions.Count(
        "--pause-events", "Most events that may be looked at while calls wait (default: 10000)");

    private static readonly Option<long?> PauseMs = NumberOptions.Count(
        "--pause-ms", "How long that may take (default: 2000)", "MS", min: 1, max: 60_000);

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("reload", "New code for a module, run over recorded calls before it takes over")
        {
            Module, File, Canary, AcceptChanges, RollBack, PauseEvents, PauseMs,
        }.Talks().Runs(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string module = parsed.GetRequiredValue(Module);
        string? path = parsed.GetValue(File);
        bool isBack = parsed.GetValue(RollBack);
        if (path is null != isBack)
            throw new CliException(ExitCode.Usage, "reload takes a module binary, or --roll-back without one");
        ReloadOptions options = Options(parsed);
        byte[]? binary = path is null
            ? null
            : await InputFile.ReadAsync(path, CodeStore.BinaryBytesMax, session.Stopping).ConfigureAwait(false);
        if (binary is not null) ModuleFile.Check(path!, binary);
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        JsonElement result;
        try
        {
            result = server is null
                ? await RunHereAsync(session, module, binary, options).ConfigureAwait(false)
                : await server.PostAsync(Path(parsed, module, isBack), binary ?? [], Wasm, hasOutcome: true).ConfigureAwait(false);
        }
        catch (CliException fault) when (fault.Code == ExitCode.Failed && binary is not null && DeclaredName(path!, binary) is { } declared && declared != module)
        {
            throw new CliException(fault.Code, $"{fault.Message}; {path} declares module {declared}, and was to run as {module}", fault);
        }

        if (session.IsText) ReloadText.Write(session.Output, module, result);
        else session.Documents.WriteDocument(json => Write(json, result));
        return result.GetProperty("outcome").GetString() == "refused" ? ExitCode.Failed : ExitCode.Success;
    }

    private static string? DeclaredName(string path, byte[] binary)
    {
        try
        {
            return ModuleFile.ReadSchema(path, binary).Name;
        }
        catch (CliException)
        {
            // What is wrong with the file is said already.
            return null;
        }
    }

    private static ReloadOptions Options(ParseResult parsed)
    {
        var options = new ReloadOptions();
        return options with
        {
            CanaryCalls = CanaryCalls(parsed.GetValue(Canary)) ?? options.CanaryCalls,
            AcceptsChanges = parsed.GetValue(AcceptChanges),
            PauseEventsMax = parsed.GetValue(PauseEvents) ?? options.PauseEventsMax,
            PauseTimeMax = parsed.GetValue(PauseMs) is { } ms ? TimeSpan.FromMilliseconds(ms) : options.PauseTimeMax,
        };
    }

    private static long? CanaryCalls(string? text) => text switch
    {
        null => null,
        "all" => long.MaxValue,
        "none" => 0,
        _ when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long calls) => calls,
        _ => throw new CliException(ExitCode.Usage, $"--canary takes a number of calls, all or none, not \"{text}\""),
    };

    private static string Path(ParseResult parsed, string module, bool isBack) =>
        $"v1/modules/{Uri.EscapeDataString(module)}/{(isBack ? "rollback" : "reload")}" + QueryText.Of(
            ("canary", parsed.GetValue(Canary)),
            ("acceptChanges", parsed.GetValue(AcceptChanges) ? "true" : null),
            ("pauseEvents", parsed.GetValue(PauseEvents)?.ToString(CultureInfo.InvariantCulture)),
            ("pauseMs", parsed.GetValue(PauseMs)?.ToString(CultureInfo.InvariantCulture)));

    private static async Task<JsonElement> RunHereAsync(Session session, string module, byte[]? binary, ReloadOptions options)
    {
        await using OpenStore store = await StoreAccess.OpenForWritingAsync(session, createIfMissing: false).ConfigureAwait(false);
        await ModuleLookup.ExpectAsync(store.Events, module, session.Stopping).ConfigureAwait(false);
        await using HostSession host = await HostSession.StartAsync(session, store).ConfigureAwait(false);
        ReadOnlyMemory<byte>? code = binary is null ? null : (ReadOnlyMemory<byte>?)binary;
        try
        {
            ReloadResult result = await host.Mediator
                .Send(new ReloadModule(module, code, LocalCaller.Identity, options), session.Stopping).ConfigureAwait(false);
            using var json = new JsonBuffer(isIndented: false);
            using JsonDocument document = JsonDocument.Parse(json.Build(writer => ReloadDocument.Write(writer, result)));
            return document.RootElement.Clone();
        }
        catch (ModuleRefusedException refused)
        {
            throw new CliException(ExitCode.Failed, refused.Message, refused);
        }
    }

    // What a host answers may hold more, such as the members of a problem.
    private static void Write(Utf8JsonWriter json, JsonElement result)
    {
        json.WriteStartObject();
        foreach (string member in (string[])["outcome", "published", "canary"])
        {
            json.WritePropertyName(member);
            result.GetProperty(member).WriteTo(json);
        }

        json.WriteEndObject();
    }
}
