using Interstice.Cli.Tests.Support;

[assembly: AssemblyFixture(typeof(BankStore))]

namespace Interstice.Cli.Tests.Support;

/// <summary>A store with the bank, three accounts and two transfers, made once by the program. Read it, or copy
/// it.</summary>
public sealed class BankStore : IAsyncLifetime
{
    /// <summary>Last revision of the module's stream before the last call.</summary>
    public long RevisionBeforeLastCall { get; private set; }

    public TestStore Store { get; } = new();

    public async ValueTask InitializeAsync()
    {
        (await Store.RunAsync("publish", TestStore.BankFile)).ShouldSucceed();
        (await Store.RunAsync("call", "bank.open_account", "alice", "1000")).ShouldSucceed();
        (await Store.RunAsync("call", "bank.open_account", "bob", "0")).ShouldSucceed();
        (await Store.RunAsync("call", "bank.open_account", "Zoë", "2000000")).ShouldSucceed();
        ProgramResult first = await Store.RunAsync("call", "bank.transfer", "1", "2", "250", "-o", "json");
        RevisionBeforeLastCall = first.ShouldSucceed().Json.GetProperty("revision").GetInt64();
        (await Store.RunAsync("call", "bank.transfer", "3", "1", "1500000")).ShouldSucceed();
    }

    public Task<ProgramResult> RunAsync(params IEnumerable<string> arguments) => Store.RunAsync(arguments);

    public ValueTask DisposeAsync()
    {
        Store.Dispose();
        return ValueTask.CompletedTask;
    }
}
