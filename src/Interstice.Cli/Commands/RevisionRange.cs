using System.CommandLine;
using Interstice.Cli.Errors;
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
    /// <exception cref="CliException">The range ends before it begins.</exception>
    public static (Revision From, Revision? To) Of(ParseResult parsed)
    {
        long from = parsed.GetValue(From) ?? 0;
        long? to = parsed.GetValue(To);
        if (to < from) throw new CliException(ExitCode.Usage, $"--to {to} is before --from {from}");
        return (new Revision(from), to is { } last ? new Revision(last) : null);
    }

    /// <summary>Refuses a range that begins behind the end of every module: nothing to look at would look like nothing found.</summary>
    /// <exception cref="CliException">No module has the revision.</exception>
    public static async Task ExpectAsync(
        IEventStore store, IReadOnlyList<string> modules, Revision from, CancellationToken cancellationToken)
    {
        if (from <= Revision.First) return;
        (string Module, Revision Last) longest = ("", Revision.None);
        foreach (string module in modules)
        {
            Revision last = await store.GetLastRevisionAsync(StreamNames.Module(module), cancellationToken).ConfigureAwait(false);
            if (last > longest.Last) longest = (module, last);
        }

        if (from <= longest.Last || longest.Module.Length == 0) return;
        throw new CliException(
            ExitCode.Usage,
            modules.Count == 1
                ? $"module {longest.Module} has no revision {from}; its last one is {longest.Last}"
                : $"no module has a revision {from}; the last one of {longest.Module}, which has the most, is {longest.Last}");
    }
}
