using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Inspection;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;

namespace Interstice.Cli.Demo;

/// <summary>One kill and what came after it.</summary>
internal sealed record KillReport
{
    /// <summary>Process that was killed.</summary>
    public required int ProcessId { get; init; }

    /// <summary>How long it worked.</summary>
    public required TimeSpan Worked { get; init; }

    /// <summary>Calls that it acknowledged.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>How many processes were killed after it before they had answered a call.</summary>
    public required int KilledWhileStarting { get; init; }

    /// <summary>Bytes at the end of the log that never became durable and were dropped; 0 for none.</summary>
    public required long TornBytes { get; init; }

    /// <summary>Revision of the snapshot that replay began with; <see cref="Revision.None"/> for position zero.</summary>
    public required Revision SnapshotRevision { get; init; }

    /// <summary>Events applied by the replay.</summary>
    public required long ReplayedEvents { get; init; }

    /// <summary>Transactions applied by the replay.</summary>
    public required long ReplayedTransactions { get; init; }

    /// <summary>How long the replay took.</summary>
    public required TimeSpan Replay { get; init; }

    /// <summary>The state hash after the replay.</summary>
    public required StateHash HashAfterReplay { get; init; }

    /// <summary>The comparison of log and answers.</summary>
    public required AuditReport Audit { get; init; }

    /// <summary>Whether everything is as it must be.</summary>
    public bool IsClean => Audit.IsClean && HashAfterReplay == Audit.RecordedHash && HashAfterReplay == Audit.ModelHash
        && ReplayedTransactions == Audit.Transactions && ReplayedEvents == Audit.Events;
}

/// <summary>What a demonstration gave.</summary>
/// <param name="Store">What the store is called.</param>
/// <param name="Options">Size and seed.</param>
/// <param name="Kills">Each kill, in order.</param>
/// <param name="Log">What verifying the log at the end found; null for a store elsewhere.</param>
/// <param name="Replay">What replaying a store elsewhere at the end found; null for an embedded journal.</param>
internal sealed record DemoReport(
    string Store,
    DemoOptions Options,
    IReadOnlyList<KillReport> Kills,
    LogVerificationReport? Log,
    ReplayCheckReport? Replay)
{
    /// <summary>Whether everything is as it must be.</summary>
    public bool IsClean =>
        Kills.All(kill => kill.IsClean)
        && (Log is null || (Log.IsOk && TransactionsIn(Log) == Kills[^1].Audit.Transactions))
        && Replay is null or { IsDeterministic: true };

    /// <summary>What was wrong first, in one sentence; null for nothing that has one.</summary>
    public string? FirstProblem => Kills
        .Select(kill => kill.Audit.FirstProblem)
        .Concat(Log?.Errors.Select(error => error.ToString()) ?? [])
        .Append(Replay?.Divergence?.ToString())
        .FirstOrDefault(problem => problem is not null);

    // The store may hold other modules.
    private long TransactionsIn(LogVerificationReport log) => log.Chains.Single(chain => chain.Module == Options.Module).Transactions;

    /// <summary>Writes the stable object: the figures of the last kill, and one entry for each.</summary>
    public void Write(Utf8JsonWriter json)
    {
        KillReport last = Kills[^1];
        double seconds = Kills.Sum(kill => kill.Worked.TotalSeconds);
        json.WriteStartObject();
        json.WriteBoolean("ok", IsClean);
        json.WriteNumber("transactions", last.Audit.Transactions);
        json.WriteNumber("events", last.Audit.Events);
        json.WriteString("stateHashBeforeKill", last.Audit.RecordedHash.ToString());
        json.WriteString("stateHashAfterReplay", last.HashAfterReplay.ToString());
        json.WriteString("stateHashOfModel", last.Audit.ModelHash.ToString());
        json.WriteNumber("replayMs", Math.Round(last.Replay.TotalMilliseconds, 3));
        json.WriteNumber("transactionsPerSecond", Math.Round(Kills.Sum(kill => kill.Acknowledged) / seconds, 1));
        json.WriteNumber("acknowledged", last.Audit.Acknowledged);
        json.WriteNumber("rejected", last.Audit.Rejected);
        json.WriteNumber("lost", Kills.Sum(kill => kill.Audit.Lost));
        json.WriteNumber("unexpected", Kills.Sum(kill => kill.Audit.Unexpected));
        json.WriteNumber("untold", last.Audit.Untold);
        json.WriteNumber("checkpointsCompared", last.Audit.CheckpointsCompared);
        json.WriteString("deposited", last.Audit.Deposited.ToString(CultureInfo.InvariantCulture));
        json.WriteString("inAccounts", last.Audit.InAccounts.ToString(CultureInfo.InvariantCulture));
        json.WriteString("firstProblem", FirstProblem);
        json.WritePropertyName("logVerify");
        if (Log is null) json.WriteNullValue();
        else Log.Write(json);
        if (Replay is not null)
        {
            json.WritePropertyName("replayCheck");
            Replay.Write(json);
        }

        json.WriteString("seed", Options.Seed.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("callers", Options.Callers);
        json.WriteString("store", Store);
        json.WriteStartArray("kills");
        foreach (KillReport kill in Kills) Write(json, kill);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, KillReport kill)
    {
        json.WriteStartObject();
        json.WriteBoolean("ok", kill.IsClean);
        json.WriteNumber("workedMs", Math.Round(kill.Worked.TotalMilliseconds, 3));
        json.WriteNumber("acknowledged", kill.Acknowledged);
        json.WriteNumber("killedWhileStarting", kill.KilledWhileStarting);
        json.WriteNumber("tornBytes", kill.TornBytes);
        json.WriteNumber("snapshotRevision", kill.SnapshotRevision.Value);
        json.WriteNumber("replayedEvents", kill.ReplayedEvents);
        json.WriteNumber("replayedTransactions", kill.ReplayedTransactions);
        json.WriteNumber("replayMs", Math.Round(kill.Replay.TotalMilliseconds, 3));
        json.WriteString("stateHashBeforeKill", kill.Audit.RecordedHash.ToString());
        json.WriteString("stateHashAfterReplay", kill.HashAfterReplay.ToString());
        json.WriteEndObject();
    }
}
