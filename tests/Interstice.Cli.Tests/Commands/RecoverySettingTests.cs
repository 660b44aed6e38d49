using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

// Goal: the setting repairs a damaged store for the next command that writes, tells so loudly, and leaves commands that read alone.
// Method: damage a segment of a bank whose log has several, run commands with the setting in each of its places.
public sealed class RecoverySettingTests(SegmentedStore whole) : IClassFixture<SegmentedStore>, IDisposable
{
    private const string Variable = "INTERSTICE_JOURNAL_RECOVERY";

    private static readonly string[] Transfer = ["call", "bank.transfer", "1", "2", "1"];

    private readonly TestStore _store = whole.Store.Copy();

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("option")]
    [InlineData("environment")]
    [InlineData("file")]
    public async Task A_writer_repairs_before_it_opens_and_names_what_was_lost(string where)
    {
        Truncate();
        (await _store.RunAsync(Transfer)).ShouldFail(4, "is damaged");
        (await RunAsync("strict", where)).ShouldFail(4, "is damaged");
        Backups().ShouldBeEmpty();
        ProgramResult result = await RunAsync("truncate", where);
        result.Code.ShouldBe(0, result.Errors);
        string backup = Backups().ShouldHaveSingleItem();
        string[] warnings = [.. result.Errors.Split('\n').Where(line => line.StartsWith("interstice: warning: ", StringComparison.Ordinal))];
        warnings.ShouldContain(line => line.Contains("has been repaired (truncate)", StringComparison.Ordinal)
            && line.Contains(Path.GetFileName(backup), StringComparison.Ordinal));
        warnings.ShouldContain(line => line.Contains("lost: stream ", StringComparison.Ordinal));
        string report = await File.ReadAllTextAsync(Path.Join(backup, "repair-report.txt"), TestContext.Current.CancellationToken);
        foreach (string line in report.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            warnings.ShouldContain($"interstice: warning: {line}");

        (await _store.RunAsync("log-verify")).ShouldSucceed();
        (await _store.RunAsync("replay-check")).ShouldSucceed();
        ProgramResult again = await RunAsync("truncate", where);
        again.ShouldSucceed();
        again.Errors.ShouldNotContain("warning");
        Backups().ShouldHaveSingleItem();
    }

    // A module whose stream lost revisions does not run over the gap.
    [Fact]
    public async Task Skip_keeps_what_is_behind_the_loss_and_the_module_with_the_gap_does_not_run()
    {
        Truncate();
        ProgramResult call = await _store.RunAsync([.. Transfer, "--recovery", "skip"]);
        call.Code.ShouldBe(4);
        call.Errors.ShouldContain("has been repaired (skip)");
        call.Errors.TrimEnd('\n').Split('\n')[^1].ShouldStartWith("interstice: module bank, revision ");
        ProgramResult verified = await _store.RunAsync("log-verify");
        verified.ShouldSucceed();
        verified.Output.ShouldContain("hole");
    }

    [Fact]
    public async Task Commands_that_read_refuse_under_the_repairing_modes_and_read_what_is_whole_under_salvage()
    {
        Truncate();
        byte[][] found = Files();
        foreach (string mode in new[] { "strict", "truncate", "skip" })
            (await _store.RunAsync("log-inspect", "--recovery", mode)).ShouldFail(4, "is damaged");
        (await _store.RunAsync("log-inspect", "--limit", "1", "--recovery", "salvage")).ShouldSucceed();
        (await _store.RunAsync([.. Transfer, "--recovery", "salvage"])).ShouldFail(3, "only reads");
        Files().ShouldBe(found);
        Backups().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_word_that_is_no_mode_is_refused_with_those_there_are() =>
        (await _store.RunAsync([.. Transfer, "--recovery", "mend"])).ShouldFail(
            2, "--recovery is \"mend\"", "strict, truncate, skip, salvage");

    private async Task<ProgramResult> RunAsync(string mode, string where)
    {
        string settings = Path.Join(_store.Directory, "appsettings.json");
        if (where == "environment") return await _store.RunWithAsync(Variable, mode, Transfer);
        if (where == "option") return await _store.RunAsync([.. Transfer, "--recovery", mode]);
        await File.WriteAllTextAsync(
            settings, $$"""{ "Interstice": { "Journal": { "Recovery": "{{mode}}" } } }""", TestContext.Current.CancellationToken);
        ProgramResult result = await _store.RunAsync(Transfer);
        File.Delete(settings);
        return result;
    }

    private string[] Segments() => [.. Directory.GetFiles(_store.Path, "*.segment").Order(StringComparer.Ordinal)];

    private string[] Backups() => Directory.GetDirectories(_store.Directory, ".interstice.before-repair-*");

    private byte[][] Files() => [.. Segments().Select(File.ReadAllBytes)];

    private void Truncate()
    {
        string segment = Segments()[^2];
        File.WriteAllBytes(segment, File.ReadAllBytes(segment)[..200]);
    }
}
