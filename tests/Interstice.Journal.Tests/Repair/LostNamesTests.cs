using System.Buffers.Binary;
using Interstice.Journal.Repair;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Repair;

// Goal: where a damaged frame took names with it, the report says of every event that is lost which stream it was of, or which it may have been.
// Method: one frame of the last segment damaged, in stores with few and with many streams; what is gone afterwards compared with the report.
public sealed class LostNamesTests
{
    private const int HeaderBytes = 128;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_without_a_name_is_given_its_revisions_its_positions_and_those_that_it_may_be()
    {
        MemoryFiles files = new();
        await using (JournalStore store = await Stores.OpenAsync(files))
        {
            for (int i = 0; i < 5; i++) await AppendAsync(store, "old");
            for (int i = 0; i < 3; i++) await AppendAsync(store, "older");
            for (int i = 0; Stores.Segments(files).Count < 2; i++) await AppendAsync(store, "filling", 200);
            await AppendAsync(store, "old");
            await AppendAsync(store, "fresh");
            await AppendAsync(store, "old");
            await AppendAsync(store, "fresh");
            await AppendAsync(store, "old");
        }

        // The second frame: it names "old"; the first one, which made the segment, names "filling".
        string name = Stores.Segments(files)[1];
        byte[] image = files.Read(name);
        List<int> starts = FrameStarts(image);
        image[starts[1] + 60] ^= 1;
        files.Replace(name, image);
        RepairReport report = await JournalRepair.PlanAsync(files, RepairMode.Skip, cancellationToken: Cancel);
        report.Lost.ShouldContain(new LostRevisions("fresh", 0, 1), "its own frame names it");
        NamelessStream nameless = report.Nameless.ShouldHaveSingleItem();
        (nameless.From, nameless.To, nameless.Events).ShouldBe((6, 7, 2));
        nameless.Offset.ShouldBe(starts[3]);
        nameless.LastPosition.ShouldBe(nameless.Position + (ulong)(starts[5] - starts[3]));
        nameless.Candidates.ShouldBe(["old", "older"], "the nearest first; \"filling\" has another code");
        nameless.MayBeNew.ShouldBeTrue("the damaged frame has room for six events");
        string text = string.Join('\n', RepairText.Lines(report));
        text.ShouldContain($"of these: 2 events, revisions 6 to 7, appended at positions {nameless.Position} to {nameless.LastPosition}, of a stream whose name is lost: perhaps \"old\", \"older\", or a new one");
    }

    // A segment of many new streams, each of which another frame names.
    [Fact]
    public async Task A_hundred_streams_without_a_name_are_listed_as_text_and_all_are_in_the_report()
    {
        MemoryFiles files = new();
        const int Count = 150;
        await using (JournalStore store = await Stores.OpenAsync(files, 1 << 20))
        {
            StreamAppend[] all = [.. Enumerable.Range(0, Count).Select(i => new StreamAppend(
                new StreamName($"stream {i}"), ExpectedRevision.Any, new[] { Stores.Event("first") }))];
            await store.AppendAsync(all, Cancel);
            for (int i = 0; i < Count; i++) await AppendAsync(store, $"stream {i}");
        }

        string name = Stores.Segments(files)[0];
        byte[] image = files.Read(name);
        image[FrameStarts(image)[0] + 60] ^= 1;
        files.Replace(name, image);
        RepairReport report = await JournalRepair.PlanAsync(files, RepairMode.Skip, cancellationToken: Cancel);
        report.Nameless.Count.ShouldBe(Count);
        report.Nameless.ShouldAllBe(stream => stream.From == 1 && stream.MayBeNew && stream.CandidateCount == 0);
        string[] lines = [.. RepairText.Lines(report).Where(line => line.StartsWith("of these: ", StringComparison.Ordinal))];
        lines.Length.ShouldBe(101);
        lines[^1].ShouldContain($"{Count - 100} more streams");
    }

    [Theory]
    [InlineData(RepairMode.Skip)]
    [InlineData(RepairMode.Truncate)]
    public async Task Every_event_that_is_lost_has_its_stream_or_a_candidate_in_the_report(RepairMode mode)
    {
        int nameless = 0, sure = 0;
        for (int round = 0; round < 40 * Stores.Scale; round++)
        {
            int seed = Random.Shared.Next();
            Random random = new(seed);
            MemoryFiles files = new();
            int streams = random.Next(2, 9);
            await using (JournalStore store = await Stores.OpenAsync(files))
                for (int i = 0; Stores.Segments(files).Count < 3 || i % 20 != 0; i++)
                    await AppendAsync(store, $"s{random.Next(streams)}", random.Next(60), random.Next(1, 3));
            Dictionary<(string, long), ulong> before = await EventsAsync(files);
            string name = Stores.Segments(files)[^1];
            byte[] image = files.Read(name);
            List<int> starts = FrameStarts(image);
            int damaged = random.Next(Math.Min(starts.Count - 2, 6));
            image[starts[damaged] + 40] ^= 1;
            files.Replace(name, image);
            files.SyncDirectory();
            RepairReport report = await JournalRepair.RunAsync(files, mode, new MemoryFiles(), cancellationToken: Cancel);
            ulong position = report.Stretches[0].Position;
            ulong next = position + (ulong)(starts[damaged + 1] - starts[damaged]);
            HashSet<(string, long)> after = [.. (await EventsAsync(files)).Keys];
            foreach (((string stream, long revision), ulong at) in before.Where(pair => !after.Contains(pair.Key)))
            {
                if (report.Lost.Any(lost => lost.Stream == stream && revision >= lost.From && revision <= lost.To)) continue;
                if (at >= position && at < next) continue; // in the damaged frame itself
                NamelessStream[] fitting =
                    [.. report.Nameless.Where(found => revision >= found.From && revision <= found.To && found.Candidates.Contains(stream))];
                fitting.ShouldNotBeEmpty($"seed {seed}: revision {revision} of {stream} at {at}");
            }

            foreach (LostRevisions lost in report.Lost)
                for (long revision = lost.From; revision <= lost.To; revision++)
                    (before.ContainsKey((lost.Stream, revision)) && !after.Contains((lost.Stream, revision))).ShouldBeTrue($"seed {seed}: {lost}");
            nameless += report.Nameless.Count;
            sure += report.Nameless.Count(found => found.CandidateCount == 1 && !found.MayBeNew);
        }

        nameless.ShouldBeGreaterThan(0, "or nothing is tested");
        TestContext.Current.TestOutputHelper?.WriteLine($"{nameless} streams without a name, {sure} of them can be only one");
    }

    private static async Task AppendAsync(JournalStore store, string name, int padding = 0, int events = 1) =>
        (await store.AppendAsync(
            new StreamName(name), ExpectedRevision.Any, Enumerable.Range(0, events).Select(i => Stores.Event($"{i}", padding)).ToArray(), Cancel))
        .ShouldBeOfType<AppendResult.Appended>();

    private static async Task<Dictionary<(string, long), ulong>> EventsAsync(MemoryFiles files)
    {
        Dictionary<(string, long), ulong> events = [];
        await using JournalStore store = await Stores.OpenAsync(files, readOnly: true);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
                           ReadDirection.Forwards, Position.Start, new EventFilter.All(), cancellationToken: Cancel))
            foreach (RecordedEvent recorded in batch.ToArray())
                events.Add((recorded.Stream.Value, recorded.Revision.Value), recorded.Position.Commit);
        return events;
    }

    private static List<int> FrameStarts(byte[] image)
    {
        List<int> starts = [];
        for (int at = HeaderBytes; at + 8 < image.Length && BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(at)) is var length and > 0; at += 8 + length)
            starts.Add(at);
        return starts;
    }
}
