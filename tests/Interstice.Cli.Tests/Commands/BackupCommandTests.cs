using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit.Devices;

namespace Interstice.Cli.Tests.Commands;

public sealed class BackupCommandTests(BankStore bank) : IDisposable
{
    private readonly TestStore _store = bank.Store.Copy();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_store_is_backed_up_brought_up_to_date_checked_and_restored()
    {
        JsonElement first = (await _store.RunAsync("backup", "copies", "-o", "json")).ShouldSucceed().Json;
        first.GetProperty("number").GetInt64().ShouldBe(1);
        first.GetProperty("copied").GetInt64().ShouldBe(first.GetProperty("bytes").GetInt64());
        (await _store.RunAsync("call", "bank.open_account", "dora", "5")).ShouldSucceed();
        (await _store.RunAsync("backup", "copies")).ShouldSucceed().Output
            .ShouldStartWith($"backup 2 of store {first.GetProperty("storeId").GetString()}, taken at ");
        (await _store.RunAsync("restore", "copies", "--check")).ShouldSucceed().Output.ShouldStartWith("ok: backup 2 of store ");

        JsonElement restored = (await _store.RunAsync("restore", "copies", "--store", "again", "-o", "json")).ShouldSucceed().Json;
        restored.GetProperty("storeId").GetString().ShouldBe(first.GetProperty("storeId").GetString());
        restored.GetProperty("newId").GetBoolean().ShouldBeFalse();
        (await _store.RunAsync("rows", "bank.accounts", "-o", "ndjson", "--store", "again")).ShouldSucceed().Output
            .ShouldBe((await _store.RunAsync("rows", "bank.accounts", "-o", "ndjson")).Output);
        (await _store.RunAsync("log-verify", "--store", "again")).ShouldSucceed();
        (await _store.RunAsync("replay-check", "--store", "again")).ShouldSucceed();
        (await _store.RunAsync("call", "bank.open_account", "eve", "5", "--store", "again")).ShouldSucceed();
    }

    [Fact]
    public async Task Each_kind_of_point_gives_the_store_as_it_was_there()
    {
        (await _store.RunAsync("backup", "copies")).ShouldSucceed();
        string revision = $"{bank.RevisionBeforeLastCall}";
        JsonElement last = (await _store.RunAsync("log-inspect", "--from", "0", "-o", "ndjson")).ShouldSucceed().JsonLines
            .Last(line => line.GetProperty("stream").GetString()!.EndsWith("-bank", StringComparison.Ordinal)
                && line.GetProperty("revision").ToString() == revision);
        JsonElement call = (await _store.RunAsync("log-inspect", "--reducer", "transfer", "-o", "ndjson")).ShouldSucceed().JsonLines
            .Last(line => line.TryGetProperty("at", out _)); // the last call; it was recorded after this
        string expected = (await _store.RunAsync("rows", "bank.accounts", "--at", revision, "-o", "ndjson")).ShouldSucceed().Output;
        string[][] points =
        [
            ["--to-revision", $"bank={revision}"], ["--to-position", last.GetProperty("position").ToString()],
            ["--to-time", DateTimeOffset.Parse(call.GetProperty("at").GetString()!, null).AddMicroseconds(-1).ToString("O")],
        ];
        for (int i = 0; i < points.Length; i++)
        {
            string store = $"at-{i}";
            JsonElement restored =
                (await _store.RunAsync(["restore", "copies", "--store", store, "-o", "json", .. points[i]])).ShouldSucceed().Json;
            restored.GetProperty("newId").GetBoolean().ShouldBeTrue();
            (await _store.RunAsync("rows", "bank.accounts", "-o", "ndjson", "--store", store)).ShouldSucceed().Output
                .ShouldBe(expected, string.Join(' ', points[i]));
            (await _store.RunAsync("replay-check", "--store", store)).ShouldSucceed();
            (await _store.RunAsync("call", "bank.open_account", "eve", "5", "--store", store)).ShouldSucceed();
        }
    }

    [Fact]
    public async Task Whatever_cannot_be_done_is_told_in_a_sentence()
    {
        (await _store.RunAsync("backup", ".interstice/in")).ShouldFail(1, "directories of their own");
        (await _store.RunAsync("backup", "copies", "--store", "none")).ShouldFail(3, "there is no store in none");
        (await _store.RunAsync("restore", "copies", "--store", "new")).ShouldFail(3, "there is no backup in");
        (await _store.RunAsync("backup", "copies")).ShouldSucceed();
        (await _store.RunAsync("restore", "copies")).ShouldFail(1, "is not empty; restore into a new directory");
        (await _store.RunAsync("restore", "copies", "--store", "new", "--to-revision", "bank")).ShouldFail(2, "such as bank=1000, not \"bank\"");
        (await _store.RunAsync("restore", "copies", "--store", "new", "--to-revision", "ba\u0001nk=1")).ShouldFail(2, "such as bank=1000");
        (await _store.RunAsync("restore", "copies", "--store", "new", "--to-revision", "bank=100000"))
            .ShouldFail(2, "has no revision 100000", "its last one is");
        (await _store.RunAsync("restore", "copies", "--store", "new", "--to-position", "1", "--to-time", "2026-01-01"))
            .ShouldFail(2, "one of --to-revision, --to-position and --to-time");
        (await _store.RunAsync("restore", "copies", "--store", "new", "--to-time", "2199-01-01")).ShouldFail(2, "was taken at");
        (await _store.RunAsync("restore", "copies", "--check", "--new-id")).ShouldFail(2, "leave out the other options");
        Directory.Exists(Path.Join(_store.Directory, "new")).ShouldBeFalse();
        Directory.Exists(Path.Join(_store.Path, "in")).ShouldBeFalse();
    }

    [Fact]
    public async Task Damage_in_backup_or_store_gives_code_4()
    {
        (await _store.RunAsync("backup", "copies")).ShouldSucceed();
        string segment = Directory.GetFiles(Path.Join(_store.Directory, "copies"), "*.segment")[0];
        await FlipAsync(segment);
        (await _store.RunAsync("restore", "copies", "--check")).ShouldFail(4, "of the backup is damaged", "use another backup");
        (await _store.RunAsync("restore", "copies", "--store", "new")).ShouldFail(4, "of the backup is damaged");
        await FlipAsync(_store.Segment);
        (await _store.RunAsync("backup", "others")).ShouldFail(4, "is damaged at byte");
        (await _store.RunAsync("restore", "others", "--check")).ShouldFail(3, "there is no backup in");
    }

    [Fact]
    public async Task A_full_device_ends_a_backup_and_a_restore_with_a_sentence_and_leaves_the_backup_before()
    {
        (await _store.RunAsync("backup", "copies")).ShouldSucceed();
        using SmallDevice device = await SmallDevice.MountAsync(megabytes: 1);
        string target = Path.Join(device.Path, "copies");
        await File.WriteAllBytesAsync(
            Path.Join(device.Path, "ballast"), new byte[(1 << 20) - (12 << 10)], TestContext.Current.CancellationToken);
        (await _store.RunAsync("backup", target)).ShouldFail(1, "full", "free some space");
        (await _store.RunAsync("restore", "copies", "--store", Path.Join(device.Path, "store"))).ShouldFail(1, "full", "free some space");
        Directory.Exists(Path.Join(device.Path, "store")).ShouldBeFalse();
        Directory.Exists(Path.Join(device.Path, "store.restoring")).ShouldBeFalse();
        (await _store.RunAsync("restore", target, "--check")).ShouldFail(3, "none was ever finished");
        File.Delete(Path.Join(device.Path, "ballast"));
        (await _store.RunAsync("backup", target)).ShouldSucceed();
        (await _store.RunAsync("restore", target, "--store", "again")).ShouldSucceed();
    }

    private static async Task FlipAsync(string file)
    {
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[400] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
    }
}
