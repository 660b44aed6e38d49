using System.Diagnostics;
using System.Globalization;
using Interstice.Cli.Hosting;
using Interstice.Cli.Stores;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Demo;

/// <content>The kill, and what comes after it.</content>
internal sealed partial class DemoRun
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private int _phase = LoadPlan.FirstKilledPhase;

    private async Task<KillReport> KillAsync()
    {
        _tell.Step("Kill a process in the middle of its work");
        int phase = _phase++;
        long born = Stopwatch.GetTimestamp();
        using WorkerProcess worker = WorkerProcess.Start(target, phase, options);
        _phases.Add(worker.Answers);
        await worker.WaitUntilWorkingAsync(session.Stopping).ConfigureAwait(false);
        TimeSpan start = Stopwatch.GetElapsedTime(born);
        long started = Stopwatch.GetTimestamp();
        await WatchAsync(worker, PlanKill(phase)).ConfigureAwait(false);
        await worker.KillAsync().ConfigureAwait(false);
        TimeSpan worked = Stopwatch.GetElapsedTime(started);
        _tell.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"process {worker.Id} worked for {worked.TotalSeconds:N2} s, acknowledged " +
            $"{worker.Answers.Committed:N0} calls ({worker.Answers.Committed / worked.TotalSeconds:N0}/s), " +
            $"and was killed with SIGKILL"));
        int whileStarting = await KillStartsAsync(start).ConfigureAwait(false);
        return await ReplayAsync(worker, worked, whileStarting).ConfigureAwait(false);
    }

    // The moment is random within the time that the last start took until the first answer: while the runtime loads, while the log is
    // recovered, while tables are rebuilt, or just after. What such a process may have answered counts like all else.
    private async Task<int> KillStartsAsync(TimeSpan start)
    {
        int early = 0;
        for (int i = 0; i < options.KillsAtStart; i++)
        {
            int phase = _phase++;
            var random = new SplitMix(SplitMix.Branch(options.Seed, (ulong)phase));
            using WorkerProcess worker = WorkerProcess.Start(target, phase, options);
            _phases.Add(worker.Answers);
            await Task.Delay(start * (random.Below(1_000_000) / 1_000_000.0), session.Stopping).ConfigureAwait(false);
            await worker.KillAsync().ConfigureAwait(false);
            if (worker.Answers.Committed == 0) early++;
        }

        if (options.KillsAtStart > 0)
            _tell.Say($"{options.KillsAtStart} processes after it were killed while they started, {early} of them before their first answer");
        return early;
    }

    // Counted from the first answer: a process that has not worked yet could lose nothing.
    private TimeSpan PlanKill(int phase)
    {
        var random = new SplitMix(SplitMix.Branch(options.Seed, (ulong)phase));
        return options.Load * (0.3 + (0.7 * random.Below(1_000_000) / 1_000_000));
    }

    private async Task WatchAsync(WorkerProcess worker, TimeSpan duration)
    {
        session.Progress.Begin("working until killed");
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < duration)
        {
            TimeSpan left = duration - elapsed;
            await Task.Delay(left < Tick ? left : Tick, session.Stopping).ConfigureAwait(false);
            session.Progress.Report(worker.Answers.Committed, 0, "calls");
        }
    }

    private async Task<KillReport> ReplayAsync(WorkerProcess worker, TimeSpan worked, int killedWhileStarting)
    {
        _tell.Step("Start again: recover the log, rebuild every table from it");
        await using OpenStore store = await StoreAccess
            .OpenForWritingAsync(session, target, createIfMissing: false)
            .ConfigureAwait(false);
        long torn = store.Journal?.Recovery.TornTail?.Bytes ?? 0;
        if (store.Journal is not null) _tell.Say(torn == 0
            ? "the log ends with a whole frame: nothing was cut off"
            : $"the last write was cut off: its {torn} bytes, acknowledged to nobody, are dropped");
        await using HostSession host = await HostSession.StartAsync(session, store).ConfigureAwait(false);
        ReplayResult replay = host.Replays.Single(result => result.Module == options.Module);
        if (replay.From != Revision.None) _tell.Say($"the snapshot at revision {replay.From} is good: only what follows it is replayed");
        double seconds = Math.Max(replay.Elapsed.TotalSeconds, 1e-6);
        _tell.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{replay.Events:N0} events of {replay.Transactions:N0} transactions in " +
            $"{replay.Elapsed.TotalMilliseconds:N0} ms, {replay.Transactions / seconds:N0} transactions/s; " +
            $"no module code ran meanwhile"));
        AuditReport audit = await new BankAudit(_plan, _phases)
            .RunAsync(store.Events.ReadStreamAsync(
                StreamNames.Module(options.Module),
                ReadDirection.Forwards,
                Revision.First,
                replay.Revision.Value + 1, // what a server was sent before the kill may arrive yet, and is compared after the next one
                session.Stopping))
            .ConfigureAwait(false);
        var report = new KillReport
        {
            ProcessId = worker.Id,
            Worked = worked,
            Acknowledged = worker.Answers.Committed,
            KilledWhileStarting = killedWhileStarting,
            TornBytes = torn,
            SnapshotRevision = replay.From,
            ReplayedEvents = replay.Revision.Value + 1,
            ReplayedTransactions = replay.TransactionCount,
            Replay = replay.Elapsed,
            HashAfterReplay = replay.StateHash,
            Audit = audit,
        };
        Compare(report);
        return report;
    }

    private void Compare(KillReport report)
    {
        AuditReport audit = report.Audit;
        _tell.Step("Compare");
        _tell.Fact("state hash the killed process logged", audit.RecordedHash);
        _tell.Fact("state hash after replay", report.HashAfterReplay);
        _tell.Fact("state hash of a model in plain C#", audit.ModelHash);
        _tell.Fact("acknowledged calls", string.Create(CultureInfo.InvariantCulture, $"{audit.Acknowledged:N0}"));
        _tell.Fact("  of these lost", audit.Lost);
        _tell.Fact("  of these twice in the log", audit.Unexpected);
        _tell.Fact("durable, but not told before the kill", audit.Untold);
        _tell.Fact("hashes seen by the living process", $"{audit.CheckpointsCompared}, compared with the log");
        _tell.Fact("money deposited, money in accounts", string.Create(
            CultureInfo.InvariantCulture,
            $"{audit.Deposited:N0}, {audit.InAccounts:N0}"));
    }
}
