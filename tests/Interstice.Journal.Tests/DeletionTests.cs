using System.Globalization;
using System.Text;
using Interstice.Journal.Files;
using Interstice.Journal.Tests.Backup;
using Interstice.Journal.Verification;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests;

// Goal: a deletion, a tombstone and what brings a stream back are there whole or not at all, and every way to open, copy or check a store
// understands them.
// Method: a chain of such operations whose picture is kept after each; then compare what is found with those pictures.
public sealed class DeletionTests
{
    private const int StreamCount = 5;
    private const int Chained = 100;
    private const int VersionOffset = 8;

    private static readonly StreamName[] Streams =
        [.. Enumerable.Range(0, StreamCount).Select(i => new StreamName($"stream-{i}"))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_way_to_open_copy_and_check_a_store_finds_what_was_deleted_closed_and_set()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        MemoryFiles files = new();
        MemoryFiles backups = new();
        JournalStore store = await Stores.OpenAsync(files);
        string expected = "";
        for (int i = 0; Stores.Segments(files).Count < 15; i++)
        {
            await RunAsync(store, random.Next(), i);
            expected = await PictureAsync(store);
            if (i % 40 != 39) continue;
            await ExpectAsync(files, expected, $"operation {i}, seed {seed}");
            await Backups.TakeAsync(files, backups);
            MemoryFiles restored = new();
            await Backups.RestoreAsync(backups, restored, hasNewId: i % 80 == 79);
            await ExpectAsync(restored, expected, $"restored after operation {i}, seed {seed}");
            if (i % 3 != 0) continue;
            await store.DisposeAsync();
            store = await Stores.OpenAsync(files);
            (await PictureAsync(store)).ShouldBe(expected, $"reopened after operation {i}, seed {seed}");
        }

        await store.DisposeAsync();
        expected.ShouldContain("closed");
        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty($"seed {seed}");
        await ExpectAsync(files, expected, $"closed, seed {seed}");
    }

    [Fact]
    public async Task Every_operation_may_fail_and_each_deletion_is_there_whole_or_not_at_all()
    {
        List<string> pictures = await PicturesAsync();
        int points = 0;
        for (int at = 1; ; at++)
        {
            MemoryFiles files = new() { Faults = new FaultPlan(at, FaultPlan.Device, IsSticky: true, IsShort: at % 2 == 0) };
            int acknowledged = await RunUntilFailureAsync(files);
            if (files.Faults.Failed is null) break;
            points++;
            files.Faults = FaultPlan.None;
            files.Crash();
            if (Stores.Segments(files).Count == 0) continue;
            await using JournalStore store = await Stores.OpenAsync(files);
            string found = await PictureAsync(store);
            pictures.Skip(acknowledged).Take(2).ShouldContain(found, $"operation {at}, {acknowledged} acknowledged");
        }

        points.ShouldBeGreaterThan(40);
    }

    [Fact]
    public async Task An_append_that_brings_a_stream_back_is_torn_with_the_settings_that_do()
    {
        MemoryFiles files = new();
        JournalStore store = await Stores.OpenAsync(files);
        await Stores.AppendAsync(store, "one");
        await store.SetMetadataAsync(Stores.Stream, ExpectedRevision.Any, new StreamMetadata(Properties: """{"mine":1}"""), Cancel);
        await store.DeleteAsync(Stores.Stream, ExpectedRevision.Any, DeletionKind.Soft, Cancel);
        int start = (int)(store.End.Commit - BaseOf(files));
        await Stores.AppendAsync(store, "two");
        int end = (int)(store.End.Commit - BaseOf(files));
        MemoryFiles whole = files.Copy();
        await store.DisposeAsync();
        if (whole.List().Contains("prepared.segment.new")) whole.Delete("prepared.segment.new");
        string name = Stores.Segments(whole)[^1];
        byte[] image = whole.Read(name);
        for (int cut = start; cut <= end; cut++)
        {
            byte[] torn = [.. image];
            torn.AsSpan(cut).Clear();
            whole.Replace(name, torn);
            await using JournalStore reader = await Stores.OpenAsync(whole, readOnly: true);
            bool isWhole = (await Stores.TextsAsync(reader)).Count > 0;
            StreamMetadata found = await reader.GetMetadataAsync(Stores.Stream, Cancel);
            found.IsDeleted.ShouldBe(!isWhole, $"cut at {cut}");
            found.Properties.ShouldBe("""{"mine":1}""");
            if (cut == end) isWhole.ShouldBeTrue();
        }
    }

    // A program from before would take what it does not know for damage; the version tells it that it is too old.
    [Fact]
    public async Task What_older_programs_do_not_know_begins_a_segment_of_a_newer_version()
    {
        MemoryFiles files = new();
        await using (JournalStore store = await Stores.OpenAsync(files))
        {
            await Stores.AppendAsync(store, "one");
            await store.SetMetadataAsync(Stores.Stream, ExpectedRevision.Any, new StreamMetadata(MaxCount: 5), Cancel);
            await store.DeleteAsync(Stores.Stream, ExpectedRevision.Any, DeletionKind.Soft, Cancel);
            await Stores.AppendAsync(store, "two");
            Versions(files).ShouldBe([2]);
            await store.SetMetadataAsync(Stores.Stream, ExpectedRevision.Any, new StreamMetadata(Properties: """{"mine":1}"""), Cancel);
            Versions(files).ShouldBe([2, 4]);
            await store.DeleteAsync(Streams[0], ExpectedRevision.Any, DeletionKind.Tombstone, Cancel);
            Versions(files).ShouldBe([2, 4]);
            for (int i = 0; Stores.Segments(files).Count < 3; i++) await Stores.AppendAsync(store, $"{i}", padding: 100);
            Versions(files).ShouldBe([2, 4, 4]);
        }

        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
        MemoryFiles empty = new();
        await using (JournalStore store = await Stores.OpenAsync(empty))
            await store.DeleteAsync(Stores.Stream, ExpectedRevision.Any, DeletionKind.Tombstone, Cancel);
        Versions(empty).ShouldBe([2, 4]);
        (await Stores.VerifyAsync(empty)).Errors.ShouldBeEmpty();
        await using JournalStore again = await Stores.OpenAsync(empty);
        (await Should.ThrowAsync<EventStoreException>(async () => await Stores.AppendAsync(again, "x"))).Kind
            .ShouldBe(EventStoreErrorKind.StreamDeleted);
    }

    [Fact]
    public async Task An_append_to_several_streams_brings_back_those_that_were_deleted_and_none_that_was_closed()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        for (int i = 0; i < 3; i++)
            await store.AppendAsync(Streams[i], ExpectedRevision.NoStream, new[] { Stores.Event("old") }, Cancel);
        await store.DeleteAsync(Streams[0], ExpectedRevision.Any, DeletionKind.Soft, Cancel);
        await store.DeleteAsync(Streams[1], ExpectedRevision.Any, DeletionKind.Soft, Cancel);
        StreamAppend[] appends = [.. Streams.Take(3).Select(s => new StreamAppend(s, ExpectedRevision.Any, new[] { Stores.Event("new") }))];
        (await store.AppendAsync(appends, Cancel)).ShouldAllBe(result => result is AppendResult.Appended);
        (await PictureAsync(store)).ShouldStartWith("""
            {"$tb":1}: new
            {"$tb":1}: new
            {}: old new
            """.ReplaceLineEndings("\n"));

        await store.DeleteAsync(Streams[2], ExpectedRevision.Any, DeletionKind.Tombstone, Cancel);
        string before = await PictureAsync(store);
        EventStoreException closed = await Should.ThrowAsync<EventStoreException>(async () => await store.AppendAsync(appends, Cancel));
        closed.Kind.ShouldBe(EventStoreErrorKind.StreamDeleted);
        closed.Stream.ShouldBe(Streams[2]);
        (await PictureAsync(store)).ShouldBe(before);
    }

    [Fact]
    public async Task A_follower_of_a_stream_hears_that_it_was_closed_and_goes_on_behind_a_deletion()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        await Stores.AppendAsync(store, "one");
        await using IAsyncEnumerator<SubscriptionMessage> follower =
            store.SubscribeToStreamAsync(Stores.Stream, Revision.None, Cancel).GetAsyncEnumerator(Cancel);
        (await NextTextAsync(follower)).ShouldBe("one");
        await store.DeleteAsync(Stores.Stream, ExpectedRevision.Any, DeletionKind.Soft, Cancel);
        Task<string> next = NextTextAsync(follower);
        await Stores.AppendAsync(store, "two");
        (await next).ShouldBe("two");
        Task<string> last = NextTextAsync(follower);
        await store.DeleteAsync(Stores.Stream, ExpectedRevision.Any, DeletionKind.Tombstone, Cancel);
        (await Should.ThrowAsync<EventStoreException>(last)).Kind.ShouldBe(EventStoreErrorKind.StreamDeleted);
    }

    [Fact]
    public async Task Deletions_and_appends_in_flight_take_effect_in_their_order()
    {
        StreamName stream = Stores.Stream;
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        List<Task<AppendResult>> appends = [];
        List<Task<DeleteResult>> deletions = [];
        for (int round = 0; round < 50; round++)
        {
            appends.Add(store.AppendAsync(stream, ExpectedRevision.NoStream, Numbered(2, round * 3), Cancel).AsTask());
            appends.Add(store.AppendAsync(stream, ExpectedRevision.At(new((round * 3) + 1)), Numbered(1, (round * 3) + 2), Cancel).AsTask());
            if (round < 49) deletions.Add(store.DeleteAsync(stream, ExpectedRevision.At(new((round * 3) + 2)), DeletionKind.Soft, Cancel).AsTask());
        }

        (await Task.WhenAll(appends)).ShouldAllBe(result => result is AppendResult.Appended);
        (await Task.WhenAll(deletions)).ShouldAllBe(result => result is DeleteResult.Deleted);
        (await Stores.TextsAsync(store)).ShouldBe(["147", "148", "149"]);
    }

    [Fact]
    public async Task Nothing_that_was_begun_behind_a_tombstone_gets_past_it()
    {
        StreamName stream = Stores.Stream;
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        Task<AppendResult> before = store.AppendAsync(stream, ExpectedRevision.NoStream, Numbered(1, 0), Cancel).AsTask();
        Task<DeleteResult> deletion = store.DeleteAsync(stream, ExpectedRevision.At(Revision.First), DeletionKind.Tombstone, Cancel).AsTask();
        Task<AppendResult>[] behind =
            [.. Enumerable.Range(0, 20).Select(_ => store.AppendAsync(stream, ExpectedRevision.Any, Numbered(1, 0), Cancel).AsTask())];

        (await before).ShouldBeOfType<AppendResult.Appended>();
        (await deletion).ShouldBeOfType<DeleteResult.Deleted>();
        foreach (Task<AppendResult> append in behind)
            (await Should.ThrowAsync<EventStoreException>(append)).Kind.ShouldBe(EventStoreErrorKind.StreamDeleted);
    }

    private static EventData[] Numbered(int count, int from) =>
        [.. Enumerable.Range(from, count).Select(i => Stores.Event(i.ToString(CultureInfo.InvariantCulture)))];

    private static async Task<string> NextTextAsync(IAsyncEnumerator<SubscriptionMessage> follower)
    {
        while (await follower.MoveNextAsync())
            if (follower.Current is SubscriptionMessage.Events events) return RecordedCopy.Of(events.Batch.Span[0]).Text;
        return "";
    }

    private static ulong BaseOf(MemoryFiles files) => ulong.Parse(
        Stores.Segments(files)[^1].AsSpan(11, 20), NumberStyles.None, CultureInfo.InvariantCulture);

    private static int[] Versions(MemoryFiles files) => [.. Stores.Segments(files).Select(name => (int)files.Read(name)[VersionOffset])];

    private static async Task ExpectAsync(MemoryFiles files, string expected, string why)
    {
        (await Stores.VerifyAsync(files.Copy())).Errors.Where(error => error.Kind != VerificationErrorKind.TornTail).ShouldBeEmpty(why);
        foreach (bool checksFrames in new[] { false, true })
        {
            await using JournalStore reader = await JournalStore.OpenAsync(
                Stores.Options(readOnly: true) with { ChecksFramesOnOpen = checksFrames }, null, files.Copy(), Cancel);
            reader.Recovery.FooterProblems.ShouldBeEmpty(why);
            (await PictureAsync(reader)).ShouldBe(expected, $"{why}, by frames {checksFrames}");
        }
    }

    private static async Task<List<string>> PicturesAsync()
    {
        List<string> pictures = [];
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        pictures.Add(await PictureAsync(store));
        for (int i = 0; i < Chained; i++)
        {
            await RunAsync(store, i * 7919, i);
            pictures.Add(await PictureAsync(store));
        }

        Stores.Segments(files).Count.ShouldBeGreaterThan(3);
        pictures[^1].ShouldContain("closed");
        return pictures;
    }

    private static async Task<int> RunUntilFailureAsync(MemoryFiles files)
    {
        int done = 0;
        JournalStore? store = null;
        try
        {
            store = await Stores.OpenAsync(files);
            for (; done < Chained; done++) await RunAsync(store, done * 7919, done);
        }
        catch (EventStoreException failure) when (failure.Kind != EventStoreErrorKind.StreamDeleted)
        {
            // What was asked for last may be there or not.
        }

        if (store is not null) await store.DisposeAsync();
        return done;
    }

    // One operation, chosen by a number alone, whether or not the store refuses it.
    private static async Task RunAsync(JournalStore store, int choice, int number)
    {
        Random random = new(choice);
        int index = number == Chained * 3 / 4 ? 0 : random.Next(StreamCount);
        StreamName stream = Streams[index];
        EventData[] events = [Stores.Event(number.ToString(CultureInfo.InvariantCulture), random.Next(500))];
        try
        {
            switch (number == Chained * 3 / 4 ? 3 : random.Next(12))
            {
                case 0 or 1 or 2:
                    await store.DeleteAsync(stream, ExpectedRevision.Any, DeletionKind.Soft, Cancel);
                    break;
                case 3 when index < 2 && number > 30:
                    await store.DeleteAsync(stream, ExpectedRevision.Any, DeletionKind.Tombstone, Cancel);
                    break;
                case 4:
                    await store.SetMetadataAsync(stream, ExpectedRevision.Any, new StreamMetadata(MaxCount: 1 + random.Next(9)), Cancel);
                    break;
                case 5 when number > 20:
                    string properties = $$"""{"$acl":{"$r":"{{number}}" } }""";
                    await store.SetMetadataAsync(stream, ExpectedRevision.Any, new StreamMetadata(Properties: properties), Cancel);
                    break;
                case 6:
                    StreamAppend[] both =
                    [
                        new(stream, ExpectedRevision.Any, events),
                        new(Streams[(index + 1) % StreamCount], ExpectedRevision.Any, new[] { Stores.Event($"{number}b") }),
                    ];
                    await store.AppendAsync(both, Cancel);
                    break;
                default:
                    await store.AppendAsync(stream, ExpectedRevision.Any, events, Cancel);
                    break;
            }
        }
        catch (EventStoreException failure) when (failure.Kind == EventStoreErrorKind.StreamDeleted)
        {
            failure.Stream.ShouldNotBeNull();
        }
    }

    private static async Task<string> PictureAsync(JournalStore store)
    {
        StringBuilder picture = new();
        foreach (StreamName stream in Streams)
        {
            try
            {
                StreamMetadata metadata = await store.GetMetadataAsync(stream, Cancel);
                List<string> texts = [];
                await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
                                   stream, ReadDirection.Forwards, Revision.First, cancellationToken: Cancel))
                    foreach (RecordedEvent recorded in batch.ToArray()) texts.Add(RecordedCopy.Of(recorded).Text);
                picture.Append(Encoding.UTF8.GetString(StreamMetadataJson.Write(metadata))).Append(": ").AppendJoin(' ', texts);
            }
            catch (EventStoreException failure) when (failure.Kind == EventStoreErrorKind.StreamDeleted)
            {
                picture.Append("closed");
            }

            picture.Append('\n');
        }

        return picture.ToString();
    }
}
