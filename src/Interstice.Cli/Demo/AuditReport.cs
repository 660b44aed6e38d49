using Interstice.Kernel.Hashing;

namespace Interstice.Cli.Demo;

/// <summary>What comparing the log with the answers found.</summary>
internal sealed record AuditReport
{
    /// <summary>Events in the module's stream.</summary>
    public required long Events { get; init; }

    /// <summary>Transactions in the module's stream.</summary>
    public required long Transactions { get; init; }

    /// <summary>Calls that were acknowledged as committed.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Calls that were rejected.</summary>
    public required long Rejected { get; init; }

    /// <summary>Acknowledged calls that the log does not have.</summary>
    public required long Lost { get; init; }

    /// <summary>Transactions that stand in the log twice, or that nobody sent.</summary>
    public required long Unexpected { get; init; }

    /// <summary>Transactions that were durable when the process was killed before its caller was told.</summary>
    public required long Untold { get; init; }

    /// <summary>State hashes seen by the running process that were compared with the log.</summary>
    public required int CheckpointsCompared { get; init; }

    /// <summary>The state hash that the log recorded with the last transaction, by the process that was
    /// killed.</summary>
    public required StateHash RecordedHash { get; init; }

    /// <summary>The state hash by the independent model.</summary>
    public required StateHash ModelHash { get; init; }

    /// <summary>First deposits, by the model.</summary>
    public required long Deposited { get; init; }

    /// <summary>Balances, by the model.</summary>
    public required long InAccounts { get; init; }

    /// <summary>What was wrong first, in one sentence; null for nothing.</summary>
    public required string? FirstProblem { get; init; }

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsClean => FirstProblem is null && Lost == 0 && Unexpected == 0
        && RecordedHash == ModelHash && Deposited == InAccounts;
}
