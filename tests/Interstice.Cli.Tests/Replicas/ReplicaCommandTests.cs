using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Replicas;

/// <summary>What the commands see of two hosts over one store, of which one only follows.</summary>
public sealed class ReplicaCommandTests : IAsyncLifetime
{
    private readonly TestStore _store = new();
    private RunningProgram _server = null!;
    private string _address = "";
    private Replica _owner = null!;
    private Replica _follower = null!;

    public async ValueTask InitializeAsync()
    {
        _server = _store.Start("store", "--esdb-endpoint", "localhost:0", "-o", "ndjson");
        string line = (await _server.Output.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull();
        _address = JsonDocument.Parse(line).RootElement.GetProperty("connectionString").GetString()!;
        _owner = new Replica(_store, "ann", _address, "--module", TestStore.BankFile);
        _follower = new Replica(_store, "bob", _address, "--follows-only", "true", "--module", TestStore.BankFile);
        await _owner.StartAsync();
        await _follower.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        _owner.Dispose();
        _follower.Dispose();
        _server.Dispose();
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_call_and_a_publication_to_a_host_that_follows_are_made_at_the_owner_while_it_is_there()
    {
        Requirement.Unix();
        (await ToFollowerAsync("call", "bank.open_account", "ann", "100")).ShouldSucceed().Lines[0].ShouldBe("1");
        (await ToFollowerAsync("publish", TestStore.BankFile, "--name", "second")).ShouldSucceed().Output.ShouldStartWith("published second, version 1");
        (await _owner.ModuleAsync()).GetProperty("role").GetString().ShouldBe("owner");
        JsonElement followed = (await ToFollowerAsync("modules", "-o", "json")).ShouldSucceed().Json[0];
        followed.GetProperty("role").GetString().ShouldBe("following");
        followed.GetProperty("owner").GetProperty("name").GetString().ShouldBe("ann");
        followed.GetProperty("owner").GetProperty("url").GetString().ShouldBe(_owner.Url);
        while ((await _follower.ModuleAsync()).GetProperty("lag").GetInt64() > 0) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        (await ToFollowerAsync("query", "bank.balance", "1")).ShouldSucceed().Output.ShouldBe("100\n");

        await _owner.KillAsync();
        ProgramResult refused = await ToFollowerAsync("call", "bank.open_account", "bob", "1", "-o", "json");
        refused.Code.ShouldBe(1, refused.Errors);
        refused.Json.GetProperty("outcome").GetString().ShouldBe("retry");
        refused.Json.GetProperty("error").GetString().ShouldNotBeNull().ShouldContain("ann");
        (await ToFollowerAsync("query", "bank.balance", "1")).ShouldSucceed().Output.ShouldBe("100\n");
        (await ToFollowerAsync("health")).ShouldSucceed();
    }

    [Fact]
    public async Task Who_only_asks_a_shared_store_takes_nothing_from_the_host_that_owns_it()
    {
        Requirement.Unix();
        (await _owner.OpenAccountAsync("ann")).ShouldBeOfType<ReplicaAnswer.Committed>();
        long before = (await _owner.ModuleAsync()).GetProperty("revision").GetInt64();
        (await _store.RunAsync("query", "bank.balance", "1", "--store", _address)).ShouldSucceed().Output.ShouldBe("1\n");
        JsonElement after = await _owner.ModuleAsync();
        after.GetProperty("revision").GetInt64().ShouldBe(before);
        after.GetProperty("role").GetString().ShouldBe("owner");

        // A command that writes is a host of its own, and not the owner.
        (await _store.RunAsync("call", "bank.open_account", "bob", "1", "--store", _address)).ShouldFail(1, "ann", _owner.Url);
        (await _owner.OpenAccountAsync("bob")).ShouldBeOfType<ReplicaAnswer.Committed>();
    }

    private Task<ProgramResult> ToFollowerAsync(params IEnumerable<string> arguments) =>
        _store.RunAsync([.. arguments, "--server", _follower.Url]);
}
