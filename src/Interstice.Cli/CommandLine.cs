using System.CommandLine;
using Interstice.Cli.Commands;
using Interstice.Cli.Errors;
using Interstice.Kernel.Schema;

namespace Interstice.Cli;

/// <summary>The program: parses the command line, runs the command, turns every failure into a sentence and an exit
/// code.</summary>
internal static class CommandLine
{
    /// <summary>Runs the program.</summary>
    /// <param name="arguments">The command line without the program's name.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        RootCommand root = CreateRoot();
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (DescribeUsageError(parsed) is { } problem)
        {
            ErrorReport.WriteSentence(problem);
            return (int)ExitCode.Usage;
        }

        try
        {
            return await parsed
                .InvokeAsync(new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                })
                .ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            return (int)ErrorReport.Write(fault, parsed.GetValue(GlobalOptions.Verbose));
        }
    }

    /// <summary>The tree of commands.</summary>
    public static RootCommand CreateRoot()
    {
        var root = new RootCommand("Interstice hosts application logic whose every change is an event in a log.")
        {
            GlobalOptions.Store,
            GlobalOptions.State,
            GlobalOptions.Output,
            GlobalOptions.Verbose,
        };
        foreach (Option<string?> option in GlobalOptions.Journal.Concat(GlobalOptions.EventStoreDb).Concat(GlobalOptions.Snapshots)) root.Add(option);
        root.Options.OfType<VersionOption>().Single().Action = new VersionReport();
        foreach (Command command in AllCommands()) root.Add(command);
        root.SetAction(parsed => parsed.RootCommandResult.Command.Parse("--help").Invoke());
        return root;
    }

    private static Command[] AllCommands() =>
    [
        DemoCommand.Create(),
        RunCommand.Create(),
        HealthCommand.Create(),
        StoreCommand.Create(),
        PublishCommand.Create(),
        ReloadCommand.Create(),
        CallCommand.Create(),
        QueryCommand.Create(),
        RowsCommand.Create(),
        AggregateCommand.Create(),
        ModulesCommand.Create(),
        SchemaCommand.Create(),
        GraphCommand.Create(),
        SchemaDiffCommand.Create(),
        LogInspectCommand.Create(),
        LogVerifyCommand.Create(),
        LogRepairCommand.Create(),
        LogArchiveCommand.Create(),
        LogScavengeCommand.Create(),
        ReplayCheckCommand.Create(),
        LeakCheckCommand.Create(),
        SnapshotCommand.Create(),
        SnapshotsCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
        CompletionCommand.Create(),
        DemoWorkerCommand.Create(),
    ];

    private static string? DescribeUsageError(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0) return null;
        Command command = parsed.CommandResult.Command;
        string subject = command is RootCommand ? "interstice" : command.Name;
        string help = command is RootCommand ? "interstice --help" : $"interstice {command.Name} --help";
        if (command is RootCommand && parsed.UnmatchedTokens is [{ } word, ..] && !word.StartsWith('-'))
        {
            IEnumerable<string> names = command.Subcommands.Where(known => !known.Hidden).Select(known => known.Name);
            string hint = NearestName.Suggest(word, names);
            return $"there is no command \"{word}\"{(hint.Length > 0 ? hint : $"; {help} lists them")}";
        }

        if (parsed.UnmatchedTokens is [{ } unknown, ..])
        {
            string what = unknown.StartsWith('-') ? "no option" : "no further argument";
            string hint = NearestName.Suggest(unknown, OptionNames(parsed));
            return $"{subject} takes {what} \"{unknown}\"{(hint.Length > 0 ? hint : $"; see {help}")}";
        }

        string message = parsed.Errors[0].Message.TrimEnd('.');
        return $"{subject}: {message}; see {help}";
    }

    private static IEnumerable<string> OptionNames(ParseResult parsed) => parsed.CommandResult.Command.Options
        .Concat(parsed.RootCommandResult.Command.Options)
        .Select(option => option.Name);
}
