using Interstice.Journal.Repair;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Repair;

// Goal: a repaired store opens strictly, verifies, keeps every whole event at its revision and position, takes appends, and the
// report names every event that is gone.
// Method: damage a store in many ways, repair it under both modes, compare with the whole store event by event.
public sealed class JournalRepairTests
{
    // For each step; the first run of it only ends the process.
    private const int PowerLosses = 6;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, RepairMode> Cases
    {
        get
        {
            TheoryData<string, RepairMode> cases = [];
            foreach (string damage in Damages.All)
                foreach (RepairMode mode in Enum.GetValues<RepairMode>()) cases.Add(damage, mode);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_repaired_store_opens_verifies_and_goes_on_with_all_that_the_report_does_not_name(string damage, RepairMode mode)
    {
        MemoryFiles whole = await Damages.StoreAsync();
        Dictionary<(StreamName, long), string> before = await EventsAsync(whole);
        MemoryFiles files = Damages.Apply(whole, damage);
        MemoryFiles damaged = files.Copy();
        if (damage != "no store file") (await Stores.VerifyAsync(files)).Errors.ShouldNotBeEmpty("or nothing is tested");

        RepairReport plan = await JournalRepair.PlanAsync(files, mode, cancellationToken: Cancel);
        ShouldBeSame(files, damaged);
        MemoryFiles backup = new();
        RepairReport report = await JournalRepair.RunAsync(files, mode, backup, cancellationToken: Cancel);
        report.IsDone.ShouldBeTrue();
        report.Lost.ShouldBe(plan.Lost);
        report.Stretches.ShouldBe(plan.Stretches);
        foreach (FileChange change in report.Changes.Where(change => change.Kind != FileChangeKind.Created))
            backup.Read(change.File).ShouldBe(damaged.Read(change.File), change.File);

        VerificationReport verified = await Stores.VerifyAsync(files);
        verified.Errors.ShouldBeEmpty();
        (verified.Holes.Count > 0).ShouldBe(mode == RepairMode.Skip && !Damages.WithoutLoss.Contains(damage));
        Dictionary<(StreamName, long), string> after = await EventsAsync(files);
        foreach ((StreamName, long) key in after.Keys) after[key].ShouldBe(before[key]);
        List<(StreamName Stream, long Revision)> gone = [.. before.Keys.Except(after.Keys)];
        if (Damages.WithoutLoss.Contains(damage)) gone.ShouldBeEmpty();
        else gone.ShouldNotBeEmpty();
        HashSet<(StreamName, long)> named = [.. report.Lost.SelectMany(lost =>
            Range(lost).Select(revision => (new StreamName(lost.Stream), revision)))];
        named.ShouldBeSubsetOf(gone);
        if (report.IsLostComplete) gone.Except(named).ShouldBeEmpty();
        report.EventsLost.ShouldBeLessThanOrEqualTo(gone.Count);
        report.LeftOut.ShouldBe(plan.LeftOut);
        if (mode == RepairMode.Truncate)
            foreach ((StreamName stream, long revision) in after.Keys) (revision == 0 || after.ContainsKey((stream, revision - 1))).ShouldBeTrue();

        await GoesOnAsync(files);
        (await JournalRepair.PlanAsync(files, mode, cancellationToken: Cancel)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flipped_bit_in_a_sealed_segment_costs_one_append_and_is_named_exactly()
    {
        MemoryFiles whole = await Damages.StoreAsync();
        Dictionary<(StreamName, long), string> before = await EventsAsync(whole);
        string name = Stores.Segments(whole)[2];
        byte[] image = whole.Read(name);
        int dataEnd = Damages.FooterStart(image);
        for (int at = Damages.HeaderBytes; at < dataEnd; at += 23)
        {
            MemoryFiles files = whole.Copy();
            byte[] flipped = (byte[])image.Clone();
            flipped[at] ^= 16;
            files.Replace(name, flipped);
            RepairReport report = await JournalRepair.RunAsync(files, RepairMode.Skip, new MemoryFiles(), cancellationToken: Cancel);
            report.IsLostComplete.ShouldBeTrue($"byte {at}");
            report.Stretches.ShouldHaveSingleItem($"byte {at}");
            report.EventsLost.ShouldBeInRange(1, 2, $"byte {at}");
            Dictionary<(StreamName, long), string> after = await EventsAsync(files);
            after.Count.ShouldBe(before.Count - (int)report.EventsLost, $"byte {at}");
            (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty($"byte {at}");
        }
    }

    // The first frame of a segment without index defines the names of all that follow.
    [Theory]
    [InlineData(RepairMode.Skip)]
    [InlineData(RepairMode.Truncate)]
    public async Task Whole_appends_that_are_lost_with_their_names_are_counted(RepairMode mode)
    {
        MemoryFiles whole = await Damages.StoreAsync();
        Dictionary<(StreamName, long), string> before = await EventsAsync(whole);
        MemoryFiles files = Damages.Apply(whole, "bit in the last segment");
        RepairReport report = await JournalRepair.RunAsync(files, mode, new MemoryFiles(), cancellationToken: Cancel);
        long gone = before.Count - (await EventsAsync(files)).Count;
        LeftOutAppends leftOut = report.LeftOut.ShouldHaveSingleItem();
        leftOut.Segment.ShouldBe(Stores.Segments(whole).Count);
        leftOut.Appends.ShouldBeGreaterThan(1);
        report.IsLostComplete.ShouldBeFalse();
        report.EventsLost.ShouldBeInRange(gone - 2, gone, "all but those of the damaged frame itself");
        string text = string.Join('\n', RepairText.Lines(report));
        text.ShouldContain($"{leftOut.Appends} whole appends with {leftOut.Events} events");
        text.ShouldContain("prefer a backup");
    }

    [Fact]
    public async Task A_damaged_index_is_made_again_to_the_byte()
    {
        MemoryFiles whole = await Damages.StoreAsync();
        MemoryFiles files = Damages.Apply(whole, "footer");
        await JournalRepair.RunAsync(files, RepairMode.Skip, new MemoryFiles(), cancellationToken: Cancel);
        ShouldBeSame(files, whole);
        await using JournalStore store = await Stores.OpenAsync(files, readOnly: true);
        store.Recovery.FooterProblems.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Salvage_reads_what_a_repair_would_keep_and_changes_nothing(string damage, RepairMode mode)
    {
        if (mode == RepairMode.Truncate) return;
        MemoryFiles files = Damages.Apply(await Damages.StoreAsync(), damage);
        MemoryFiles damaged = files.Copy();
        Dictionary<(StreamName, long), string> salvaged = await EventsAsync(files, salvage: true);
        ShouldBeSame(files, damaged);
        MemoryFiles copy = new();
        await JournalRepair.CopyAsync(files, copy, cancellationToken: Cancel);
        ShouldBeSame(files, damaged);
        (await Stores.VerifyAsync(copy)).Errors.ShouldBeEmpty();
        (await EventsAsync(copy)).ShouldBe(salvaged, ignoreOrder: true);
        await JournalRepair.RunAsync(files, RepairMode.Skip, new MemoryFiles(), cancellationToken: Cancel);
        (await EventsAsync(files)).ShouldBe(salvaged, ignoreOrder: true);
    }

    // The n-th operation fails, or is the last one: the store is the old one, the repaired one, or the same command finishes.
    [Theory]
    [InlineData("bit", RepairMode.Skip, true)]
    [InlineData("bit", RepairMode.Skip, false)]
    [InlineData("two missing segments", RepairMode.Skip, true)]
    [InlineData("two missing segments", RepairMode.Skip, false)]
    [InlineData("foreign segment", RepairMode.Skip, true)]
    [InlineData("truncated segment", RepairMode.Truncate, true)]
    [InlineData("truncated segment", RepairMode.Truncate, false)]
    [InlineData("footer", RepairMode.Skip, true)]
    public async Task A_repair_that_ends_at_any_step_leaves_the_old_store_the_new_one_or_one_that_the_next_run_finishes(
        string damage, RepairMode mode, bool isSticky)
    {
        MemoryFiles damaged = Damages.Apply(await Damages.StoreAsync(), damage);
        int before = 0, between = 0, after = 0, points = 0;
        MemoryFiles repaired = damaged.Copy();
        await RepairAsync(repaired, mode, new MemoryFiles());
        for (int at = 1; ; at++)
        {
            for (int seed = 0; seed < 1 + PowerLosses; seed++)
            {
                MemoryFiles files = damaged.Copy();
                files.Faults = new FaultPlan(at, FaultPlan.Device, isSticky, IsShort: true);
                MemoryFiles backup = new();
                Exception? failure = await RepairAsync(files, mode, backup);
                if (failure is null)
                {
                    TestContext.Current.TestOutputHelper?.WriteLine($"R6: {points} points of a repair, each also with losses of power");
                    (before > 0 && between > 0).ShouldBeTrue($"{before}, {between}, {after}");
                    return;
                }

                if (seed == 0) points++;
                failure.ShouldBeAssignableTo<EventStoreException>($"step {at}");
                files.Crash();
                if (seed > 0) files.LosePower(new Random(at * 100 + seed));
                files.Faults = FaultPlan.None;
                bool hasIntent = files.List().Contains("repair.intent");
                if (hasIntent)
                {
                    between++;
                    (await Should.ThrowAsync<EventStoreException>(async () => await Stores.OpenAsync(files)))
                        .Message.ShouldContain("log-repair");
                }
                else if (IsSame(files, damaged))
                {
                    before++;
                }
                else
                {
                    after++;
                    IsSame(files, repaired).ShouldBeTrue($"step {at}, seed {seed}");
                }

                if (hasIntent || after > 0)
                    foreach (string name in Stores.Segments(damaged).Where(name => !IsSameFile(repaired, damaged, name)))
                        backup.Read(name).ShouldBe(damaged.Read(name), $"step {at}: the backup is there before anything changes");
                (await RepairAsync(files, mode, new MemoryFiles())).ShouldBeNull($"step {at}");
                IsSame(files, repaired).ShouldBeTrue($"step {at}, seed {seed}");
                (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty($"step {at}");
            }
        }
    }

    // What cannot be read may be whole: it is not damage, and nothing is thrown away for it.
    [Theory]
    [InlineData("bit", RepairMode.Skip)]
    [InlineData("missing segment", RepairMode.Truncate)]
    [InlineData("header", RepairMode.Skip)]
    public async Task A_repair_that_cannot_open_or_read_a_file_changes_nothing(string damage, RepairMode mode)
    {
        MemoryFiles damaged = Damages.Apply(await Damages.StoreAsync(), damage);
        MemoryFiles repaired = damaged.Copy();
        await RepairAsync(repaired, mode, new MemoryFiles());
        int points = 0;
        for (int at = 1; ; at++)
        {
            MemoryFiles files = damaged.Copy();
            files.Faults = new FaultPlan(at, FaultPlan.Device, IsSticky: false, IsShort: false) { Points = [FaultPoint.Open, FaultPoint.Read] };
            Exception? failure = await RepairAsync(files, mode, new MemoryFiles());
            if (files.Faults.Failed is null) break;
            points++;
            failure.ShouldBeOfType<EventStoreException>($"operation {at}: {files.Faults.Failed}").Kind.ShouldBe(EventStoreErrorKind.Unavailable);
            files.Faults = FaultPlan.None;
            files.Crash();
            IsSame(files, damaged).ShouldBeTrue($"operation {at}");
            (await RepairAsync(files, mode, new MemoryFiles())).ShouldBeNull($"operation {at}");
            IsSame(files, repaired).ShouldBeTrue($"operation {at}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"R6: {points} points of opening and reading");
        points.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Without_room_for_the_backup_nothing_is_changed_and_nothing_is_left_of_it()
    {
        MemoryFiles files = Damages.Apply(await Damages.StoreAsync(), "bit");
        MemoryFiles damaged = files.Copy();
        int refused = 0;
        for (int at = 1; ; at++)
        {
            MemoryFiles backup = new() { Faults = new FaultPlan(at, FaultPlan.Full, IsSticky: false, IsShort: true) };
            Exception? failure = await RepairAsync(files, RepairMode.Skip, backup);
            if (failure is null) break;
            failure.ShouldBeOfType<EventStoreException>().Kind.ShouldBe(EventStoreErrorKind.Full);
            ShouldBeSame(files, damaged);
            backup.List().ShouldBeEmpty();
            refused++;
        }

        refused.ShouldBeGreaterThan(4);
    }

    [Fact]
    public async Task A_whole_store_is_left_alone()
    {
        MemoryFiles files = await Damages.StoreAsync();
        MemoryFiles before = files.Copy();
        MemoryFiles backup = new();
        RepairReport report = await JournalRepair.RunAsync(files, RepairMode.Truncate, backup, cancellationToken: Cancel);
        report.IsDone.ShouldBeFalse();
        report.Findings.ShouldBeEmpty();
        ShouldBeSame(files, before);
        backup.List().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_damage_after_a_repair_is_repaired_too()
    {
        MemoryFiles files = Damages.Apply(await Damages.StoreAsync(), "zeroed middle");
        await JournalRepair.RunAsync(files, RepairMode.Skip, new MemoryFiles(), cancellationToken: Cancel);
        foreach (string name in Stores.Segments(files).Take(5))
        {
            MemoryFiles again = files.Copy();
            byte[] image = again.Read(name);
            image[image.Length * 2 / 5] ^= 1;
            again.Replace(name, image);
            await JournalRepair.RunAsync(again, RepairMode.Skip, new MemoryFiles(), cancellationToken: Cancel);
            (await Stores.VerifyAsync(again)).Errors.ShouldBeEmpty(name);
            await GoesOnAsync(again);
        }
    }

    private static async Task<Exception?> RepairAsync(MemoryFiles files, RepairMode mode, MemoryFiles backup)
    {
        try
        {
            await JournalRepair.RunAsync(files, mode, backup, time: new ManualTime(), cancellationToken: Cancel);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static IEnumerable<long> Range(LostRevisions lost)
    {
        for (long revision = lost.From; revision <= lost.To; revision++) yield return revision;
    }

    // Opened strictly, appended to over a rotation, closed, opened again.
    private static async Task GoesOnAsync(MemoryFiles files)
    {
        List<string> texts;
        await using (JournalStore store = await JournalStore.OpenAsync(
            Stores.Options() with { ChecksFramesOnOpen = true }, null, files, Cancel))
        {
            store.Recovery.FooterProblems.ShouldBeEmpty();
            for (int i = 0; i < 60; i++) await Stores.AppendAsync(store, $"new {i}", padding: 100);
            texts = await Stores.TextsAsync(store);
        }

        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
        await using JournalStore again = await Stores.OpenAsync(files);
        (await Stores.TextsAsync(again)).ShouldBe(texts);
        texts[^60..].ShouldBe(Enumerable.Range(0, 60).Select(i => $"new {i}"));
    }

    // All events by stream and revision, with position; the same forwards, backwards and by streams.
    private static async Task<Dictionary<(StreamName, long), string>> EventsAsync(MemoryFiles files, bool salvage = false)
    {
        Dictionary<(StreamName, long), string> events = [];
        await using JournalStore store = await JournalStore.OpenAsync(
            Stores.Options(readOnly: true) with { Recovery = salvage ? RecoveryMode.Salvage : RecoveryMode.Strict, ChecksFramesOnOpen = true }, null, files, Cancel);
        List<(StreamName, long)> order = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
            ReadDirection.Forwards, Position.Start, new EventFilter.All(), cancellationToken: Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
            {
                events.Add((recorded.Stream, recorded.Revision.Value), $"{RecordedCopy.Of(recorded).Text} at {recorded.Position}");
                order.Add((recorded.Stream, recorded.Revision.Value));
            }
        }

        List<(StreamName, long)> backwards = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadAllAsync(
            ReadDirection.Backwards, Position.End, new EventFilter.All(), cancellationToken: Cancel))
            foreach (RecordedEvent recorded in batch.ToArray()) backwards.Add((recorded.Stream, recorded.Revision.Value));
        backwards.Reverse();
        backwards.ShouldBe(order);
        foreach (StreamName stream in events.Keys.Select(key => key.Item1).Distinct())
        {
            long[] revisions = [.. order.Where(key => key.Item1 == stream).Select(key => key.Item2)];
            (await RevisionsAsync(store, stream, ReadDirection.Forwards, 0)).ShouldBe(revisions);
            (await RevisionsAsync(store, stream, ReadDirection.Backwards, long.MaxValue)).ShouldBe(revisions.Reverse());
            for (long from = 0; from <= revisions[^1]; from += 5)
            {
                (await RevisionsAsync(store, stream, ReadDirection.Forwards, from)).ShouldBe(revisions.Where(r => r >= from));
                (await RevisionsAsync(store, stream, ReadDirection.Backwards, from)).ShouldBe(revisions.Reverse().Where(r => r <= from));
            }
        }

        return events;
    }

    private static async Task<List<long>> RevisionsAsync(JournalStore store, StreamName stream, ReadDirection direction, long from)
    {
        List<long> revisions = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
            stream, direction, new Revision(from), cancellationToken: Cancel))
            foreach (RecordedEvent recorded in batch.ToArray()) revisions.Add(recorded.Revision.Value);
        return revisions;
    }

    private static bool IsSameFile(MemoryFiles left, MemoryFiles right, string name) =>
        left.List().Contains(name) && right.List().Contains(name) && left.Read(name).AsSpan().SequenceEqual(right.Read(name));

    private static IEnumerable<string> Names(MemoryFiles files) => files.List().Where(name =>
        name == Stores.StoreFileName || name.EndsWith(".segment", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static bool IsSame(MemoryFiles left, MemoryFiles right) =>
        Names(left).SequenceEqual(Names(right)) && Names(left).All(name => IsSameFile(left, right, name));

    private static void ShouldBeSame(MemoryFiles left, MemoryFiles right) => IsSame(left, right).ShouldBeTrue();
}
