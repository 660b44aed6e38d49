using System.Diagnostics;
using System.Text.RegularExpressions;
using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Commands;

// Goal: whoever follows docs/recovery.md word by word gets what it promises.
// Method: run its commands, in order, on a store damaged in each of its ways, under each mode.
public sealed partial class RecoveryPageTests(SegmentedStore whole) : IClassFixture<SegmentedStore>, IDisposable
{
    private readonly TestStore _store = whole.Store.Copy();

    public static TheoryData<string, string, bool> Damages
    {
        get
        {
            TheoryData<string, string, bool> damages = [];
            foreach (string mode in new[] { "truncate", "skip" })
            {
                damages.Add("flipped bit", mode, true);
                damages.Add("missing segment", mode, true);
                damages.Add("truncated segment", mode, true);
                damages.Add("damaged index", mode, false);
                damages.Add("foreign segment", mode, true);
            }

            return damages;
        }
    }

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Its_commands_do_what_it_says(string damage, string mode, bool losesEvents)
    {
        Requirement.Unix();
        Damage(damage);
        (await _store.RunAsync("log-verify")).Code.ShouldBe(4);
        string otherMode = mode == "skip" ? "truncate" : "skip";
        bool isAsFound = true;
        byte[][] found = Files();
        Step[] steps = [.. Steps()];
        steps.Length.ShouldBeGreaterThan(10);
        foreach (Step step in steps)
        {
            if (step.Command.Contains($"--mode {otherMode} --yes", StringComparison.Ordinal)) continue;
            ProgramResult result = await RunAsync(step.Command);
            string why = $"{damage}, {mode}: {step.Command}\n{result.Output}{result.Errors}";
            step.Codes.ShouldContain(result.Code, why);
            isAsFound &= !step.Command.Contains("--yes", StringComparison.Ordinal);
            if (isAsFound) Files().ShouldBe(found, why);
            if (step.Command == "interstice replay-check")
                result.Code.ShouldBe(mode == "skip" && losesEvents ? 4 : 0, why);
        }

        isAsFound.ShouldBeFalse("the page repairs");
        Directory.GetDirectories(_store.Directory, ".interstice.before-repair-*").ShouldHaveSingleItem();
        if (mode == "truncate" || !losesEvents)
        {
            (await _store.RunAsync("call", "bank.transfer", "1", "2", "1")).ShouldSucceed();
            (await _store.RunAsync("log-verify")).ShouldSucceed();
        }
        else
        {
            (await _store.RunAsync("rows", "bank.accounts")).ShouldFail(4, "bank");
        }
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Its_commands_to_undo_a_repair_bring_back_the_store_as_it_was_found(string damage, string mode, bool losesEvents)
    {
        Requirement.Unix();
        Damage(damage);
        byte[][] found = Files();
        string[] names = Names();
        (await _store.RunAsync("log-repair", "--mode", mode, "--yes")).ShouldSucceed();
        (Files().Length == found.Length && Files().Zip(found).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second))).ShouldBeFalse();
        await UndoAsync();
        Names().ShouldBe(names);
        Files().ShouldBe(found, $"{damage}, {mode}, loses events {losesEvents}");
        (await _store.RunAsync("log-verify")).Code.ShouldBe(4);
    }

    // What an interrupted repair leaves, and then its list of what is left to do is damaged.
    [Fact]
    public async Task A_damaged_list_of_an_interrupted_repair_is_named_and_undone_by_its_commands()
    {
        Requirement.Unix();
        Damage("flipped bit");
        byte[][] found = Files();
        string[] names = Names();
        (await _store.RunAsync("log-repair", "--mode", "truncate", "--yes")).ShouldSucceed();
        string segment = Directory.GetFiles(_store.Path, "*.segment").Order(StringComparer.Ordinal).Last();
        File.Copy(segment, segment + ".repaired");
        await File.WriteAllTextAsync(Path.Join(_store.Path, "repair.intent"), "not what a repair wrote");
        foreach (string command in new[] { "modules", "log-verify", "log-inspect", "log-scavenge" })
            (await _store.RunAsync(command)).ShouldFail(4, "was begun and not finished; run interstice log-repair again");
        foreach (string mode in new[] { "truncate", "skip" })
        {
            (await _store.RunAsync("log-repair", "--mode", mode, "--yes")).ShouldFail(
                4, "repair.intent is damaged", "undo the repair with its backup (docs/recovery.md, \"Undo a repair\")");
        }

        await UndoAsync();
        Names().ShouldBe(names);
        Files().ShouldBe(found);
        (await _store.RunAsync("log-repair", "--mode", "truncate", "--yes", "--backup", "another")).ShouldSucceed();
        (await _store.RunAsync("log-verify")).ShouldSucceed();
    }

    [Fact]
    public async Task A_torn_tail_needs_no_repair_and_is_dropped_by_the_next_writer()
    {
        Damage("torn tail");
        (await _store.RunAsync("log-verify")).Output.ShouldContain("torn tail");
        (await _store.RunAsync("log-repair", "--mode", "skip")).ShouldSucceed().Output.ShouldContain("nothing to repair");
        (await _store.RunAsync("call", "bank.transfer", "1", "2", "1")).ShouldSucceed();
        (await _store.RunAsync("log-verify")).ShouldSucceed();
    }

    [Fact]
    public async Task A_damaged_index_is_reported_by_whoever_opens_the_store_and_mended_without_loss()
    {
        Damage("damaged index");
        ProgramResult rows = await _store.RunAsync("modules");
        rows.Code.ShouldBe(0);
        rows.Errors.ShouldContain("warning: the index of ");
        rows.Errors.ShouldContain("log-repair");
        (await _store.RunAsync("log-verify")).Output.ShouldContain("DAMAGED index: nothing is lost");
        ProgramResult repair = await _store.RunAsync("log-repair", "--mode", "skip", "--yes", "-o", "json");
        repair.ShouldSucceed().Json.GetProperty("eventsLost").GetInt64().ShouldBe(0);
        repair.Json.GetProperty("done").GetBoolean().ShouldBeTrue();
        foreach (string file in Directory.GetFiles(whole.Store.Path, "*.segment"))
            File.ReadAllBytes(Path.Join(_store.Path, Path.GetFileName(file))).ShouldBe(File.ReadAllBytes(file));
        (await _store.RunAsync("modules")).ShouldSucceed();
    }

    [Fact]
    public async Task What_is_lost_is_named_before_anything_is_changed()
    {
        Damage("flipped bit");
        ProgramResult dry = await _store.RunAsync("log-repair", "--mode", "skip", "-o", "json");
        dry.Code.ShouldBe(4);
        dry.Json.GetProperty("done").GetBoolean().ShouldBeFalse();
        dry.Json.GetProperty("lostComplete").GetBoolean().ShouldBeTrue();
        var lost = dry.Json.GetProperty("lost").EnumerateArray().ShouldHaveSingleItem();
        lost.GetProperty("stream").GetString().ShouldNotBeNull().ShouldContain("bank");
        long.Parse(dry.Json.GetProperty("eventsLost").ToString(), System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("log-repair")]
    [InlineData("log-repair --mode mend")]
    [InlineData("log-repair --mode salvage --yes")]
    [InlineData("log-repair --mode skip --to x")]
    public async Task Wrong_usage_is_refused(string line) => (await _store.RunAsync(line.Split(' '))).ShouldFail(2, "log-repair");

    [Fact]
    public async Task Salvage_does_not_write() =>
        (await _store.RunAsync("call", "bank.transfer", "1", "2", "1", "--recovery", "salvage")).ShouldFail(3, "only reads");

    private void Damage(string kind)
    {
        string[] segments = [.. Directory.GetFiles(_store.Path, "*.segment").Order(StringComparer.Ordinal)];
        byte[] sealedOne = File.ReadAllBytes(segments[^2]);
        switch (kind)
        {
            case "flipped bit":
                sealedOne[sealedOne.Length / 3] ^= 1;
                break;
            case "missing segment":
                File.Delete(segments[^2]);
                return;
            case "truncated segment":
                sealedOne = sealedOne[..(sealedOne.Length / 2)];
                break;
            case "damaged index":
                sealedOne[^100] ^= 1;
                break;
            case "foreign segment":
                sealedOne.AsSpan().Fill(0x5a);
                break;
            default:
                byte[] last = File.ReadAllBytes(segments[^1]);
                int end = last.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
                last.AsSpan(end, 40).Fill(0x33);
                File.WriteAllBytes(segments[^1], last);
                return;
        }

        File.WriteAllBytes(segments[^2], sealedOne);
    }

    private string[] Names() =>
        [.. Directory.GetFiles(_store.Path).Where(name => !name.EndsWith("lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private byte[][] Files() => [.. Names().Select(File.ReadAllBytes)];

    // The commands under the heading, by a shell; the name of the backup is that of this repair.
    private async Task UndoAsync()
    {
        string backup = Path.GetFileName(Directory.GetDirectories(_store.Directory, ".interstice.before-repair-*").ShouldHaveSingleItem());
        string[] commands = [.. Lines(isUndo: true).Select(line => line.StartsWith("BACKUP=", StringComparison.Ordinal) ? $"BACKUP={backup}" : line)];
        commands.Length.ShouldBe(5);
        commands[0].ShouldBe($"BACKUP={backup}");
        using Process shell = Process.Start(
            new ProcessStartInfo("sh", ["-e", "-c", string.Join('\n', commands)]) { WorkingDirectory = _store.Directory })!;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        shell.ExitCode.ShouldBe(0);
    }

    private async Task<ProgramResult> RunAsync(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[0] == "interstice") return await _store.RunAsync(words[1..]);
        var start = new ProcessStartInfo(words[0], words[1..]) { WorkingDirectory = _store.Directory };
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ProgramResult(process.ExitCode, "", "");
    }

    // "$ command  # code 0 or 4"
    private static IEnumerable<Step> Steps()
    {
        foreach (string line in Lines(isUndo: false))
        {
            string[] halves = line.Split('#', 2);
            int[] codes = halves.Length == 1
                ? [0]
                : [.. Code().Matches(halves[1]).Select(match => match.Value[0] - '0')];
            yield return new Step(halves[0].Trim(), codes);
        }
    }

    // Lines that begin with a prompt: of the steps, or of what undoes them.
    private static IEnumerable<string> Lines(bool isUndo)
    {
        bool isInUndo = false;
        foreach (string line in File.ReadLines(Path.Join(RepositoryRoot(), "docs", "recovery.md")))
        {
            isInUndo |= line == "## Undo a repair";
            if (isInUndo == isUndo && line.StartsWith("$ ", StringComparison.Ordinal)) yield return line[2..];
        }
    }

    private static string RepositoryRoot()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Join(at, "Interstice.sln"))) at = Path.GetDirectoryName(at);
        return at.ShouldNotBeNull();
    }

    [GeneratedRegex(@"\b[04]\b")]
    private static partial Regex Code();

    private sealed record Step(string Command, int[] Codes);
}
