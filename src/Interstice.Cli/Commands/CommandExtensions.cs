using System.CommandLine;
using Interstice.Cli.Hosting;

namespace Interstice.Cli.Commands;

/// <summary>Ties commands to what they do.</summary>
internal static class CommandExtensions
{
    /// <summary>Gives a command its action, run inside a <see cref="Session"/>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">What it does; failures are thrown.</param>
    public static Command Does(this Command command, Func<ParseResult, Session, Task<ExitCode>> run)
    {
        command.SetAction(async (parsed, _) =>
        {
            using var session = new Session(
                parsed.GetValue(GlobalOptions.Output),
                parsed.GetValue(GlobalOptions.Store),
                parsed.GetValue(GlobalOptions.Verbose))
            {
                StateOption = parsed.GetValue(GlobalOptions.State),
                JournalOptions = GlobalOptions.Values(parsed, GlobalOptions.Journal),
                EventStoreDbOptions = GlobalOptions.Values(parsed, GlobalOptions.EventStoreDb),
                SnapshotOptions = GlobalOptions.Values(parsed, GlobalOptions.Snapshots),
            };
            return (int)await run(parsed, session).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Gives a command that runs modules the choice of their engine, and its action.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">What it does; is begun only when there is such an engine.</param>
    public static Command Runs(this Command command, Func<ParseResult, Session, Task<ExitCode>> run)
    {
        command.Add(GlobalOptions.Engine);
        return command.Does((parsed, session) =>
        {
            session.Engine = Engines.Create(parsed.GetValue(GlobalOptions.Engine));
            return run(parsed, session);
        });
    }

    /// <summary>Gives a command the options for talking to a running host.</summary>
    public static Command Talks(this Command command)
    {
        command.Add(GlobalOptions.ServerUrl);
        command.Add(GlobalOptions.ApiKeyFile);
        command.Add(GlobalOptions.Insecure);
        return command;
    }

    /// <summary>Leaves a command out of help and completion.</summary>
    public static Command AsHidden(this Command command)
    {
        command.Hidden = true;
        return command;
    }
}
