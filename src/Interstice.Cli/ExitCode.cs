namespace Interstice.Cli;

/// <summary>Exit codes of the program (docs/cli.md).</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>The thing asked for failed: a reducer rejected, a check found a difference.</summary>
    Failed = 1,

    /// <summary>The command line is wrong: an unknown command, option or name, arguments that do not fit.</summary>
    Usage = 2,

    /// <summary>The store or a file could not be opened.</summary>
    Unopened = 3,

    /// <summary>The store holds damaged data.</summary>
    Damaged = 4,

    /// <summary>Interrupted by Ctrl-C or a request to end.</summary>
    Interrupted = 130,
}
