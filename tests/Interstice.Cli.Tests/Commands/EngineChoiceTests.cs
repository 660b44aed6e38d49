using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Which engine runs the modules: the option, else the environment, else the managed one.</summary>
public sealed class EngineChoiceTests : IDisposable
{
    private const string Variable = "INTERSTICE_ENGINE";

    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task The_environment_chooses_where_the_option_does_not()
    {
        ProgramResult result = await _store.RunWithAsync(Variable, "v8", "publish", TestStore.BankFile);
        result.ShouldFail(2, $"the environment variable {Variable} takes one of managed, wasmtime, not \"v8\"");
        Directory.Exists(_store.Path).ShouldBeFalse();

        (await _store.RunWithAsync(Variable, "v8", "publish", TestStore.BankFile, "--engine", "managed")).ShouldSucceed();
        (await _store.RunWithAsync(Variable, "managed", "call", "bank.open_account", "ann", "1")).ShouldSucceed();
        (await _store.RunWithAsync(Variable, "", "query", "bank.balance", "1")).ShouldSucceed();
    }

    [Fact]
    public async Task The_settings_file_chooses_where_the_environment_does_not()
    {
        string file = Path.Join(_store.Directory, "appsettings.json");
        await File.WriteAllTextAsync(file, """{ "Interstice": { "Engine": "v8" } }""");
        ProgramResult result = await _store.RunAsync("publish", TestStore.BankFile);
        result.ShouldFail(2, "appsettings.json, Interstice:Engine takes one of managed, wasmtime, not \"v8\"");
        (await _store.RunWithAsync(Variable, "managed", "publish", TestStore.BankFile)).ShouldSucceed();

        await File.WriteAllTextAsync(file, """{ "Interstice": { "Engine": "managed", "Journal": { "Sync": "commit" } } }""");
        (await _store.RunAsync("call", "bank.open_account", "ann", "1")).ShouldSucceed();
        await File.WriteAllTextAsync(file, "no JSON");
        (await _store.RunAsync("query", "bank.balance", "1")).ShouldFail(2, "appsettings.json in the current directory cannot be used");
    }

    [Fact]
    public async Task An_engine_that_the_build_does_not_have_is_refused_with_a_way_out()
    {
        bool isBuilt = (await _store.RunAsync("--version")).Output.Contains("Wasmtime=package", StringComparison.Ordinal);
        ProgramResult result = await _store.RunAsync("publish", TestStore.BankFile, "--engine", "wasmtime");
        if (isBuilt) result.ShouldSucceed();
        else result.ShouldFail(2, "--engine chooses wasmtime, which this program was built without; use managed");
    }
}
