using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

public sealed class SnapshotCommandTests(BankStore bank) : IDisposable
{
    private readonly TestStore _store = bank.Store.Copy();

    private string Snapshots => Path.Join(_store.Path, "snapshots");

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_snapshot_is_taken_and_the_next_one_is_built_from_it()
    {
        JsonElement first = await TakeAsync();
        first.GetProperty("new").GetBoolean().ShouldBeTrue();
        first.GetProperty("base").GetInt64().ShouldBe(-1);
        first.GetProperty("rows").GetInt64().ShouldBe(7);
        string file = first.GetProperty("file").GetString()!;
        new FileInfo(Path.Join(Snapshots, file)).Length.ShouldBe(first.GetProperty("bytes").GetInt64());
        long revision = first.GetProperty("revision").GetInt64();
        (await _store.RunAsync("snapshot", "bank")).ShouldSucceed().Output
            .ShouldBe($"there is already {file}: 7 rows, state hash {first.GetProperty("stateHash").GetString()}\n");
        (await _store.RunAsync("call", "bank.open_account", "dora", "5")).ShouldSucceed();
        JsonElement second = await TakeAsync("--keep", "1");
        second.GetProperty("base").GetInt64().ShouldBe(revision);
        second.GetProperty("removed").GetInt32().ShouldBe(1);
        Directory.GetFiles(Snapshots, "*.snapshot").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Every_command_gives_the_same_with_a_snapshot_as_without()
    {
        string[][] commands =
        [
            ["rows", "bank.accounts", "-o", "ndjson"], ["rows", "bank.accounts", "--at", "3", "-o", "ndjson"],
            ["rows", "bank.transfers", "-o", "ndjson"], ["query", "bank.balance", "1"],
        ];
        List<string> without = [];
        foreach (string[] command in commands) without.Add((await _store.RunAsync(command)).ShouldSucceed().Output);
        await TakeAsync();
        for (int i = 0; i < commands.Length; i++)
            (await _store.RunAsync(commands[i])).ShouldSucceed().Output.ShouldBe(without[i]);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_reported_and_nothing_else_changes()
    {
        string file = Path.Join(Snapshots, (await TakeAsync()).GetProperty("file").GetString());
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 0x10;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        string warning = $"interstice: warning: snapshot {Path.GetFileName(file)} is not used: a checksum is wrong";
        ProgramResult query = await _store.RunAsync("query", "bank.balance", "1");
        query.Errors.ShouldStartWith(warning);
        (query.Code, query.Output).ShouldBe((0, "1500750\n"));
        (await _store.RunAsync("rows", "bank.accounts")).Errors.ShouldStartWith(warning);
        ProgramResult again = await _store.RunAsync("snapshot", "bank", "-o", "json");
        again.Errors.ShouldStartWith(warning);
        again.Json.GetProperty("new").GetBoolean().ShouldBeTrue();
        JsonElement refused = again.Json.GetProperty("refused").EnumerateArray().ShouldHaveSingleItem();
        refused.GetProperty("fault").GetString().ShouldBe("damaged");
        (await _store.RunAsync("query", "bank.balance", "1")).ShouldSucceed();
    }

    [Fact]
    public async Task The_replay_check_replays_from_position_zero_whatever_snapshots_there_are()
    {
        JsonElement taken = await TakeAsync();
        long events = taken.GetProperty("revision").GetInt64() + 1;
        string file = Path.Join(Snapshots, taken.GetProperty("file").GetString());
        foreach (bool isDamaged in (bool[])[false, true])
        {
            if (isDamaged) await File.WriteAllTextAsync(file, "nonsense", TestContext.Current.CancellationToken);
            JsonElement json = (await _store.RunAsync("replay-check", "-o", "json")).ShouldSucceed().Json;
            json.GetProperty("runs").EnumerateArray().ShouldAllBe(run => run.GetProperty("events").GetInt64() == events);
        }
    }

    [Fact]
    public async Task Snapshots_can_live_elsewhere_and_settings_are_checked()
    {
        string elsewhere = Path.Join(_store.Directory, "a", "b");
        (await _store.RunWithAsync("INTERSTICE_SNAPSHOT_DIRECTORY", elsewhere, "snapshot", "bank")).ShouldSucceed();
        Directory.GetFiles(elsewhere, "*.snapshot").ShouldHaveSingleItem();
        Directory.Exists(Snapshots).ShouldBeFalse();
        (await _store.RunWithAsync("INTERSTICE_SNAPSHOT_KEEP", "0", "snapshot", "bank"))
            .ShouldFail(2, "INTERSTICE_SNAPSHOT_KEEP takes a whole number, 1 to 1000, not \"0\"");
        (await _store.RunWithAsync("INTERSTICE_SNAPSHOT_EVENTS", "many", "call", "bank.open_account", "a", "1"))
            .ShouldFail(2, "INTERSTICE_SNAPSHOT_EVENTS takes a whole number, 0 or more, not \"many\"");
        (await _store.RunAsync("snapshot", "bank", "--keep", "0")).ShouldFail(2, "--keep takes a whole number, 1 to 1000");
        (await _store.RunAsync("snapshot", "bnak")).ShouldFail(2, "did you mean \"bank\"?");
    }

    private async Task<JsonElement> TakeAsync(params string[] options) =>
        (await _store.RunAsync(["snapshot", "bank", "-o", "json", .. options])).ShouldSucceed().Json;
}
