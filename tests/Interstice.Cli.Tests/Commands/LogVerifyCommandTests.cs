using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

/// <summary>Goal: the report of <c>log-verify</c> says everything that was found, also what is no error. Method: copies of a store of several
/// segments, whole, torn, and with files in it that do not belong there.</summary>
public sealed class LogVerifyCommandTests(SegmentedStore segmented) : IClassFixture<SegmentedStore>, IDisposable
{
    private readonly TestStore _store = segmented.Store.Copy();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Json_has_every_segment_and_the_sums_of_them()
    {
        JsonElement json = (await _store.RunAsync("log-verify", "-o", "json")).ShouldSucceed().Json;
        JsonElement[] segments = [.. json.GetProperty("segmentResults").EnumerateArray()];
        segments.Length.ShouldBe(json.GetProperty("segments").GetInt32());
        segments.Length.ShouldBeGreaterThan(4);
        foreach (string sum in new[] { "bytes", "frames", "events" })
            segments.Sum(segment => segment.GetProperty(sum).GetInt64()).ShouldBe(json.GetProperty(sum).GetInt64(), sum);
        segments.Select(segment => segment.GetProperty("number").GetInt32()).ShouldBe(Enumerable.Range(1, segments.Length));
        segments.Select(segment => segment.GetProperty("sealed").GetBoolean()).ShouldBe([.. Enumerable.Repeat(true, segments.Length - 1), false]);
        segments.ShouldAllBe(segment => segment.GetProperty("errors").GetInt32() == 0);
        segments.ShouldAllBe(segment => File.Exists(Path.Join(_store.Path, segment.GetProperty("file").GetString())));
        json.GetProperty("seconds").GetDouble().ShouldBePositive();
        json.GetProperty("tornTail").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("otherFiles").GetArrayLength().ShouldBe(0);
        json.GetProperty("transactions").GetInt64().ShouldBeGreaterThan(4);
    }

    [Fact]
    public async Task Text_lists_segments_where_that_is_wanted()
    {
        (await _store.RunAsync("log-verify")).ShouldSucceed().Output.ShouldNotContain("sealed");
        string[] lines = (await _store.RunAsync("log-verify", "--segments")).ShouldSucceed().Lines;
        lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["segment", "position", "bytes", "frames", "events", "state"]);
        lines.Count(line => line.EndsWith("sealed", StringComparison.Ordinal)).ShouldBe(Segments().Length - 1);
        lines.Count(line => line.EndsWith("open", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_torn_tail_is_measured()
    {
        JsonElement whole = (await _store.RunAsync("log-verify", "-o", "json")).ShouldSucceed().Json;
        JsonElement last = whole.GetProperty("segmentResults").EnumerateArray().Last();
        await using (FileStream file = new(Segments()[^1], FileMode.Open, FileAccess.Write))
        {
            file.Position = last.GetProperty("bytes").GetInt64();
            file.Write([1, 2, 3, 4, 5]);
        }

        ProgramResult result = await _store.RunAsync("log-verify", "-o", "json");
        result.Code.ShouldBe(4);
        JsonElement torn = result.Json.GetProperty("tornTail");
        torn.GetProperty("segment").GetInt64().ShouldBe(last.GetProperty("number").GetInt64());
        torn.GetProperty("position").GetInt64().ShouldBe(whole.GetProperty("bytes").GetInt64());
        torn.GetProperty("bytes").GetInt64().ShouldBe(5);
        result.Json.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem().GetProperty("kind").GetString().ShouldBe("tornTail");
        result.Json.GetProperty("transactions").GetInt64().ShouldBe(whole.GetProperty("transactions").GetInt64());
    }

    [Fact]
    public async Task Leftovers_and_foreign_files_are_named_with_what_may_be_done_and_are_no_errors()
    {
        string snapshots = Directory.CreateDirectory(Path.Join(_store.Path, "snapshots")).FullName;
        Directory.CreateDirectory(Path.Join(_store.Path, "my-notes"));
        string unfinished = $"bank-{7:D20}.snapshot.new";
        foreach (string name in new[] { "prepared.segment.new", "interstice.journal.repaired", "README.txt", "lock" })
            await File.WriteAllBytesAsync(Path.Join(_store.Path, name), new byte[3], TestContext.Current.CancellationToken);
        foreach (string name in new[] { unfinished, "core.1234", "lock", $"bank-{7:D20}.snapshot" })
            await File.WriteAllBytesAsync(Path.Join(snapshots, name), new byte[4], TestContext.Current.CancellationToken);

        JsonElement json = (await _store.RunAsync("log-verify", "-o", "json")).ShouldSucceed().Json;
        json.GetProperty("otherFiles").EnumerateArray()
            .Select(file => (
                file.GetProperty("path").GetString(),
                file.GetProperty("kind").GetString(),
                file.GetProperty("bytes").GetInt64(),
                file.GetProperty("mayBeDeleted").GetBoolean()))
            .ShouldBe(
            [
                ("README.txt", "foreign", 3, false),
                ("interstice.journal.repaired", "unfinishedRepair", 3, true),
                ("prepared.segment.new", "preparedSegment", 3, true),
                ("my-notes/", "foreign", 0, false),
                ("snapshots/" + unfinished, "unfinishedSnapshot", 4, true),
                ("snapshots/core.1234", "foreign", 4, false),
            ],
            ignoreOrder: true);

        string text = (await _store.RunAsync("log-verify")).ShouldSucceed().Output;
        text.ShouldContain("other file: interstice.journal.repaired, 3 bytes: of a repair that had not begun to change the store");
        text.ShouldContain("may be deleted while no process has the store open");
        text.ShouldContain("other file: README.txt, 3 bytes: not a file of this store");
        text.ShouldContain("ok: every checksum");
    }

    // Standard error of a test is a pipe: ShouldSucceed expects it to be empty.
    [Fact]
    public async Task Progress_is_never_written_to_a_pipe()
    {
        (await _store.RunAsync("log-verify")).ShouldSucceed();
        (await _store.RunAsync("log-verify", "-o", "ndjson")).ShouldSucceed().JsonLines.ShouldHaveSingleItem();
    }

    private string[] Segments() => [.. Directory.GetFiles(_store.Path, "*.segment").Order(StringComparer.Ordinal)];
}
