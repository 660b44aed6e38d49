using System.CommandLine;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Commands;

/// <summary>Options for a range of a module's revisions.</summary>
internal static class RevisionRange
{
    /// <summary>The first revision.</summary>
    public static readonly Option<long?> From = NumberOptions.Count(
        "--from", "First revision (default: the first one)", "REVISION");

    /// <summary>The last revision.</summary>
    public static readonly Option<long?> To = NumberOptions.Count(
        "--to", "Last revision, moved on to the end of its transaction (default: the last one)", "REVISION");

    /// <summary>What the command line says.</summary>
    /// <exception cref="Errors.CliException">The range ends before it begins.</exception>
    public static (Revision From, Revision? To) Of(ParseResult parsed)
    {
        long from = parsed.GetValue(From) ?? 0;
        long? to = parsed.GetValue(To);
        if (to < from) throw new Errors.CliException(ExitCode.Usage, $"--to {to} is before --from {from}");
        return (new Revision(from), to is { } last ? new Revision(last) : null);
    }
}
