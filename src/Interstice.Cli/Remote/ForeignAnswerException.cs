using Interstice.Cli.Errors;

namespace Interstice.Cli.Remote;

/// <summary>An answer that no Interstice host gives: of something else at the address, or of a proxy before a host, which may have passed the
/// request on.</summary>
/// <param name="message">Says what answered, and what to do.</param>
/// <param name="cause">Why it is none, if that was an exception.</param>
internal sealed class ForeignAnswerException(string message, Exception? cause = null) : CliException(ExitCode.Unopened, message, cause);
