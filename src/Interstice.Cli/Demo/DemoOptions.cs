namespace Interstice.Cli.Demo;

/// <summary>Size of the demonstration.</summary>
internal sealed record DemoOptions
{
    /// <summary>Accounts opened, 2 or more.</summary>
    public required int Accounts { get; init; }

    /// <summary>Calls of the first, undisturbed part.</summary>
    public required long Transfers { get; init; }

    /// <summary>Concurrent callers, each with one call in flight.</summary>
    public required int Callers { get; init; }

    /// <summary>How long a process works at most before it is killed.</summary>
    public required TimeSpan Load { get; init; }

    /// <summary>How often a process is killed.</summary>
    public required int Kills { get; init; }

    /// <summary>How many processes are killed, after each of these kills, while they start.</summary>
    public required int KillsAtStart { get; init; }

    /// <summary>Seed of all that is random: calls, and moments of the kills.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Name that the bank is published under.</summary>
    public string Module { get; init; } = BankBinary.Module;

    /// <summary>What <c>--engine</c> says, for the second process; null when it was not given.</summary>
    public string? Engine { get; init; }

    /// <summary>Settings of the store that the command line gives, for the second process.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> StoreOptions { get; init; } = [];

    /// <summary>Whether the throw-away store stays.</summary>
    public required bool Keeps { get; init; }
}
