using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Whatever is wrong with a command line ends with code 2 and a sentence that says what, where and what to
/// do.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("demoo", "there is no command \"demoo\"; did you mean \"demo\"?")]
    [InlineData("frobnicate", "there is no command \"frobnicate\"; interstice --help lists them")]
    [InlineData("modules --hstory", "modules takes no option \"--hstory\"; did you mean \"--history\"?")]
    [InlineData("modules extra", "modules takes no further argument \"extra\"; see interstice modules --help")]
    [InlineData("modules -o xml", "modules: --output takes one of text, json, yaml, ndjson, not \"xml\"")]
    [InlineData("publish", "publish: Required argument 'file' missing")]
    [InlineData("rows bank.accounts --limit many", "rows: --limit takes a whole number, 0 or more, not \"many\"")]
    [InlineData("rows bank.accounts --limit -1", "--limit takes a whole number, 0 or more, not \"-1\"")]
    [InlineData("rows accounts", "\"accounts\" does not name a table; write MODULE.TABLE, such as bank.accounts")]
    [InlineData("call bank.", "\"bank.\" does not name a reducer; write MODULE.REDUCER, such as bank.transfer")]
    [InlineData("query a.b.c", "\"a.b.c\" does not name a query; write MODULE.QUERY, such as bank.balance")]
    [InlineData("replay-check --runs 0", "--runs takes a whole number, 1 to 1000, not \"0\"")]
    [InlineData("log-inspect --op updat", "emit, call, commit, publish, own, code, list, not \"updat\"; did you mean \"update\"?")]
    [InlineData("log-inspect --since yesterday", "--since takes a time such as 2026-01-31T12:00:00Z")]
    [InlineData("log-inspect --caller xyz", "--caller takes up to 64 hexadecimal digits of an identity, not \"xyz\"")]
    [InlineData("log-inspect --match (", "--match takes a regular expression")]
    [InlineData("demo --accounts 1", "--accounts takes a whole number, 2 to 1000000, not \"1\"")]
    [InlineData("demo --seconds soon", "--seconds takes a number, 0.05 to 3600, not \"soon\"")]
    [InlineData("publish x.wasm --engine v8", "--engine takes one of managed, wasmtime, not \"v8\"")]
    [InlineData("call bank.transfer --engine", "call: Required argument missing for option: '--engine'")]
    [InlineData("rows bank.accounts --engine managed", "rows takes no option \"--engine\"")]
    [InlineData("completion tcsh", "completion: Argument 'tcsh' not recognized")]
    public async Task A_wrong_command_line_is_told_what_is_wrong_with_it(string line, string sentence)
    {
        ProgramResult result = await _store.RunAsync(line.Split(' '));
        result.ShouldFail(2, sentence);
        result.Output.ShouldBe("");
    }

    [Fact]
    public async Task A_wrong_command_line_makes_no_store()
    {
        await _store.RunAsync("publish");
        await _store.RunAsync("rows", "bank");
        Directory.Exists(_store.Path).ShouldBeFalse();
    }

    [Fact]
    public async Task Help_lists_every_command_that_is_built_and_no_hidden_one()
    {
        ProgramResult help = (await _store.RunAsync("--help")).ShouldSucceed();
        string[] listed = [.. help.Output[help.Output.IndexOf("Commands:", StringComparison.Ordinal)..]
            .Split('\n')
            .Skip(1)
            .Where(line => line.StartsWith("  ", StringComparison.Ordinal) && char.IsLetter(line[2]))
            .Select(line => line.Trim().Split(' ')[0])];
        listed.ShouldBe(
        [
            "demo", "run", "health", "store", "publish", "reload", "call", "query", "rows", "aggregate", "timers", "parked", "deliveries",
            "modules", "schema", "graph", "schema-diff", "log-inspect", "log-verify",
            "log-repair", "log-archive", "log-scavenge", "replay-check", "leak-check", "snapshot", "snapshots", "backup", "restore", "completion",
        ]);
    }

    [Fact]
    public async Task Without_a_command_the_help_is_shown()
    {
        ProgramResult result = (await _store.RunAsync()).ShouldSucceed();
        result.Output.ShouldContain("Usage:");
    }

    [Fact]
    public async Task The_version_is_a_number_and_says_what_the_build_has()
    {
        ProgramResult result = (await _store.RunAsync("--version")).ShouldSucceed();
        result.Lines[0].ShouldMatch(@"^\d+\.\d+\.\d+");
        result.Lines[1].ShouldMatch("^engines: managed(, wasmtime)?$");
        result.Lines[2].ShouldMatch(
            "^feed: EventStoreClient=(package|builtin), Wasmtime=(package|none), Testcontainers=(package|none)$");
        result.Lines[1].Contains("wasmtime", StringComparison.Ordinal)
            .ShouldBe(result.Lines[2].Contains("Wasmtime=package", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _interstice_complete interstice")]
    [InlineData("zsh", "compdef _interstice interstice")]
    [InlineData("fish", "complete -c interstice")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName interstice")]
    public async Task Every_shell_has_a_completion_script(string shell, string line)
    {
        ProgramResult result = (await _store.RunAsync("completion", shell)).ShouldSucceed();
        result.Output.ShouldContain(line);
    }

    // What the completion scripts ask the program.
    [Fact]
    public async Task A_command_line_is_completed()
    {
        ProgramResult result = (await _store.RunAsync("[suggest:17]", "interstice log-in")).ShouldSucceed();
        result.Lines.ShouldContain("log-inspect");
        result.Lines.ShouldNotContain("demo-worker");
    }
}
