using System.CommandLine;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Cli.Inspection;
using Interstice.Cli.Remote;
using Interstice.Cli.Stores;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;

namespace Interstice.Cli.Commands;

/// <summary><c>publish</c>: puts a module binary into the store and in force.</summary>
internal static class PublishCommand
{
    private static readonly Argument<string> File = new("file") { Description = "The module binary (.wasm)" };
    private static readonly Option<string?> Name = new("--name")
    {
        Description = "Name to publish under (default: the one that the module declares)",
        HelpName = "NAME",
    };

    private static readonly Option<bool> Plan = new("--plan")
    {
        Description = "Say what publishing would change and migrate, tried over the rows that are there; change nothing",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command("publish", "Publish a module, or new code of it; makes the store if there is none") { File, Name, Plan }
            .Talks().Runs(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        string path = parsed.GetRequiredValue(File);
        byte[] binary = await InputFile
            .ReadAsync(path, CodeStore.BinaryBytesMax, session.Stopping)
            .ConfigureAwait(false);
        ModuleFile.Check(path, binary);
        using ServerClient? server = ServerClient.TryCreate(parsed, session);
        if (parsed.GetValue(Plan)) return await PlanAsync(session, server, path, binary, parsed.GetValue(Name)).ConfigureAwait(false);
        if (server is not null)
        {
            JsonElement answer = await server
                .PostAsync("v1/modules" + QueryText.Of(("name", parsed.GetValue(Name))), binary, "application/wasm", hasOutcome: false)
                .ConfigureAwait(false);
            Report(session, Read(answer));
            return ExitCode.Success;
        }

        await using OpenStore store = await StoreAccess
            .OpenForWritingAsync(session, createIfMissing: true)
            .ConfigureAwait(false);
        await using HostSession host = await HostSession.StartAsync(session, store).ConfigureAwait(false);
        PublishResult result = await PublishAsync(host, path, binary, parsed.GetValue(Name)).ConfigureAwait(false);
        Report(session, result);
        return ExitCode.Success;
    }

    private static async Task<ExitCode> PlanAsync(Session session, ServerClient? server, string path, byte[] binary, string? name)
    {
        JsonElement plan = server is null
            ? await PlanHereAsync(session, path, binary, name).ConfigureAwait(false)
            : await server
                .PostAsync("v1/modules" + QueryText.Of(("name", name), ("plan", "true")), binary, "application/wasm", hasOutcome: false)
                .ConfigureAwait(false);
        if (session.IsText) return PlanText.Write(session.Output, plan) ? ExitCode.Success : ExitCode.Failed;
        session.Documents.WriteDocument(plan.WriteTo);
        return plan.GetProperty("refusals").GetArrayLength() == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private static async Task<JsonElement> PlanHereAsync(Session session, string path, byte[] binary, string? name)
    {
        await using OpenStore store = await StoreAccess.OpenForWritingAsync(session, createIfMissing: false).ConfigureAwait(false);
        await using HostSession host = await HostSession.StartAsync(session, store).ConfigureAwait(false);
        try
        {
            PublicationPlan plan = await host.Modules.PlanAsync(binary, name).ConfigureAwait(false);
            using var document = new JsonBuffer(isIndented: false);
            return JsonElement.Parse(document.Build(json => PlanDocument.Write(json, plan)).Span);
        }
        catch (ModuleRefusedException refused)
        {
            throw new CliException(ExitCode.Failed, $"{path}: {refused.Message}", refused);
        }
    }

    private static PublishResult Read(JsonElement answer) => new(
        answer.GetProperty("module").GetString()!,
        answer.GetProperty("version").GetInt32(),
        CodeHash.Read(Convert.FromHexString(answer.GetProperty("codeHash").GetString()!)),
        answer.GetProperty("changed").GetBoolean(),
        new Revision(answer.GetProperty("revision").GetInt64()))
    {
        Warnings = [.. answer.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)],
        Steps = answer.TryGetProperty("steps", out JsonElement steps) ? [.. steps.EnumerateArray().Select(step => step.GetRawText())] : [],
    };

    private static void Report(Session session, PublishResult result)
    {
        if (session.IsText) WriteText(session, result);
        else session.Documents.WriteDocument(json => PublishDocument.Write(json, result));
    }

    // A publication that has begun is finished: it is short, and half of one would only have to be repeated.
    private static async Task<PublishResult> PublishAsync(HostSession host, string path, byte[] binary, string? name)
    {
        try
        {
            return await host.Mediator
                .Send(new PublishModule(binary, LocalCaller.Identity, name), CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (ModuleRefusedException refused)
        {
            throw new CliException(ExitCode.Failed, $"{path}: {refused.Message}", refused);
        }
    }

    private static void WriteText(Session session, PublishResult result)
    {
        session.Output.WriteLine(result.Changed
            ? $"published {result.Module}, version {result.Version}, code {result.Code}, at revision {result.Revision}"
            : $"{result.Module} runs this code already (version {result.Version}); nothing was changed");
        foreach (string step in result.Steps) session.Output.WriteLine($"migrated: {StepText.Describe(MigrationStep.Parse(step))}");
        foreach (string warning in result.Warnings) ErrorReport.WriteSentence($"warning: module {result.Module}: {warning}");
    }
}
