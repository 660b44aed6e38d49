using System.CommandLine;

namespace Interstice.Cli.Commands;

/// <summary><c>completion</c>: a script that completes command lines in a shell.</summary>
internal static class CompletionCommand
{
    // Each script hands the line to the program's [suggest] directive, so that it never falls behind the commands.
    private const string Bash = """
        _interstice_complete() {
            local IFS=$'\n'
            local found="$(interstice "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)"
            COMPREPLY=($(compgen -W "${found}" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _interstice_complete interstice
        """;

    private const string Zsh = """
        #compdef interstice
        _interstice() {
            local -a found
            found=("${(@f)$(interstice "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a found
            _files
        }
        compdef _interstice interstice
        """;

    private const string Fish = """
        complete -c interstice -a '(interstice "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName interstice -ScriptBlock {
            param($word, $ast, $position)
            interstice "[suggest:$position]" "$ast" 2>$null | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh" }
            .AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        return new Command("completion", "A script that completes command lines in a shell")
        {
            shell,
        }.Does((parsed, session) =>
        {
            session.Output.WriteLine(parsed.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                _ => PowerShell,
            });
            return Task.FromResult(ExitCode.Success);
        });
    }
}
