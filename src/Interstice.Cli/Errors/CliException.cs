namespace Interstice.Cli.Errors;

/// <summary>Ends the command with an exit code and one sentence that says what, where and what to do.</summary>
/// <param name="code">The exit code.</param>
/// <param name="message">The sentence.</param>
/// <param name="inner">The cause, shown with <c>--verbose</c>.</param>
internal class CliException(ExitCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The exit code.</summary>
    public ExitCode Code { get; } = code;
}
