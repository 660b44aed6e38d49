using System.CommandLine;
using Interstice.Cli.Demo;
using Interstice.Cli.Hosting;
using Interstice.Cli.Stores;
using Interstice.Host.Projections;
using Interstice.Kernel.Hashing;

namespace Interstice.Cli.Commands;

/// <summary><c>demo-worker</c>, hidden: the process that <c>demo</c> starts and kills.</summary>
internal static class DemoWorkerCommand
{
    /// <summary>Name of the command.</summary>
    public const string Name = "demo-worker";

    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMilliseconds(50);
    private static readonly Option<int> Phase = new("--phase") { Required = true };
    private static readonly Option<int> Callers = new("--callers") { Required = true };
    private static readonly Option<int> Accounts = new("--accounts") { Required = true };
    private static readonly Option<ulong> Seed = new("--seed") { Required = true };
    private static readonly Option<string> Module = new("--module") { Required = true };

    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new Command(Name, "Works until it is killed") { Phase, Callers, Accounts, Seed, Module, }.AsHidden().Runs(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        await using OpenStore store = await StoreAccess
            .OpenForWritingAsync(session, createIfMissing: false)
            .ConfigureAwait(false);
        await using HostSession host = await HostSession.StartAsync(session, store).ConfigureAwait(false);
        await using Stream output = Console.OpenStandardOutput();
        var lines = new WorkerLines.Writer(output);
        var plan = new LoadPlan(parsed.GetValue(Seed), parsed.GetValue(Accounts));
        string module = parsed.GetValue(Module)!;
        var load = new BankLoad(host.Mediator, module, plan, parsed.GetValue(Phase), lines);
        using var ended = new CancellationTokenSource();
        Task parent = WatchParentAsync(ended);
        Task checkpoints = TellHashesAsync(host, module, lines, ended.Token);
        await Task.WhenAny(load.RunAsync(parsed.GetValue(Callers), long.MaxValue, ended.Token), parent, checkpoints)
            .Unwrap()
            .ConfigureAwait(false);
        return ExitCode.Success;
    }

    // Standard input ends with the parent: nobody is left to listen then.
    private static async Task WatchParentAsync(CancellationTokenSource ended)
    {
        await using Stream input = Console.OpenStandardInput();
        byte[] buffer = new byte[1];
        while (await input.ReadAsync(buffer).ConfigureAwait(false) > 0)
        {
        }

        await ended.CancelAsync().ConfigureAwait(false);
    }

    private static async Task TellHashesAsync(
        HostSession host,
        string module,
        WorkerLines.Writer lines,
        CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CheckpointInterval);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            (long revision, StateHash hash) = await host.Modules
                .ViewAsync(module, Look)
                .ConfigureAwait(false);
            lines.AddHash(revision, hash);
        }
    }

    private static (long Revision, StateHash Hash) Look(ModuleProjection projection) =>
        (projection.Revision.Value, projection.StateHash);
}
