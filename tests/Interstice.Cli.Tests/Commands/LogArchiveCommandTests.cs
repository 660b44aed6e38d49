using System.Diagnostics;
using System.Text.Json;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Segments in an archive, as every command sees them.</summary>
public sealed class LogArchiveCommandTests(LongStore segmented) : IClassFixture<LongStore>, IDisposable
{
    private readonly TestStore _store = segmented.Store.Copy();

    private string Archive => Path.Join(_store.Directory, "archive");

    private int Segments => Directory.GetFiles(_store.Path, "*.segment").Length;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task What_would_be_moved_is_said_first_and_then_moved_and_every_command_reads_it()
    {
        string[] readers = ["rows bank.accounts", "rows bank.accounts --at 3", "log-inspect --limit 5", "modules", "replay-check --runs 2"];
        List<string> before = [];
        foreach (string reader in readers) before.Add(Stable((await _store.RunAsync([.. reader.Split(' '), "-o", "json"])).ShouldSucceed().Output));
        (await _store.RunAsync("snapshot", "bank")).ShouldSucceed();
        int segments = Segments;
        JsonElement planned = (await ArchiveAsync("--dry-run", "-o", "json")).ShouldSucceed().Json;
        planned.GetProperty("dryRun").GetBoolean().ShouldBeTrue();
        Directory.Exists(Archive).ShouldBeFalse();
        Segments.ShouldBe(segments);
        JsonElement done = (await ArchiveAsync("-o", "json")).ShouldSucceed().Json;
        long[] moved = Numbers(done);
        moved.ShouldNotBeEmpty();
        moved.ShouldBe(Numbers(planned));
        Segments.ShouldBe(segments - moved.Length);
        Directory.GetFiles(Archive, "*.segment").Length.ShouldBe(moved.Length);
        done.GetProperty("stays").EnumerateArray().Select(stay => stay.GetProperty("reason").GetString()).ShouldContain("newest");

        for (int i = 0; i < readers.Length; i++)
            Stable((await _store.RunAsync([.. readers[i].Split(' '), "-o", "json"])).ShouldSucceed().Output).ShouldBe(before[i], readers[i]);
        JsonElement verified = (await _store.RunAsync("log-verify", "-o", "json")).ShouldSucceed().Json;
        verified.GetProperty("archived").EnumerateArray().Select(segment => segment.GetProperty("segment").GetInt64()).ShouldBe(moved);
        verified.GetProperty("segments").GetInt32().ShouldBe(segments);
        (await _store.RunAsync("log-repair", "--mode", "skip")).ShouldSucceed();
        (await _store.RunAsync("call", "bank.transfer", "1", "2", "1")).ShouldSucceed();

        string backup = Path.Join(_store.Directory, "backup");
        (await _store.RunAsync("backup", backup)).ShouldSucceed();
        string restored = Path.Join(_store.Directory, "restored");
        (await _store.RunAsync("restore", backup, "--store", restored)).ShouldSucceed();
        Directory.GetFiles(restored, "*.archived").ShouldBeEmpty();
        Directory.GetFiles(restored, "*.segment").Length.ShouldBeGreaterThanOrEqualTo(segments);
    }

    [Fact]
    public async Task Without_its_archive_a_store_works_on_and_what_needs_it_names_the_segment_and_the_place()
    {
        (await _store.RunAsync("snapshot", "bank")).ShouldSucceed();
        long first = Numbers((await ArchiveAsync("-o", "json")).ShouldSucceed().Json)[0];
        string away = Archive + "-away";
        Directory.Move(Archive, away);
        (await _store.RunAsync("call", "bank.transfer", "1", "2", "1")).ShouldSucceed();
        (await _store.RunAsync("query", "bank.balance", "1")).ShouldSucceed();
        (await _store.RunAsync("rows", "bank.accounts")).ShouldSucceed();
        string[] parts = [$"segment {first} ", Archive, "--archive-directory"];
        (await _store.RunAsync("replay-check")).ShouldFail(3, parts);
        (await _store.RunAsync("rows", "bank.accounts", "--at", "30")).ShouldFail(3, parts);
        (await _store.RunAsync("backup", Path.Join(_store.Directory, "backup"))).ShouldFail(3, parts);
        (await _store.RunAsync("log-repair", "--mode", "skip")).ShouldFail(3, parts);
        ProgramResult verify = await _store.RunAsync("log-verify");
        verify.Code.ShouldBe(3);
        verify.Output.ShouldContain("NOT CHECKED");
        verify.Output.ShouldNotContain("DAMAGED");
        verify.Output.ShouldNotContain("chain");
        foreach (string[] command in (string[][])[["replay-check"], ["rows", "bank.accounts", "--at", "30"], ["log-verify"], ["log-repair", "--mode", "skip"],
            ["backup", Path.Join(_store.Directory, "backup")]])
            (await _store.RunAsync([.. command, "--archive-directory", away])).ShouldSucceed();
    }

    // R2: kill -9 while segments are moved, again and again. In between they are put back as docs/archive.md says.
    [Fact]
    public async Task Archiving_that_is_killed_loses_nothing()
    {
        var share = new TimeShare("kills", 10, 15);
        (await _store.RunAsync("snapshot", "bank")).ShouldSucceed();
        string rows = (await _store.RunAsync("rows", "bank.accounts", "-o", "json")).ShouldSucceed().Output;
        int segments = Segments;
        long begun = Stopwatch.GetTimestamp();
        (await ArchiveAsync()).ShouldSucceed();
        TimeSpan whole = Stopwatch.GetElapsedTime(begun);
        int killed = 0;
        int partly = 0;
        while (share.HasMore)
        {
            foreach (string file in Directory.GetFiles(Archive, "*.segment"))
                File.Copy(file, Path.Join(_store.Path, Path.GetFileName(file)), overwrite: true);
            foreach (string record in Directory.GetFiles(_store.Path, "*.archived")) File.Delete(record);
            Directory.Delete(Archive, recursive: true);
            Directory.CreateDirectory(Archive);
            Segments.ShouldBe(segments);
            using (RunningProgram program = _store.Start("log-archive", "--archive-directory", Archive))
            {
                await Task.Delay(whole * (0.5 + (0.5 * share.Random.NextDouble())), TestContext.Current.CancellationToken);
                if (program.Kill()) killed++;
            }

            if (Directory.GetFiles(Archive).Length > 0) partly++;
            (await _store.RunAsync("log-verify", "-o", "json")).ShouldSucceed().Json.GetProperty("segments").GetInt32().ShouldBe(segments);
            (await _store.RunAsync("rows", "bank.accounts", "-o", "json")).ShouldSucceed().Output.ShouldBe(rows);
            share.Add(1);
        }

        (await ArchiveAsync()).ShouldSucceed();
        (await _store.RunAsync("replay-check")).ShouldSucceed();
        share.End($"R2, log-archive: {killed} killed before their end, {partly} had begun to move segments");
        killed.ShouldBePositive();
    }

    [Fact]
    public async Task A_module_without_a_snapshot_keeps_its_segments_and_is_named()
    {
        ProgramResult result = (await ArchiveAsync()).ShouldSucceed();
        result.Lines[0].ShouldStartWith("moved 0 segments");
        result.Output.ShouldContain("interstice snapshot bank");
        Directory.Exists(Archive).ShouldBeFalse();
    }

    [Fact]
    public async Task Retention_is_taken_from_the_settings_and_wrong_ones_are_refused()
    {
        (await _store.RunAsync("snapshot", "bank")).ShouldSucceed();
        (await _store.RunAsync("log-archive")).ShouldFail(2, "--archive-directory");
        (await _store.RunAsync("log-archive", "--retention-bytes", "0")).ShouldFail(2, "archive");
        (await ArchiveAsync("--retention-hours", "-1")).ShouldFail(2, "--retention-hours", "0 to 876000");
        await WriteSettingsAsync("""{ "Interstice": { "Journal": { "RetentionBytes": 1000000000 } } }""");
        (await ArchiveAsync("--dry-run")).ShouldSucceed().Output.ShouldContain("kept by RetentionBytes");
        (await ArchiveAsync("--dry-run", "--retention-bytes", "none")).ShouldSucceed().Lines[0].ShouldNotStartWith("would move 0");
        (await ArchiveAsync("--retention-bytes", "0")).ShouldSucceed().Lines[0].ShouldNotStartWith("moved 0");
    }

    [Fact]
    public async Task An_archive_in_the_store_or_that_is_a_store_is_refused()
    {
        (await _store.RunAsync("snapshot", "bank")).ShouldSucceed();
        (await _store.RunAsync("log-archive", "--archive-directory", Path.Join(_store.Path, "archive"))).ShouldFail(1, "one lies in the other");
        using TestStore other = segmented.Store.Copy();
        (await _store.RunAsync("log-archive", "--archive-directory", other.Path)).ShouldFail(1, "is a store");
    }

    [Fact]
    public async Task Snapshots_are_listed_with_what_they_are_and_whether_they_are_good()
    {
        (await _store.RunAsync("snapshots")).ShouldSucceed().Output.ShouldContain("interstice snapshot MODULE");
        JsonElement taken = (await _store.RunAsync("snapshot", "bank", "-o", "json")).ShouldSucceed().Json;
        JsonElement listed = (await _store.RunAsync("snapshots", "-o", "ndjson")).ShouldSucceed().JsonLines.ShouldHaveSingleItem();
        foreach (string same in (string[])["module", "revision", "file", "bytes", "stateHash"])
            listed.GetProperty(same).ToString().ShouldBe(taken.GetProperty(same).ToString());
        listed.GetProperty("good").GetBoolean().ShouldBeTrue();
        listed.GetProperty("position").GetInt64().ShouldBeGreaterThan(0);
        string file = Path.Join(_store.Path, "snapshots", taken.GetProperty("file").GetString());
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^30] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        ProgramResult damaged = await _store.RunAsync("snapshots", "bank", "-o", "ndjson");
        damaged.Code.ShouldBe(1);
        damaged.JsonLines[0].GetProperty("fault").GetString().ShouldBe("damaged");
        (await _store.RunAsync("snapshots", "bnak")).ShouldFail(2, "did you mean \"bank\"?");
    }

    [Fact]
    public async Task Settings_for_snapshots_stand_in_the_file_the_environment_and_on_the_command_line()
    {
        string elsewhere = Path.Join(_store.Directory, "elsewhere");
        await WriteSettingsAsync(JsonSerializer.Serialize(
            new { Interstice = new { Snapshots = new { Directory = elsewhere, Keep = 1, Events = 5 } } }));
        for (int i = 0; i < 2; i++)
        {
            (await _store.RunAsync("call", "bank.transfer", "1", "2", "1", "--snapshot-events", "0")).ShouldSucceed();
            (await _store.RunAsync("snapshot", "bank")).ShouldSucceed();
        }

        Directory.GetFiles(elsewhere, "*.snapshot").ShouldHaveSingleItem();
        (await _store.RunAsync("call", "bank.transfer", "1", "2", "1")).ShouldSucceed();
        (await _store.RunWithAsync("INTERSTICE_SNAPSHOT_KEEP", "2", "snapshot", "bank")).ShouldSucceed();
        Directory.GetFiles(elsewhere, "*.snapshot").Length.ShouldBe(2);
        (await _store.RunWithAsync("INTERSTICE_SNAPSHOT_KEEP", "0", "snapshot", "bank", "--snapshot-keep", "1")).ShouldSucceed();
        Directory.GetFiles(elsewhere, "*.snapshot").ShouldHaveSingleItem();
        (await _store.RunAsync("snapshot", "bank", "--snapshot-keep", "1001")).ShouldFail(2, "--snapshot-keep takes a whole number, 1 to 1000");
        await WriteSettingsAsync("""{ "Interstice": { "Snapshots": { "Keeps": 1 } } }""");
        (await _store.RunAsync("snapshot", "bank")).ShouldFail(2, "no setting \"Keeps\"", "did you mean \"Keep\"?");
        await WriteSettingsAsync("""{ "Interstice": { "Snapshots": { "IntervalMs": 0 } } }""");
        (await _store.RunAsync("call", "bank.transfer", "1", "2", "1")).ShouldFail(2, "Interstice:Snapshots:IntervalMs", "1 to 86400000");
    }

    [Fact]
    public void The_page_of_settings_has_one_row_for_each_setting_of_snapshots()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Join(at, "Interstice.sln"))) at = Path.GetDirectoryName(at);
        string page = File.ReadAllText(Path.Join(at, "docs", "settings.md"));
        foreach (Interstice.Cli.Stores.SnapshotSetting setting in Interstice.Cli.Stores.SnapshotSetting.All)
            page.ShouldContain($"| `{setting.Name}` | `{setting.Option}` | `{setting.Variable}` | {setting.Unit} | {setting.Default} | {setting.Range} | {setting.Meaning} |");
    }

    private Task<ProgramResult> ArchiveAsync(params string[] options) =>
        _store.RunAsync(["log-archive", "--archive-directory", Archive, .. options]);

    private static long[] Numbers(JsonElement report) =>
        [.. report.GetProperty("moved").EnumerateArray().Select(segment => segment.GetProperty("segment").GetInt64())];

    // Without times, which differ from run to run.
    private static string Stable(string output) => string.Join('\n', output.Split(',').Where(part => !part.Contains("ms\"", StringComparison.OrdinalIgnoreCase)));

    private Task WriteSettingsAsync(string text) => File.WriteAllTextAsync(
        Path.Join(_store.Directory, "appsettings.json"), text, TestContext.Current.CancellationToken);
}
