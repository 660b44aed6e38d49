using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Commands;

// Goal: what truncated streams take is given back to the file system, and no other command sees a difference.
// Method: a bank beside a stream that is appended to and truncated; figures of the file system and answers of commands before and after.
public sealed class LogScavengeCommandTests : IAsyncLifetime
{
    private const long SegmentBytes = 256 << 10;

    private static readonly StreamName Log = new("visits");

    private readonly TestStore _store = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string[] small = ["--segment-bytes", $"{SegmentBytes}"];
        (await _store.RunAsync(["publish", TestStore.BankFile, .. small])).ShouldSucceed();
        (await _store.RunAsync(["call", "bank.open_account", "alice", "100", .. small])).ShouldSucceed();
        (await _store.RunAsync(["call", "bank.open_account", "bob", "0", .. small])).ShouldSucceed();
        await VisitAsync(0, 6000, truncate: true);
        for (int i = 0; i < 3; i++) (await _store.RunAsync(["call", "bank.transfer", "1", "2", "5", .. small])).ShouldSucceed();
        await VisitAsync(6000, 6400, truncate: false);
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_is_gone_is_counted_first_then_given_back_and_every_command_answers_as_before()
    {
        Requirement.Unix();
        string[] readers = ["rows bank.accounts", "modules", "replay-check --runs 2", "log-inspect --module bank"];
        List<string> before = [];
        foreach (string reader in readers) before.Add(await AnswerAsync(reader));
        long transactions = (await VerifiedAsync()).GetProperty("transactions").GetInt64();
        long blocks = await BlocksAsync();
        byte[][] files = Files();

        ProgramResult dry = await _store.RunAsync("log-scavenge", "-o", "json");
        long reclaimable = dry.ShouldSucceed().Json.GetProperty("reclaimableBytes").GetInt64();
        dry.Json.GetProperty("done").GetBoolean().ShouldBeFalse();
        reclaimable.ShouldBeGreaterThan(4 * SegmentBytes);
        Files().ShouldBe(files);
        (await _store.RunAsync("log-scavenge")).ShouldSucceed().Output.ShouldContain("changed nothing");

        ProgramResult done = await _store.RunAsync("log-scavenge", "--yes", "-o", "json");
        done.ShouldSucceed().Json.GetProperty("done").GetBoolean().ShouldBeTrue();
        done.Json.GetProperty("events").GetInt64().ShouldBe(dry.Json.GetProperty("events").GetInt64());
        string backup = Directory.GetDirectories(_store.Directory, ".interstice.before-scavenge-*").ShouldHaveSingleItem();
        done.Json.GetProperty("backup").GetString().ShouldNotBeNull().ShouldEndWith(Path.GetFileName(backup));
        (blocks - await BlocksAsync()).ShouldBeGreaterThanOrEqualTo(reclaimable, "the file system has it back");

        (await VerifiedAsync()).GetProperty("transactions").GetInt64().ShouldBe(transactions);
        for (int i = 0; i < readers.Length; i++) (await AnswerAsync(readers[i])).ShouldBe(before[i], readers[i]);
        (await _store.RunAsync("call", "bank.transfer", "2", "1", "1")).ShouldSucceed();
        (await _store.RunAsync("log-scavenge", "--yes")).ShouldSucceed().Output.ShouldContain("nothing to give back");
        string target = Path.Join(_store.Directory, "backup");
        (await _store.RunAsync("backup", target)).ShouldSucceed();
        (await _store.RunAsync("restore", target, "--store", Path.Join(_store.Directory, "restored"))).ShouldSucceed();
        (await _store.RunAsync("log-verify", "--store", Path.Join(_store.Directory, "restored"))).ShouldSucceed();
    }

    [Fact]
    public async Task A_store_in_use_and_a_wrong_percentage_are_refused()
    {
        (await _store.RunAsync("log-scavenge", "--percent", "101")).ShouldFail(2, "--percent takes a whole number, 0 to 100");
        await using (JournalStore held = await OpenAsync())
            (await _store.RunAsync("log-scavenge", "--yes")).ShouldFail(3, "open for writing");
        Directory.GetDirectories(_store.Directory, "*before-scavenge*").ShouldBeEmpty();
        (await _store.RunAsync("log-scavenge", "--store", "nowhere")).ShouldFail(3, "no store");
    }

    private ValueTask<JournalStore> OpenAsync() => JournalStore.OpenAsync(
        new JournalOptions { Directory = _store.Path, SegmentBytes = SegmentBytes, Sync = SyncPolicy.Never }, cancellationToken: Cancel);

    private async Task VisitAsync(int from, int to, bool truncate)
    {
        await using JournalStore store = await OpenAsync();
        for (int i = from; i < to; i++)
        {
            EventData[] visit = [new(Guid.NewGuid(), "Visited", IsJson: false, new byte[300], default)];
            (await store.AppendAsync(Log, ExpectedRevision.At(new Revision(i - 1)), visit, Cancel)).ShouldBeOfType<AppendResult.Appended>();
        }

        if (truncate) await store.SetMetadataAsync(Log, ExpectedRevision.Any, new StreamMetadata(MaxCount: 10), Cancel);
    }

    private async Task<string> AnswerAsync(string command)
    {
        string output = (await _store.RunAsync([.. command.Split(' '), "-o", "json"])).ShouldSucceed().Output;
        return string.Join('\n', output.Split('\n').Where(line =>
            !line.Contains("\"ms\":", StringComparison.Ordinal)));
    }

    private async Task<JsonElement> VerifiedAsync() => (await _store.RunAsync("log-verify", "-o", "json")).ShouldSucceed().Json;

    private byte[][] Files() => [.. Directory.GetFiles(_store.Path, "*.segment").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    // What the segments take on the device.
    private async Task<long> BlocksAsync()
    {
        long bytes = 0;
        foreach (string file in Directory.GetFiles(_store.Path, "*.segment"))
        {
            using Process stat = Process.Start(new ProcessStartInfo("du", ["-k", file]) { RedirectStandardOutput = true })!;
            string text = await stat.StandardOutput.ReadToEndAsync(Cancel);
            await stat.WaitForExitAsync(Cancel);
            bytes += long.Parse(text.Split('\t')[0], CultureInfo.InvariantCulture) << 10;
        }

        return bytes;
    }
}
