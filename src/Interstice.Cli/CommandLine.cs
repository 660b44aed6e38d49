using System.CommandLine;
using System.CommandLine.Parsing;
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
        TimersCommand.Create(),
        ParkedCommand.Create(),
        DeliveriesCommand.Create(),
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

    /// <summary>The command that was given, with those that it is part of: <c>interstice parked list</c>.</summary>
    public static string Path(ParseResult parsed)
    {
        List<string> names = [];
        for (SymbolResult? part = parsed.CommandResult; part is CommandResult { Command: not RootCommand } result; part = part.Parent)
            names.Insert(0, result.Command.Name);
        return string.Join(' ', names.Prepend("interstice"));
    }

    private static string? DescribeUsageError(ParseResult parsed)
    {
        if (FindStrayOption(parsed) is { } stray) return DescribeUnknown(parsed, stray);
        if (parsed.Errors.Count == 0) return null;
        Command command = parsed.CommandResult.Command;
        string path = Path(parsed);
        string subject = command is RootCommand ? path : path[(path.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        string help = $"{path} --help";
        string[] names = [.. command.Subcommands.Where(known => !known.Hidden).Select(known => known.Name)];
        if (names.Length > 0 && parsed.UnmatchedTokens is [{ } word, ..] && !word.StartsWith('-'))
        {
            string hint = NearestName.Suggest(word, names);
            string what = command is RootCommand ? $"there is no command \"{word}\"" : $"{subject} has no command \"{word}\"";
            string known = command is RootCommand ? $"; {help} lists them" : $"; it has {string.Join(", ", names)}";
            return what + (hint.Length > 0 ? hint : known);
        }

        if (names.Length > 0 && command is not RootCommand && parsed.UnmatchedTokens.Count == 0)
            return $"{subject} wants to know what to do: {string.Join(", ", names)}; see {help}";

        if (parsed.UnmatchedTokens is [{ } unknown, ..]) return DescribeUnknown(parsed, unknown);
        string message = parsed.Errors[0].Message.TrimEnd('.').Replace($" for command: '{command.Name}'", "", StringComparison.Ordinal);
        return $"{subject}: {message}; see {help}";
    }

    private static string DescribeUnknown(ParseResult parsed, string word)
    {
        string path = Path(parsed);
        string what = word.StartsWith('-') ? "no option" : "no further argument";
        string hint = NearestName.Suggest(word, OptionNames(parsed));
        return $"{path[(path.IndexOf(' ', StringComparison.Ordinal) + 1)..]} takes {what} \"{word}\"{(hint.Length > 0 ? hint : $"; see {path} --help")}";
    }

    // A misspelt option would be taken for a module or a file. Lists of arguments may hold any text, and so may what stands behind "--".
    private static string? FindStrayOption(ParseResult parsed) => parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)
        ? null
        : parsed.CommandResult.Children.OfType<ArgumentResult>()
            .Where(result => !result.Argument.ValueType.IsArray)
            .SelectMany(result => result.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(text => text.Length > 2 && text.StartsWith("--", StringComparison.Ordinal));

    private static IEnumerable<string> OptionNames(ParseResult parsed) => parsed.CommandResult.Command.Options
        .Concat(parsed.RootCommandResult.Command.Options)
        .Select(option => option.Name);
}
