using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Cli.Stores;
using Interstice.Host.Commands;
using Interstice.Host.Modules;

namespace Interstice.Cli.Demo;

/// <summary>The demonstration: work, a killed process, replay, comparison.</summary>
/// <param name="session">The session.</param>
/// <param name="options">Size and seed.</param>
/// <param name="target">The store, which is new: a directory, or the address of a store elsewhere.</param>
internal sealed partial class DemoRun(Session session, DemoOptions options, string target)
{
    private readonly Narration _tell = new(session);
    private readonly LoadPlan _plan = new(options.Seed, options.Accounts);
    private readonly List<PhaseAnswers> _phases = [];

    /// <summary>What the store is called, without credentials.</summary>
    private string Name => RemoteAddress.TryParse(target)?.Name ?? target;

    /// <summary>Runs it.</summary>
    public async Task<DemoReport> RunAsync()
    {
        _tell.Say($"store {Name}, seed {options.Seed}, {options.Callers} callers");
        await WorkAsync().ConfigureAwait(false);
        List<KillReport> kills = [];
        for (int i = 0; i < options.Kills; i++)
            kills.Add(await KillAsync().ConfigureAwait(false));
        var report = await VerifyAsync(kills).ConfigureAwait(false);
        Conclude(report);
        return report;
    }

    private async Task WorkAsync()
    {
        await using OpenStore store = await StoreAccess
            .OpenForWritingAsync(session, target, createIfMissing: true)
            .ConfigureAwait(false);
        await using HostSession host = await HostSession.StartAsync(session, store).ConfigureAwait(false);
        await PublishAsync(host).ConfigureAwait(false);
        _tell.Step("Open accounts and move money");
        await LoadAsync(host, LoadPlan.OpeningPhase, options.Accounts, "accounts opened").ConfigureAwait(false);
        await LoadAsync(host, LoadPlan.WorkingPhase, options.Transfers, "calls committed").ConfigureAwait(false);
        if (!session.IsText) return;
        await ShowTablesAsync(host).ConfigureAwait(false);
        await ShowTransactionAsync(store.Events).ConfigureAwait(false);
    }

    private async Task PublishAsync(HostSession host)
    {
        _tell.Step("Publish the bank, a WebAssembly module");
        if (host.Modules.Names.Contains(options.Module, StringComparer.Ordinal))
        {
            throw new CliException(
                ExitCode.Failed,
                $"the store {Name} has a module {options.Module} already; " +
                "the demonstration needs a store without one, or another name with --module NAME");
        }

        byte[] binary = BankBinary.Read(options.Module);
        PublishResult published = await host.Mediator
            .Send(new PublishModule(binary, LocalCaller.Identity), session.Stopping)
            .ConfigureAwait(false);
        _tell.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{BankBinary.Name}, {binary.Length:N0} bytes, is module {published.Module}, version {published.Version}; " +
            $"its code and schema are in the log"));
    }

    private async Task LoadAsync(HostSession host, int phase, long calls, string what)
    {
        var answers = new PhaseAnswers(phase, options.Callers);
        _phases.Add(answers);
        session.Progress.Begin(what);
        long started = Stopwatch.GetTimestamp();
        Task load = new BankLoad(host.Mediator, options.Module, _plan, phase, answers).RunAsync(
            options.Callers,
            calls,
            session.Stopping);
        while (await Task.WhenAny(load, Task.Delay(Tick)).ConfigureAwait(false) != load)
            session.Progress.Report(answers.Committed + answers.Rejected, calls, "calls");
        await load.ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        string rejected = answers.Rejected == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"; {answers.Rejected:N0} rejected (insufficient funds) and leave nothing behind");
        _tell.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{answers.Committed:N0} {what} in {seconds:N2} s, {answers.Committed / seconds:N0}/s, " +
            $"each durable before its caller went on{rejected}"));
    }

    private async Task<DemoReport> VerifyAsync(List<KillReport> kills)
    {
        if (RemoteAddress.TryParse(target) is null)
        {
            _tell.Step("Verify every byte of the log");
            LogVerificationReport log = await new LogVerification(session, target, []).RunAsync().ConfigureAwait(false);
            _tell.Say($"{log.Describe()}: {(log.IsOk ? "ok" : log.Errors[0].ToString())}");
            return new DemoReport(Name, options, kills, log, null);
        }

        // The bytes are the server's; what can be checked from here is every transaction, its hash and the chain.
        _tell.Step("Replay from position zero and compare the hash of every transaction");
        await using OpenStore store = await StoreAccess
            .OpenForWritingAsync(session, target, createIfMissing: false)
            .ConfigureAwait(false);
        ReplayCheckReport replay = await new ReplayCheck(session, store.Events, options.Module).RunAsync(1).ConfigureAwait(false);
        if (replay.CommitPointFailure is { } failure) ExceptionDispatchInfo.Throw(failure);
        _tell.Say($"{Count.Of(replay.Runs[0].Events, "event")}: {(replay.IsDeterministic ? "every hash is right" : replay.Divergence!.ToString())}");
        return new DemoReport(Name, options, kills, null, replay);
    }

    private void Conclude(DemoReport report)
    {
        AuditReport audit = report.Kills[^1].Audit;
        string kills = options.Kills == 1 ? "one kill -9" : $"{options.Kills} times kill -9";
        if (options.KillsAtStart > 0) kills += $" and {options.KillsAtStart} at each start after one";
        _tell.Verdict(report.IsClean, report.IsClean
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{kills}, {audit.Acknowledged:N0} acknowledged calls: none lost, none twice, " +
                $"equal hashes after replay")
            : $"{report.FirstProblem ?? "the state hashes are not equal"} (seed {options.Seed})");
    }
}
